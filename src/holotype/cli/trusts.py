"""How does an administrator say which CI jobs, clusters and people of an OpenID provider get in?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from holotype.cli import formats, output
from holotype.cli.lists import listing
from holotype.cli.options import COMMON, CURSOR, LIMIT, Common
from holotype.cli.tables import Column, table
from holotype.cli.usage import UsageError

if TYPE_CHECKING:
    from holotype.wire.sign_in import Identity, Trust

_CLAIM = Parameter(metavar="CLAIM=PATTERN")


def create(
    issuer: str,
    service: str,
    /,
    *,
    claim: Annotated[list[str], _CLAIM],
    audience: str | None = None,
    role: str = "reader",
    scope: str = "registry",
    lifetime: int = 900,
    common: Common = COMMON,
) -> None:
    """Exchange the tokens that an issuer makes for jobs for short-lived ones of a service account.

    Args:
        issuer: The issuer's URL, exactly as its tokens name it; github and gitlab stand for theirs.
        service: The service account whose tokens are given.
        claim: What a token must say, for example repository=acme/fraud; may be repeated, all must be so.
        audience: Whom the token must be meant for; else the registry's public URL.
        role: The most that the tokens may; never more than the service account.
        scope: registry, or the namespace or model that the tokens are confined to.
        lifetime: For how many seconds each token works, at most 3600.
    """
    from holotype.domain.claims import GITHUB, GITLAB  # noqa: PLC0415

    claims = dict(_split(one) for one in claim)
    known = {"github": GITHUB, "gitlab": GITLAB}
    with common.connect() as client:
        made = client.create_trust(
            known.get(issuer, issuer), service, claims, audience=audience, role=role, scope=scope, lifetime=lifetime
        )
    if common.json:
        output.document(made)
        return
    output.say(f"created trust {made.id}")
    output.note(f"Jobs ask their platform for a token with the audience {made.audience}.")


def ls(
    *, limit: Annotated[int, LIMIT] = 50, cursor: Annotated[str | None, CURSOR] = None, common: Common = COMMON
) -> None:
    """List the rules by which CI jobs and clusters get tokens."""
    with common.connect() as client:
        found = client.trusts(limit=limit or None, cursor=cursor)
        listing(found, common, _print, lambda: output.note("There is no trust that you may see."))


def revoke(trust: int, /, *, common: Common = COMMON) -> None:
    """End a trust, and every token that was given by it.

    Args:
        trust: Its number, as `holotype trust ls` shows it.
    """
    with common.connect() as client:
        client.revoke_trust(trust)
    output.document({"revoked": trust}) if common.json else output.say(f"revoked trust {trust}")


def link(
    user: str,
    /,
    *,
    subject: str | None = None,
    email: str | None = None,
    issuer: str | None = None,
    common: Common = COMMON,
) -> None:
    """Say whom the OpenID provider knows a user as.

    Args:
        user: The user.
        subject: The subject (sub) that the provider names them by; it never changes hands.
        email: Or the verified address with which they will come for the first time; the subject is then kept.
        issuer: The provider; else the registry's own.
    """
    with common.connect() as client:
        made = client.link_identity(user, issuer=issuer, subject=subject, email=email)
    if common.json:
        output.document(made)
    else:
        output.say(f"linked {user} to {made.subject or made.email} at {made.issuer}")


def unlink(user: str, identity: int, /, *, common: Common = COMMON) -> None:
    """Remove what the OpenID provider knows a user as, and sign them out everywhere.

    Args:
        user: The user.
        identity: The number of the link, as `holotype user identities` shows it.
    """
    with common.connect() as client:
        client.unlink_identity(user, identity)
    output.document({"unlinked": identity}) if common.json else output.say(f"unlinked {user} from {identity}")


def identities(user: str, /, *, common: Common = COMMON) -> None:
    """List whom OpenID providers know a user as.

    Args:
        user: The user.
    """
    with common.connect() as client:
        found = client.identities(user)
    if common.json:
        output.page(found)
    elif found:
        _print_identities(found)
    else:
        output.note(f"Nobody elsewhere is known to be {user}.")


def _split(text: str) -> tuple[str, str]:
    name, equals, pattern = text.partition("=")
    if not equals or not name or not pattern:
        raise UsageError(f"--claim {text!r} is not CLAIM=PATTERN.", "For example: --claim repository=acme/fraud")
    return name, pattern


def _print(found: list[Trust]) -> None:
    columns = (
        Column("TRUST", style="bold"),
        Column("SERVICE"),
        Column("ROLE"),
        Column("SCOPE"),
        Column("ISSUER"),
        Column("CLAIMS"),
        Column("STATE"),
    )
    table(
        columns,
        [
            (
                str(one.id),
                one.service,
                one.role,
                one.scope,
                one.issuer,
                " ".join(f"{name}={pattern}" for name, pattern in one.claims.items()),
                "revoked" if one.revoked_at else "in force",
            )
            for one in found
        ],
    )


def _print_identities(found: list[Identity]) -> None:
    columns = (Column("IDENTITY", style="bold"), Column("ISSUER"), Column("SUBJECT"), Column("CREATED"))
    rows = [
        (str(one.id), one.issuer, one.subject or f"expected: {one.email}", formats.time(one.created_at))
        for one in found
    ]
    table(columns, rows)
