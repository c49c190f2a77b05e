"""Which metrics and parameters does a table of versions show? ``metric.auc, metric.auc@holdout/old, param.depth``.

A column is written like what the query language sorts by, so that a list can be sorted by what it shows.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from holotype.domain import sorting
from holotype.domain.compare import direction_of
from holotype.domain.query_tree import quote
from holotype.errors import Invalid

MOST, USUAL = 16, 3
_PIECE = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^",]|")+')
_PLAIN = re.compile(r"[\w.+-]+")
_KINDS = frozenset({"metric", "param"})


@dataclass(frozen=True, slots=True)
class Column:
    """A metric (``kind`` is ``metric``), perhaps on one data set and slice, or a parameter (``param``)."""

    kind: str
    name: str
    dataset: str | None = None
    slice: str | None = None

    def __str__(self) -> str:
        """The column as it is written; reading it gives an equal one."""
        return f"{self.kind}.{self.label}"

    @property
    def label(self) -> str:
        """The column without its kind: ``auc@holdout``."""
        marks = (("", self.name), ("@", self.dataset), ("/", self.slice))
        return "".join(f"{mark}{_written(part)}" for mark, part in marks if part is not None)


def parse(text: str) -> tuple[Column, ...]:
    """Read columns, each once, with commas between them; raise ``Invalid`` for what is none."""
    found = dict.fromkeys(map(_column, _pieces(text)))
    if len(found) > MOST:
        raise Invalid(f"A table shows at most {MOST} columns, not {len(found)}.", hint="Choose fewer.")
    return tuple(found)


def metric(text: str) -> Column:
    """Read one metric: ``auc``, ``auc@holdout``, ``auc@holdout/old``."""
    return _column(f"metric.{text.strip()}")


def write(columns: Iterable[Column]) -> str:
    """Return columns as text."""
    return ",".join(map(str, columns))


def usual(known: Sequence[Iterable[Column]]) -> tuple[Column, ...]:
    """Return the columns that a table shows unless asked, from what each of the newest versions has.

    Metrics of whole data sets, those first that most of the versions have, then those of which it is known which way
    is better; parameters where there is no metric.
    """
    counted = Counter(column for each in known for column in dict.fromkeys(each))
    whole = [column for column in counted if column.kind == "metric" and column.slice is None]
    ranked = sorted(whole, key=lambda one: (-counted[one], direction_of(one.name) is None, str(one)))
    return tuple(ranked or sorted(counted, key=lambda one: (one.kind == "metric", -counted[one], str(one))))[:USUAL]


def _pieces(text: str) -> Iterator[str]:
    yield from (piece for found in _PIECE.finditer(text) if (piece := found[0].strip()))


def _column(text: str) -> Column:
    try:
        found = sorting.parse(text, "versions")
    except Invalid as error:
        raise _wrong(text) from error
    if found.field not in _KINDS or found.key is None or text.startswith("-") or text.endswith((":asc", ":desc")):
        raise _wrong(text)
    return Column(found.field, found.key, found.dataset, found.slice)


def _wrong(text: str) -> Invalid:
    return Invalid(
        f"{text[:80]!r} is not a column.", hint="Columns are metric.NAME, metric.NAME@DATASET/SLICE or param.NAME."
    )


def _written(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else quote(text)
