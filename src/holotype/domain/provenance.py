"""Where did a version come from?

What registration recorded: immutable, stored as a layer of the manifest, covered by the digest. Later knowledge is
evidence, not provenance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields
from typing import Any

from holotype.domain import digest as digests
from holotype.domain import names
from holotype.errors import Invalid, TooLarge

MEDIA_TYPE = "application/vnd.holotype.provenance.v1+json"
RELATIONS = ("fine-tuned", "quantised", "distilled", "merged", "adapter", "derived")
DIRECTIONS = ("higher", "lower")
ADDRESS_BYTES = 2_000
MOST = {"parameters": 10_000, "metrics": 10_000, "data": 10_000, "parents": 1_000}
"""Each is a row or more, written in the one transaction of a registration, and a parent is looked up."""
Scalar = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Metric:
    """A number that training or its evaluation produced, perhaps on a data set and a slice of it."""

    name: str
    value: float
    dataset: str | None = None
    slice: str | None = None
    direction: str | None = None


@dataclass(frozen=True, slots=True)
class Data:
    """A data set that went in: its address, its digest where known, and what it was used for.

    ``name`` and ``fingerprint`` are what a tracker calls it and computed of it, which is no SHA-256.
    """

    uri: str
    digest: str | None = None
    role: str = "training"
    name: str | None = None
    fingerprint: str | None = None


@dataclass(frozen=True, slots=True)
class Code:
    """The commit that the training code was at, and whether the work tree differed from it, if that is known."""

    commit: str
    dirty: bool | None = None
    repository: str | None = None
    branch: str | None = None

    @property
    def state(self) -> str:
        """What follows the commit where people read it."""
        if self.dirty is None:
            return " (uncommitted changes: unknown)"
        return " with uncommitted changes" if self.dirty else ""


@dataclass(frozen=True, slots=True)
class Run:
    """The run of an experiment tracker that produced the version, and what was noted there about it."""

    id: str
    tracker: str | None = None
    link: str | None = None
    name: str | None = None
    experiment: str | None = None
    user: str | None = None
    tags: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Parent:
    """A version, here or elsewhere, that this one was made from."""

    reference: str
    relation: str = "derived"
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Environment:
    """The Python and the installed versions of the frameworks that the files need.

    ``requirements`` are those that name no one version, as pip reads them.
    """

    python: str | None = None
    frameworks: dict[str, str] = field(default_factory=dict)
    requirements: list[str] | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """What a client of another registry's protocol registered, word for word.

    ``uri`` is where it said that the bytes lie; ``external`` means that they were never taken over. ``registration``
    tells two registrations of the same thing apart, which those protocols count as two versions. ``model_id`` is the
    logged model of a tracker. ``run_link`` is the address of a run that was given where no tracker told of the run.
    ``left_out`` says, a sentence each, what was known there and is not on record here.
    """

    uri: str
    registration: str
    external: bool = False
    model_id: str | None = None
    left_out: list[str] | None = None
    run_link: str | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """One input or output of the model: a name, a type and a shape such as ``[-1, 30]``.

    ``optional`` is true where a caller may leave it out.
    """

    name: str
    type: str
    shape: list[int] | None = None
    optional: bool | None = None


@dataclass(frozen=True, slots=True)
class Schema:
    """What the model takes and what it returns; ``params`` are settings of one call, such as a temperature."""

    inputs: list[Column] = field(default_factory=list)
    outputs: list[Column] = field(default_factory=list)
    params: list[Column] | None = None


@dataclass(frozen=True, slots=True)
class Provenance:
    """Everything that registration recorded about where a version came from."""

    parameters: dict[str, Scalar] = field(default_factory=dict)
    metrics: list[Metric] = field(default_factory=list)
    data: list[Data] = field(default_factory=list)
    code: Code | None = None
    run: Run | None = None
    parents: list[Parent] = field(default_factory=list)
    environment: Environment | None = None
    schema: Schema | None = None
    source: Source | None = None


def check(provenance: Provenance) -> Provenance:
    """Return a provenance unchanged, or raise ``Invalid``/``InvalidName`` naming the field."""
    for what, most in MOST.items():
        if len(getattr(provenance, what)) > most:
            raise TooLarge(f"A version has at most {most:,} {what}.", hint="Keep the rest in a file of the version.")
    for name, value in provenance.parameters.items():
        names.key(name, "parameter")
        if isinstance(value, str):
            names.text(value, f"parameter {name!r}")
        elif not _exact(value):
            raise Invalid(f"The parameter {name!r} is not a finite number that JSON can carry exactly.")
    _check_metrics(provenance.metrics)
    _check_origins(provenance)
    if provenance.source is not None:
        _address(provenance.source.uri, "source")
    if provenance.run is not None and len(provenance.run.id.encode("utf-8", "replace")) > ADDRESS_BYTES:
        raise Invalid(f"The id of a run has at most {ADDRESS_BYTES:,} bytes.")
    for part in (provenance.code, provenance.run, provenance.environment, provenance.schema, provenance.source):
        if part is not None:
            _check_texts(part)
    return provenance


def given(plain: dict[str, Any]) -> dict[str, Any]:
    """Return a provenance, as plain dictionaries and lists, without what was not given."""
    return {key: _pruned(value) for key, value in plain.items() if value not in (None, [], {})}


def _pruned(value: Any) -> Any:
    if isinstance(value, dict):
        kept = value.items()
        return {key: item if type(item) is str else _pruned(item) for key, item in kept if item is not None}
    return [_pruned(item) for item in value] if isinstance(value, list) else value


def _check_origins(provenance: Provenance) -> None:
    for data in provenance.data:
        _address(data.uri, "data reference")
        names.key(data.role, "data role")
        _optional(data.digest)
    for parent in provenance.parents:
        _address(parent.reference, "parent")
        _optional(parent.digest)
        if parent.relation not in RELATIONS:
            raise Invalid(f"{parent.relation[:80]!r} is not a relation.", hint=f"Relations: {', '.join(RELATIONS)}.")


def _address(value: str, what: str) -> None:
    """Check what is looked up by an index, whose rows are limited in bytes."""
    names.text(value, what)
    if not value or len(value.encode()) > ADDRESS_BYTES or not names.printable(value):
        raise Invalid(f"A {what} has 1 to {ADDRESS_BYTES:,} bytes, all printable.", hint="Give the plain address.")


def _check_texts(value: Any) -> None:
    """Check everything that is kept for people to read: code, run, environment, schema."""
    if isinstance(value, str):
        names.text(value, "provenance")
    elif isinstance(value, int) and not _exact(value):
        raise Invalid("The provenance holds a number that JSON cannot carry exactly.")
    elif isinstance(value, dict):
        for key, item in value.items():
            names.text(key, "provenance")
            _check_texts(item)
    elif isinstance(value, list):
        for item in value:
            _check_texts(item)
    else:
        for name in _FIELDS.get(type(value), ()):
            item = getattr(value, name)
            if type(item) is str:
                names.text(item, "provenance")
            elif item is not None:
                _check_texts(item)


_FIELDS = {part: tuple(one.name for one in fields(part)) for part in (Code, Run, Environment, Column, Schema, Source)}
"""The parts in which texts are looked for, and their fields."""


def _check_metrics(metrics: list[Metric]) -> None:
    seen: set[tuple[str, str | None, str | None]] = set()
    for metric in metrics:
        names.key(metric.name, "metric")
        names.key(metric.dataset or "all", "data set")
        names.key(metric.slice or "all", "slice")
        if not _exact(metric.value):
            raise Invalid(f"The metric {metric.name!r} is not a finite number.", hint="Leave it out, or give a number.")
        if metric.direction is not None and metric.direction not in DIRECTIONS:
            raise Invalid(f"The direction of {metric.name!r} is {metric.direction[:20]!r}; it is 'higher' or 'lower'.")
        key = (metric.name, metric.dataset or None, metric.slice or None)
        if key in seen:
            raise Invalid(f"The metric {metric.name!r} is given twice for one data set and slice.")
        seen.add(key)


def _exact(value: float) -> bool:
    return abs(value) < 2**53 if isinstance(value, int) else math.isfinite(value)


def _optional(digest: str | None) -> None:
    if digest is not None:
        digests.parse(digest)
