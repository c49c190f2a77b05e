"""How does a person recall a model, and see beforehand what that reaches?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from holotype.cli import formats, output
from holotype.cli.lists import listing
from holotype.cli.options import COMMON, CURSOR, LIMIT, Common
from holotype.cli.output import Cell
from holotype.cli.tables import Column, table

if TYPE_CHECKING:
    from holotype.wire.recall import Affected, Held, Impact, Quarantine

_REASON = Parameter(metavar="TEXT", help="Why, for the ledger.")


def quarantine(subject: str, /, *, reason: Annotated[str, _REASON], common: Common = COMMON) -> None:
    """Recall a version, a data set or a parent, with everything that was built on it.

    Nothing of it is pulled or moved until it is released; what is built on it later is held as well. Shows where it is
    in use, and who pulled it.

    Args:
        subject: A version such as risk/fraud:7, dataset:URI, or parent:REFERENCE for what was made from a parent.
    """
    with common.connect() as client:
        made = client.quarantine(subject, reason=reason)
        if common.json:
            output.document(made)
            return
        output.say(Cell("quarantined", "red"), Cell(made.subject, "bold"), f"as quarantine {made.id}")
        _print_impact(client.impact(made.subject))
    output.hint(f"`holotype release {made.id}` ends it; `holotype rollback` passes over what is in quarantine")


def release(which: str, /, *, reason: Annotated[str, _REASON], common: Common = COMMON) -> None:
    """End a quarantine.

    Args:
        which: Its number, or what it is about, as `holotype quarantines` shows them.
    """
    with common.connect() as client:
        ended = client.release(which, reason=reason)
    if common.json:
        output.document(ended)
    else:
        output.say(Cell("released", "green"), Cell(ended.subject, "bold"))


def ls(
    number: int | None = None,
    /,
    *,
    everything: bool = False,
    limit: Annotated[int, LIMIT] = 50,
    cursor: Annotated[str | None, CURSOR] = None,
    common: Common = COMMON,
) -> None:
    """List quarantines, or show what one of them holds.

    Args:
        number: Show this one, with the versions under it.
        everything: List those that were released, too.
    """
    with common.connect() as client:
        if number is not None:
            shown = client.show_quarantine(number)
            output.document(shown) if common.json else _print_held(shown)
            return
        found = client.quarantines(everything=everything, limit=limit or None, cursor=cursor)
        listing(found, common, _print, lambda: output.note("Nothing is in quarantine."))


def impact(subject: str, /, *, common: Common = COMMON) -> None:
    """Show what a recall would reach, where it is in use, and who pulled it; nothing is changed.

    Args:
        subject: A version such as risk/fraud:7, dataset:URI, or parent:REFERENCE for what was made from a parent.
    """
    with common.connect() as client:
        found = client.impact(subject)
    if common.json:
        output.document(found)
        return
    _print_impact(found)


def _print_impact(found: Impact) -> None:
    output.say(Cell(found.subject, "bold"), f"reaches {_counted(found.count, found.stages)}")
    _print_versions(found.versions, found.count)
    if found.quarantine is not None:
        output.note(f"It is in quarantine {found.quarantine}.")
    if found.pulled_by:
        output.say()
        holders = (Column("PULLED BY", style="bold"), Column("VERSION"), Column("LAST"))
        table(holders, [(one.principal, one.version, formats.time(one.last)) for one in found.pulled_by])


def _print_held(found: Held) -> None:
    over = found.quarantine
    verb = "holds" if over.released_at is None else "held"
    output.say(Cell(over.subject, "bold"), f"{verb} {_counted(found.count, found.stages)}")
    output.say(f"since {formats.time(over.created_at)} by {over.created_by}: {over.reason}")
    if over.released_at is not None:
        output.say(f"released {formats.time(over.released_at)} by {over.released_by}: {over.release_reason}")
    _print_versions(found.versions, found.count)


def _counted(count: int, stages: dict[str, int]) -> str:
    """Return how many versions, and in which stages they are."""
    each = ", ".join(f"{many:,} in {stage}" for stage, many in sorted(stages.items()) if stage != "none")
    return f"{formats.plural(count, 'version')}{f', {each}' if each else ''}"


def _print_versions(versions: list[Affected], count: int) -> None:
    if versions:
        columns = (Column("VERSION", style="bold"), Column("STAGE"), Column("ALIASES"), Column("STATE"))
        table(columns, [(one.reference, one.stage, ", ".join(one.aliases), _state(one)) for one in versions])
    if count > len(versions):
        output.note(f"and {count - len(versions):,} more.")


def _state(one: Affected) -> Cell:
    return Cell("in quarantine", "red") if one.quarantined_at else Cell("")


def _print(found: list[Quarantine]) -> None:
    columns = (
        Column("ID", style="bold"),
        Column("SUBJECT"),
        Column("VERSIONS"),
        Column("REASON"),
        Column("SINCE"),
        Column("BY"),
        Column("RELEASED", optional=True),
    )
    rows = [
        (
            str(one.id),
            one.subject,
            str(one.versions),
            one.reason,
            formats.time(one.created_at),
            one.created_by,
            formats.time(one.released_at) if one.released_at else "",
        )
        for one in found
    ]
    table(columns, rows)
