"""How do versions differ? Pure: from what is known of each version to the rows of a comparison.

The first version is the baseline. Rows hold one value a version, in their order; nothing where it has none.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from holotype.domain.manifest import File
from holotype.domain.provenance import Column, Metric, Provenance, Scalar

FEWEST, MOST = 2, 10
FILES_SHOWN = 200
Verdict = Literal["better", "worse", "equal", "unknown"]

_HIGHER = frozenset(
    {"auc", "auroc", "auprc", "accuracy", "acc", "f1", "precision", "recall", "r2", "bleu", "map", "iou"}
)
_LOWER = frozenset({"loss", "error", "rmse", "mae", "mse", "mape", "latency", "perplexity", "wer", "cer"})
_PART = re.compile(r"[a-z]+\d?")


@dataclass(frozen=True, slots=True)
class Compared:
    """What is known of one version."""

    reference: str
    digest: str
    files: Sequence[File] = ()
    provenance: Provenance = field(default_factory=Provenance)


@dataclass(frozen=True, slots=True)
class Row:
    """One thing of which each version has a value, or none."""

    name: str
    values: tuple[Scalar | None, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """How a metric of a version stands to the baseline's: the difference, that as a share, and what it means."""

    absolute: float | None
    relative: float | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class MetricRow:
    """One metric on one data set and slice; ``changes`` are of the versions behind the baseline."""

    name: str
    dataset: str | None
    slice: str | None
    direction: str | None
    values: tuple[float | None, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class FileRow:
    """What became of a file of the baseline, or a new file."""

    path: str
    change: Literal["added", "removed", "changed", "unchanged"]
    size_before: int | None
    size_after: int | None


@dataclass(frozen=True, slots=True)
class FileChanges:
    """The files of one version beside the baseline's; ``left_out`` says how many rows the list does not show."""

    reference: str
    added: int
    removed: int
    changed: int
    unchanged: int
    size: int
    shared_bytes: int
    rows: tuple[FileRow, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """The differences between versions, section by section; ``same`` counts what is equal in all and not shown."""

    versions: tuple[str, ...]
    digests: tuple[str, ...]
    parameters: tuple[Row, ...]
    metrics: tuple[MetricRow, ...]
    files: tuple[FileChanges, ...]
    schema: tuple[Row, ...]
    environment: tuple[Row, ...]
    lineage: tuple[Row, ...]
    same: dict[str, int]


def compare(versions: Sequence[Compared], *, everything: bool = False) -> Comparison:
    """Compare versions with the first of them; show only what differs, unless ``everything`` is asked for."""
    origins = [version.provenance for version in versions]
    sections = {
        "parameters": _rows([origin.parameters for origin in origins]),
        "schema": _rows([_schema(origin) for origin in origins]),
        "environment": _rows([_environment(origin) for origin in origins]),
        "lineage": _rows([_lineage(origin) for origin in origins]),
    }
    measured = _metrics([origin.metrics for origin in origins])
    shown = {name: tuple(row for row in rows if everything or _differs(row.values)) for name, rows in sections.items()}
    metrics = tuple(row for row in measured if everything or _differs(row.values))
    same = {name: len(rows) - len(shown[name]) for name, rows in sections.items()}
    return Comparison(
        versions=tuple(version.reference for version in versions),
        digests=tuple(version.digest for version in versions),
        metrics=metrics,
        files=tuple(files(versions[0].files, other, everything=everything) for other in versions[1:]),
        same={"metrics": len(measured) - len(metrics), **same},
        **shown,
    )


def files(baseline: Collection[File], other: Compared, *, everything: bool) -> FileChanges:
    """Compare the files of a version with the baseline's, by path and digest."""
    before = {file.path: file for file in baseline}
    after = {file.path: file for file in other.files}
    rows = [_file_row(path, before.get(path), after.get(path)) for path in sorted(before.keys() | after.keys())]
    counts = {
        change: sum(row.change == change for row in rows) for change in ("added", "removed", "changed", "unchanged")
    }
    listed = [row for row in rows if everything or row.change != "unchanged"]
    kept = {file.digest for file in baseline}
    shared = {file.digest: file.size for file in other.files if file.digest in kept}
    return FileChanges(
        reference=other.reference,
        size=sum(file.size for file in other.files),
        shared_bytes=sum(shared.values()),
        rows=tuple(listed[:FILES_SHOWN]),
        left_out=max(0, len(listed) - FILES_SHOWN),
        **counts,
    )


def direction_of(name: str) -> str | None:
    """Return which way a metric of a well-known name is better: ``val_loss`` is lower, ``test-auc`` is higher."""
    parts = set(_PART.findall(name.lower()))
    higher, lower = bool(parts & _HIGHER), bool(parts & _LOWER)
    return None if higher == lower else "higher" if higher else "lower"


def change(baseline: float | None, value: float | None, direction: str | None) -> Change:
    """Return how a value of a metric stands to the baseline's."""
    if baseline is None or value is None:
        return Change(None, None, "unknown")
    difference = value - baseline
    relative = _finite(difference / abs(baseline)) if baseline else None
    difference_shown = _finite(difference)
    if difference == 0:
        return Change(0.0, 0.0, "equal")
    if direction is None:
        return Change(difference_shown, relative, "unknown")
    return Change(difference_shown, relative, "better" if (difference > 0) == (direction == "higher") else "worse")


def _finite(value: float) -> float | None:
    """Return a number that JSON can carry, or nothing where the difference left the range of floats."""
    return value if math.isfinite(value) else None


def _metrics(each: Sequence[Iterable[Metric]]) -> list[MetricRow]:
    values = [{(m.name, m.dataset or "", m.slice or ""): m.value for m in metrics} for metrics in each]
    said = {m.name: m.direction for metrics in reversed(each) for m in metrics if m.direction}
    return [
        _metric_row(key, [found.get(key) for found in values], said.get(key[0]) or direction_of(key[0]))
        for key in sorted({key for found in values for key in found})
    ]


def _metric_row(key: tuple[str, str, str], values: Sequence[float | None], direction: str | None) -> MetricRow:
    name, dataset, part = key
    changes = tuple(change(values[0], value, direction) for value in values[1:])
    return MetricRow(name, dataset or None, part or None, direction, tuple(values), changes)


def _file_row(path: str, before: File | None, after: File | None) -> FileRow:
    if before is None or after is None:
        sizes = before.size if before else None, after.size if after else None
        return FileRow(path, "removed" if after is None else "added", *sizes)
    return FileRow(path, "unchanged" if before.digest == after.digest else "changed", before.size, after.size)


def _rows(each: Sequence[Mapping[str, Scalar | None]]) -> list[Row]:
    names = dict.fromkeys(name for found in each for name in found)
    return [Row(name, tuple(found.get(name) for found in each)) for name in sorted(names)]


def _differs(values: Sequence[object]) -> bool:
    # 1 and True are equal to Python, and not to a person who set a parameter
    seen = [(isinstance(value, bool), value) for value in values]
    return any(value != seen[0] for value in seen[1:])


def _schema(origin: Provenance) -> dict[str, Scalar | None]:
    if origin.schema is None:
        return {}
    sides = {"input": origin.schema.inputs, "output": origin.schema.outputs, "param": origin.schema.params or []}
    return {f"{side}.{column.name}": _column(column) for side, columns in sides.items() for column in columns}


def _column(column: Column) -> str:
    shape = "" if column.shape is None else f" {column.shape}"
    return f"{column.type}{shape}{' (optional)' if column.optional else ''}"


def _environment(origin: Provenance) -> dict[str, Scalar | None]:
    known = origin.environment
    if known is None:
        return {}
    wanted = {f"requirement.{one}": True for one in known.requirements or ()}
    return {"python": known.python, **known.frameworks, **wanted}


def _lineage(origin: Provenance) -> dict[str, Scalar | None]:
    found: dict[str, Scalar | None] = {
        f"data.{data.uri}": data.digest or data.fingerprint or data.role for data in origin.data
    }
    found |= {f"parent.{parent.reference}": parent.relation for parent in origin.parents}
    if origin.code is not None:
        code = origin.code
        found |= {"code.commit": code.commit, "code.dirty": code.dirty}
        found |= {"code.repository": code.repository, "code.branch": code.branch}
    if origin.run is not None:
        found |= {"run.id": origin.run.id, "run.tracker": origin.run.tracker, "run.link": origin.run.link}
    return found
