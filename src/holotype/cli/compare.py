"""How does a person see where versions differ?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from holotype.cli import formats, output
from holotype.cli.options import COMMON, Common
from holotype.cli.output import Cell
from holotype.cli.tables import Column, table

if TYPE_CHECKING:
    from holotype.wire.compare import Change, Comparison, FileChanges, FileRow, MetricRow, Row

_HEADS = {"parameters": "PARAMETER", "schema": "SCHEMA", "environment": "ENVIRONMENT", "lineage": "LINEAGE"}
_STYLES = {"better": "green", "worse": "red", "added": "green", "removed": "red", "changed": "yellow"}
_NOTHING = "–"


def compare(
    first: str,
    second: str,
    /,
    *more: str,
    everything: Annotated[bool, Parameter(name="--all")] = False,
    common: Common = COMMON,
) -> None:
    """Show how versions differ.

    Args:
        first: The version to compare with, for example risk/fraud:production.
        second: Another version.
        more: Further versions.
        everything: Show also where they agree.
    """
    with common.connect() as client:
        found = client.compare(first, second, *more, everything=everything)
    if common.json:
        output.document(found)
    else:
        _print(found)


def _print(found: Comparison) -> None:
    rows = zip(found.versions, found.digests, strict=True)
    table((Column("VERSION", style="bold"), Column("DIGEST", style="dim")), [(v, formats.digest(d)) for v, d in rows])
    if found.metrics:
        output.say()
        table(_columns("METRIC", found.versions), [_metric(row) for row in found.metrics])
    for name, head in _HEADS.items():
        section: list[Row] = getattr(found, name)
        if section:
            output.say()
            table(_columns(head, found.versions), [(row.name, *map(_value, row.values)) for row in section])
    for changes in found.files:
        output.say()
        output.say(Cell(f"files of {changes.reference} beside {found.versions[0]}", "bold"))
        _print_files(changes)
    equal = ", ".join(f"{count} of {name}" for name, count in found.same.items() if count)
    if equal:
        output.say()
        output.say(Cell(f"the same in all and not shown: {equal}", "dim"))
        output.hint("--all shows them")


def _columns(first: str, versions: Sequence[str]) -> list[Column]:
    return [Column(first), *(Column(f":{version.rpartition(':')[2]}", right=True) for version in versions)]


def _metric(row: MetricRow) -> list[str | Cell]:
    place = "/".join(part for part in (row.dataset, row.slice) if part)
    name = f"{row.name}@{place}" if place else row.name
    values = [_NOTHING if value is None else formats.number(value) for value in row.values]
    changed = [_change(value, change) for value, change in zip(values[1:], row.changes, strict=True)]
    return [name, values[0], *changed]


def _change(value: str, change: Change) -> Cell:
    """Return a value with how it moved: an arrow, by how much, and whether that is better."""
    if not change.absolute:
        return Cell(value)
    by = formats.number(change.absolute) if change.relative is None else f"{100 * change.relative:+.2g} %"
    arrow = "↑" if change.absolute > 0 else "↓"
    words = [value, arrow, by] if change.verdict == "unknown" else [value, arrow, by, change.verdict]
    return Cell(" ".join(words), _STYLES.get(change.verdict, ""))


def _value(value: object) -> str:
    return _NOTHING if value is None else formats.scalar(value)


def _print_files(changes: FileChanges) -> None:
    counts = {name: getattr(changes, name) for name in ("added", "removed", "changed", "unchanged")}
    told = ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)
    output.say(
        f"{told or 'none'}; {formats.size(changes.size)}, of which {formats.size(changes.shared_bytes)} are shared"
    )
    if changes.rows:
        columns = (Column("PATH"), Column("CHANGE"), Column("BEFORE", right=True), Column("AFTER", right=True))
        table(columns, [_file(row) for row in changes.rows])
    if changes.left_out:
        output.say(f"and {changes.left_out:,} more")


def _file(row: FileRow) -> tuple[str, Cell, str, str]:
    sizes = ["" if size is None else formats.size(size) for size in (row.size_before, row.size_after)]
    return row.path, Cell(row.change, _STYLES.get(row.change, "dim")), sizes[0], sizes[1]
