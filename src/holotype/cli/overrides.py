"""How does a person take gates out of the way in an emergency, and see which ones are?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from holotype.cli import formats, output
from holotype.cli.lists import listing
from holotype.cli.options import COMMON, CURSOR, LIMIT, Common
from holotype.cli.output import Cell
from holotype.cli.tables import Column, table

if TYPE_CHECKING:
    from holotype.wire.promotions import Override

_REASON = Parameter(metavar="TEXT", help="Why, for the ledger.")
_GATE = Parameter(metavar="GATE", help="A gate to take out of the way, by name; may be repeated.")


def open_(
    reference: str,
    target: str,
    /,
    *,
    gate: Annotated[list[str], _GATE],
    reason: Annotated[str, _REASON],
    hours: float = 1.0,
    common: Common = COMMON,
) -> None:
    """Take gates out of the way of a version's move, for some hours.

    It moves nothing by itself: promote the version then. It is shown until somebody closes it.

    Args:
        reference: The version, for example risk/fraud:7.
        target: The stage, or the protected alias, that it shall reach.
        hours: For how long; the policy says how long at most.
    """
    with common.connect() as client:
        made = client.open_override(reference, target, gate, reason=reason, hours=hours)
    if common.json:
        output.document(made)
        return
    gates = ", ".join(made.gates)
    output.say(Cell("overridden", "magenta"), Cell(gates, "bold"), f"for {made.version} → {made.target}")
    output.hint(f"`holotype promote {made.version} {made.target}`; close it with `holotype override close {made.id}`")


def close(override: int, /, *, common: Common = COMMON) -> None:
    """Close an override: its gates stand in the way again.

    Args:
        override: Its number.
    """
    with common.connect() as client:
        made = client.close_override(override)
    if common.json:
        output.document(made)
    else:
        output.say(Cell("closed", "green"), f"override {made.id} of {', '.join(made.gates)} for {made.version}")


def ls(
    *,
    everything: bool = False,
    limit: Annotated[int, LIMIT] = 50,
    cursor: Annotated[str | None, CURSOR] = None,
    common: Common = COMMON,
) -> None:
    """List overrides that nobody closed yet, the newest first.

    Args:
        everything: List those that were closed, too.
    """
    with common.connect() as client:
        found = client.overrides(everything=everything, limit=limit or None, cursor=cursor)
        listing(found, common, _print, lambda: output.note("No gate is overridden."))


def _print(found: list[Override]) -> None:
    columns = (
        Column("ID", style="bold"),
        Column("VERSION"),
        Column("TARGET"),
        Column("GATES"),
        Column("BY"),
        Column("ENDS"),
        Column("REASON"),
        Column("CLOSED", optional=True),
    )
    rows = [
        (
            str(one.id),
            one.version,
            one.target,
            ", ".join(one.gates),
            one.created_by,
            formats.time(one.ends_at),
            one.reason,
            formats.time(one.closed_at) if one.closed_at else "",
        )
        for one in found
    ]
    table(columns, rows)
