"""How does a person point aliases at versions?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from holotype.cli import formats, output
from holotype.cli.lists import listing
from holotype.cli.options import COMMON, CURSOR, LIMIT, Common
from holotype.cli.promotions import report
from holotype.cli.tables import Column, table

if TYPE_CHECKING:
    from holotype.wire.shapes import Alias

_REASON = Parameter(metavar="TEXT", help="Why, for the ledger and for those who have to approve.")


def set_(reference: str, alias: str, /, *, reason: Annotated[str, _REASON] = "", common: Common = COMMON) -> int:
    """Make an alias name a version.

    An alias that the policy protects moves by promotion: its gates are asked, and perhaps people have to approve.

    Args:
        reference: The version, for example risk/fraud:7.
        alias: The alias, for example champion; it leaves the version that it named before.
    """
    with common.connect() as client:
        done = client.set_alias(reference, alias, reason=reason)
    if not hasattr(done, "reference"):
        return report(done, common)
    if common.json:
        output.document(done)
    else:
        output.say(f"{alias} → {done.reference}")
    return 0


def rm(model: str, alias: str, /, *, common: Common = COMMON) -> None:
    """Remove an alias; the version that it named stays.

    Args:
        model: The model, as namespace/name.
        alias: The alias.
    """
    with common.connect() as client:
        client.remove_alias(model, alias)
    if common.json:
        output.document({"removed": alias})
    else:
        output.say(f"removed {alias}")


def ls(
    model: str,
    /,
    *,
    limit: Annotated[int, LIMIT] = 50,
    cursor: Annotated[str | None, CURSOR] = None,
    common: Common = COMMON,
) -> None:
    """List the aliases of a model.

    Args:
        model: The model, as namespace/name.
    """
    with common.connect() as client:
        aliases = client.aliases(model, limit=limit or None, cursor=cursor)
        listing(aliases, common, _print, lambda: output.note(f"{model} has no aliases."))


def _print(aliases: list[Alias]) -> None:
    columns = (Column("ALIAS", style="bold"), Column("VERSION"), Column("DIGEST", style="dim"), Column("CHANGED"))
    table(columns, [(a.name, a.version, formats.digest(a.digest), formats.time(a.changed_at)) for a in aliases])
