"""How does a comparison of versions look? As sections of one table: a line for each thing, a cell for each version.

The page about comparing shows it, and any other page that has a :class:`~holotype.domain.compare.Comparison`, through
``templates/parts/comparison.html``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from holotype.domain import readable
from holotype.domain.compare import Change, Comparison, FileChanges, FileRow, MetricRow, Row
from holotype.domain.entities import Version

MOST_LINES = 200
"""So many lines of a section are shown; who looks for another one gives a part of its name."""
MOST_PLOTS = 12
_LONG, _LONGEST = 120, 4_000
_TITLES = {"parameters": "Parameters", "schema": "Schema", "environment": "Environment", "lineage": "Lineage"}
_WORDS = {"added": "added", "removed": "removed", "changed": "changed", "unchanged": "the same"}
_ORDER = {"added": 0, "removed": 0, "changed": 0, "unchanged": 1}


@dataclass(frozen=True, slots=True)
class Cell:
    """What one version has: a text, or none; whether it is what the baseline has, and what is to be said beside it.

    ``verdict`` is ``better`` or ``worse`` for a metric, ``added``, ``removed`` or ``changed`` for a file.
    """

    text: str | None
    same: bool = False
    beside: str = ""
    verdict: str = ""
    more: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that versions have: its name, what is to be said of it, a cell for each version."""

    name: str
    beside: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a comparison. ``hidden`` counts what is the same in all, ``left`` what there was no room for."""

    key: str
    title: str
    lines: tuple[Line, ...]
    hidden: int
    left: int
    numbers: bool = False

    @property
    def empty(self) -> bool:
        """Whether there is nothing to say."""
        return not self.lines and not self.hidden and not self.left


@dataclass(frozen=True, slots=True)
class Plot:
    """One metric as a script draws it: each version's label and value, and what that means beside the baseline's."""

    name: str
    beside: str
    data: dict[str, Sequence[str | float | None]]


def sections(found: Comparison, sizes: Sequence[int], *, find: str = "") -> list[Section]:
    """Return the parts of a comparison that have something to say; ``find`` keeps lines whose names contain it."""
    made = [_metrics(found, find)]
    made += [_plain(key, title, getattr(found, key), found.same.get(key, 0), find) for key, title in _TITLES.items()]
    made.insert(2, _files(found.files, sizes, find))
    return [section for section in made if not section.empty]


def plots(found: Comparison, labels: Sequence[str], *, find: str = "") -> list[Plot]:
    """Return the metrics that can be drawn, the first dozen: those that two versions have."""
    wanted = (row for row in found.metrics if _has(row.name, find))
    drawn = [row for row in wanted if sum(value is not None for value in row.values) > 1]
    return [Plot(row.name, _beside(row), _drawn(row, labels)) for row in drawn[:MOST_PLOTS]]


def labels(versions: Sequence[Version]) -> list[str]:
    """Return a short name for each version of a table: its number, with its model where there are several."""
    one_model = len({version.model_id for version in versions}) == 1
    return [f":{version.number}" if one_model else f"{version.model}:{version.number}" for version in versions]


def _drawn(row: MetricRow, labels: Sequence[str]) -> dict[str, Sequence[str | float | None]]:
    return {
        "labels": labels,
        "values": row.values,
        "verdicts": ["baseline", *(change.verdict for change in row.changes)],
    }


def _metrics(found: Comparison, find: str) -> Section:
    rows = [row for row in found.metrics if _has(row.name, find)]
    lines = tuple(Line(row.name, _beside(row), tuple(_measured(row))) for row in rows[:MOST_LINES])
    hidden = found.same.get("metrics", 0)
    return Section("metrics", "Metrics", lines, hidden, len(rows) - len(lines), numbers=True)


def _beside(row: MetricRow) -> str:
    """Return what a metric was measured on, and which way it is better."""
    place = "/".join(part for part in (row.dataset, row.slice) if part)
    way = f"{row.direction} is better" if row.direction else ""
    return ", ".join(part for part in (f"on {place}" if place else "", way) if part)


def _measured(row: MetricRow) -> Iterator[Cell]:
    first, *others = row.values
    yield Cell(None if first is None else readable.number(first))
    for value, change in zip(others, row.changes, strict=True):
        verdict = change.verdict if change.verdict in {"better", "worse"} else ""
        text = None if value is None else readable.number(value)
        yield Cell(text, same=change.verdict == "equal", beside=_moved(change), verdict=verdict)


def _moved(change: Change) -> str:
    """Return how a metric moved, as people read it: ``+0.02 (+2.2 %)``, and whether that is better."""
    if not change.absolute:
        return ""
    by = f"{change.absolute:+.4g}"
    share = "" if change.relative is None else f" ({100 * change.relative:+.2g} %)"
    verdict = f" {change.verdict}" if change.verdict in {"better", "worse"} else ""
    return f"{'↑' if change.absolute > 0 else '↓'} {by}{share}{verdict}"


def _plain(key: str, title: str, rows: Iterable[Row], hidden: int, find: str) -> Section:
    wanted = [row for row in rows if _has(row.name, find) and any(value is not None for value in row.values)]
    lines = tuple(Line(row.name, "", tuple(_values(row))) for row in wanted[:MOST_LINES])
    return Section(key, title, lines, hidden, len(wanted) - len(lines))


def _values(row: Row) -> Iterator[Cell]:
    first = row.values[0]
    for at, value in enumerate(row.values):
        same = at > 0 and value == first and isinstance(value, bool) == isinstance(first, bool)
        text = None if value is None else readable.scalar(value)
        if text is None or len(text) <= _LONG:
            yield Cell(text, same=same)
        else:
            yield Cell(f"{text[:_LONG]}…", same=same, more=text[:_LONGEST])


def _files(changes: Sequence[FileChanges], sizes: Sequence[int], find: str) -> Section:
    """Return the files: what each version has of them all, then a line for each path."""
    known = [{row.path: row for row in one.rows} for one in changes]
    paths = sorted({path for rows in known for path in rows if _has(path, find)}, key=lambda path: _place(path, known))
    ends = [max(rows, default="") for rows, one in zip(known, changes, strict=True) if one.left_out]
    if ends:  # behind its last row nothing is known of a version whose list was cut off
        paths = [path for path in paths if path <= min(ends)]
    lines = [Line(path, "", tuple(_file(path, known))) for path in paths[:MOST_LINES]]
    left = max([len(paths) - len(lines), *(one.left_out for one in changes)])
    if changes and not find:
        lines.insert(0, Line("all files", "", (Cell(readable.size(sizes[0])), *map(_whole, changes))))
    return Section("files", "Files", tuple(lines), 0, left, numbers=True)


def _place(path: str, known: Sequence[dict[str, FileRow]]) -> tuple[int, str]:
    """Return the place of a path in the list: what differs comes before what does not."""
    return min(_ORDER[rows[path].change] for rows in known if path in rows), path


def _whole(one: FileChanges) -> Cell:
    counts = ((one.added, "added"), (one.removed, "removed"), (one.changed, "changed"), (one.unchanged, "the same"))
    told = [f"{count:,} {word}" for count, word in counts if count]
    if one.shared_bytes:
        told.append(f"{readable.size(one.shared_bytes)} shared")
    return Cell(readable.size(one.size), beside=", ".join(told))


def _file(path: str, known: Sequence[dict[str, FileRow]]) -> Iterator[Cell]:
    there = [rows.get(path) for rows in known]
    before = next((row.size_before for row in there if row is not None), None)
    yield Cell(None if before is None else readable.size(before))
    for row in there:
        if row is None:  # a list of differences leaves out what is the same, here and there
            yield Cell(None if before is None else readable.size(before), same=before is not None)
        else:
            size = None if row.size_after is None else readable.size(row.size_after)
            same = row.change == "unchanged"
            yield Cell(size, same=same, beside="" if same else _WORDS[row.change], verdict="" if same else row.change)


def _has(name: str, part: str) -> bool:
    return part.casefold() in name.casefold()
