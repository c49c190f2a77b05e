"""What does a comparison look like on the wire? The first version is the baseline; rows hold one value a version."""

from __future__ import annotations

import msgspec

from holotype.domain import compare as domain
from holotype.wire.base import Response


class Row(Response):
    """One thing of which each version has a value, or none."""

    name: str
    values: list[str | int | float | bool | None]


class Change(Response):
    """A metric beside the baseline's: difference, share of the baseline, and better, worse, equal or unknown."""

    absolute: float | None
    relative: float | None
    verdict: str


class MetricRow(Response):
    """One metric on one data set and slice; ``changes`` has one entry for each version behind the baseline."""

    name: str
    dataset: str | None
    slice: str | None
    direction: str | None
    values: list[float | None]
    changes: list[Change]


class FileRow(Response):
    """A file that was added, removed, changed or left unchanged."""

    path: str
    change: str
    size_before: int | None
    size_after: int | None


class FileChanges(Response):
    """The files of one version beside the baseline's; ``left_out`` counts the rows that the list does not show."""

    reference: str
    added: int
    removed: int
    changed: int
    unchanged: int
    size: int
    shared_bytes: int
    rows: list[FileRow]
    left_out: int


class Comparison(Response):
    """How versions differ; ``same`` counts, for each section, what is equal in all and not shown."""

    versions: list[str]
    digests: list[str]
    parameters: list[Row]
    metrics: list[MetricRow]
    files: list[FileChanges]
    schema: list[Row]
    environment: list[Row]
    lineage: list[Row]
    same: dict[str, int]


def from_domain(value: domain.Comparison) -> Comparison:
    """Return the wire shape of a comparison."""
    return msgspec.convert(value, Comparison, from_attributes=True)
