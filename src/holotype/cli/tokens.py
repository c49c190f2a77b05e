"""How does a person make tokens for machines, and see who the registry takes them for?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from holotype.cli import formats, output
from holotype.cli.lists import listing
from holotype.cli.options import COMMON, CURSOR, LIMIT, Common
from holotype.cli.output import Cell
from holotype.cli.tables import Column, Row, table
from holotype.cli.usage import UsageError

if TYPE_CHECKING:
    from holotype.wire.access import Grant
    from holotype.wire.shapes import Token


def whoami(*, common: Common = COMMON) -> None:
    """Show who the registry takes you for, and what you may do."""
    with common.connect() as client:
        answer, url = client.whoami(), client.url
    if common.json:
        output.document(answer)
        return
    verbs: dict[str, list[str]] = {}
    for permission in answer.permissions:
        noun, _, verb = permission.partition(":")
        verbs.setdefault(noun, []).append(verb)
    rights = "\n".join(f"{noun}: {', '.join(names)}" for noun, names in verbs.items())
    given = "\n".join(f"{one.role} on {one.scope}{_through(one)}" for one in answer.grants)
    facts = (("you are", answer.principal), ("at", url), ("scope", answer.scope), ("roles", given), ("you may", rights))
    output.facts(facts)


def _through(grant: Grant) -> str:
    """Say through which team a grant comes, and towards which stages it holds."""
    team = f" through {grant.who}" if grant.who.startswith("team:") else ""
    return team + (f", towards {', '.join(grant.stages)} only" if grant.stages else "")


def create(
    name: str,
    /,
    *,
    role: str = "reader",
    scope: str = "registry",
    expires_in_days: Annotated[float | None, Parameter(metavar="DAYS")] = None,
    no_expiry: bool = False,
    for_: Annotated[str | None, Parameter(name="--for", metavar="SERVICE")] = None,
    common: Common = COMMON,
) -> None:
    """Create a token; its secret is printed this once.

    Args:
        name: What the token is for, for example 'ci of risk'.
        role: reader, contributor, reviewer, maintainer or admin; never more than you may do yourself.
        scope: registry, or the namespace or model that the token is confined to.
        expires_in_days: How long the token works; 90 days unless given.
        no_expiry: Let the token work until it is revoked.
        for_: The service account that the token is for; you, unless given.
    """
    if no_expiry and expires_in_days is not None:
        raise UsageError("--no-expiry and --expires-in-days contradict each other.", "Give one of them.")
    days = None if no_expiry else 90 if expires_in_days is None else expires_in_days
    with common.connect() as client:
        created = client.create_token(name, role=role, scope=scope, expires_in_days=days, principal=for_)
    if common.json:
        output.document(created)
        return
    output.say(created.secret)
    token = created.token
    end = f"until {formats.when(token.expires_at)}" if token.expires_at else "until it is revoked"
    output.note(f"Token {token.id} works {end}, as {token.role} on {token.scope}. Its secret is not shown again.")
    output.hint("give it to a program as HOLOTYPE_TOKEN")


def ls(
    *,
    everyone: bool = False,
    of: str | None = None,
    limit: Annotated[int, LIMIT] = 50,
    cursor: Annotated[str | None, CURSOR] = None,
    common: Common = COMMON,
) -> None:
    """List your tokens, without their secrets.

    Args:
        everyone: List the tokens of everyone, where you may.
        of: List the tokens of a service account of yours.
    """
    with common.connect() as client:
        tokens = client.tokens(everyone=everyone, principal=of, limit=limit or None, cursor=cursor)
        listing(tokens, common, _print, lambda: output.note("You have no tokens."))


def revoke(identifier: str, /, *, common: Common = COMMON) -> None:
    """Make a token useless, at once and for good.

    Args:
        identifier: The token's id, as `holotype token ls` shows it; not its secret.
    """
    with common.connect() as client:
        client.revoke_token(identifier)
    if common.json:
        output.document({"revoked": identifier})
    else:
        output.say(f"revoked {identifier}")


def _print(tokens: list[Token]) -> None:
    columns = (
        Column("ID", style="bold"),
        Column("NAME"),
        Column("ROLE"),
        Column("SCOPE"),
        Column("STATE"),
        Column("EXPIRES"),
        Column("CREATED", optional=True),
        Column("PRINCIPAL", optional=True),
    )
    table(columns, [_row(token) for token in tokens])


def _row(token: Token) -> Row:
    expires = formats.time(token.expires_at) if token.expires_at else "never"
    created = formats.time(token.created_at)
    return token.id, token.name, token.role, token.scope, _state(token), expires, created, token.principal


def _state(token: Token) -> Cell:
    from holotype.domain import times  # noqa: PLC0415

    if token.revoked_at is not None:
        return Cell("revoked", "dim")
    if token.expires_at is not None and token.expires_at <= times.now():
        return Cell("expired", "yellow")
    return Cell("valid", "green")
