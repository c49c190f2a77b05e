"""How does a person give roles, take them back, and learn why somebody may do something?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from holotype.cli import formats, output
from holotype.cli.lists import listing
from holotype.cli.options import COMMON, CURSOR, LIMIT, Common
from holotype.cli.tables import Column, Row, table
from holotype.cli.usage import UsageError

if TYPE_CHECKING:
    from holotype.wire.access import Grant


def create(who: str, role: str, scope: str, /, *, stage: list[str] | None = None, common: Common = COMMON) -> None:
    """Give somebody a role on a part of the registry.

    Args:
        who: A user or a service account, or team:NAME.
        role: reader, contributor, reviewer, maintainer or admin; never more than you have there yourself.
        scope: registry, a namespace (risk), a model (risk/fraud) or a pattern of models ('risk/fraud-*').
        stage: Let them move and approve towards this stage only; may be repeated.
    """
    with common.connect() as client:
        made = client.grant(who, role, scope, stages=stage or ())
    if common.json:
        output.document(made)
    else:
        output.say(f"grant {made.id}: {made.who} is {made.role} on {made.scope}{_towards(made)}")


def ls(
    *,
    who: str | None = None,
    namespace: str | None = None,
    model: str | None = None,
    limit: Annotated[int, LIMIT] = 50,
    cursor: Annotated[str | None, CURSOR] = None,
    common: Common = COMMON,
) -> None:
    """List grants: all that you may see, at least your own.

    Args:
        who: Only those of a user or a service account, with those of their teams, or of team:NAME.
        namespace: Only those on a namespace and on what is in it.
        model: Only those that cover a model, such as risk/fraud, wherever they were given.
    """
    with common.connect() as client:
        grants = client.grants(who=who, namespace=namespace, model=model, limit=limit or None, cursor=cursor)
        listing(grants, common, _print, lambda: output.note("There is no grant that you may see."))


def revoke(number: str, /, *, common: Common = COMMON) -> None:
    """Take a grant back, at once on every server.

    Args:
        number: The number of the grant, as `holotype grant ls` shows it.
    """
    if not (number.isascii() and number.isdigit()):
        raise UsageError(f"{number!r} is not the number of a grant.", "See `holotype grant ls`.")
    with common.connect() as client:
        client.revoke_grant(int(number))
    if common.json:
        output.document({"revoked": int(number)})
    else:
        output.say(f"revoked grant {int(number)}")


def explain(user: str, action: str, thing: str, /, *, stage: str | None = None, common: Common = COMMON) -> None:
    """Say which grant lets somebody do something, or why none does.

    Args:
        user: A user or a service account.
        action: A permission such as version:promote; its verb alone where it is clear: promote.
        thing: A reference (risk/fraud), a namespace (risk/), or registry.
        stage: Towards which stage, for moves and approvals.
    """
    with common.connect() as client:
        found = client.explain(user, action, thing, stage=stage)
    if common.json:
        output.document(found)
        return
    output.say(found.detail)
    for reason in (found.allowing or found.closest)[1:]:
        output.say(f"  {'also' if found.allowed else 'nor'}: {reason.detail}")


def _print(grants: list[Grant]) -> None:
    columns = (
        Column("GRANT", right=True),
        Column("WHO", style="bold"),
        Column("ROLE"),
        Column("SCOPE"),
        Column("STAGES"),
        Column("SINCE"),
        Column("BY", optional=True),
    )
    table(columns, [_row(one) for one in grants])


def _row(one: Grant) -> Row:
    since = formats.time(one.created_at)
    return str(one.id), one.who, one.role, one.scope, ", ".join(one.stages), since, one.created_by


def _towards(grant: Grant) -> str:
    return f", towards {', '.join(grant.stages)} only" if grant.stages else ""
