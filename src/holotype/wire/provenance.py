"""How does provenance travel? As in ``holotype.domain.provenance``, with unknown fields refused."""

from __future__ import annotations

import msgspec

from holotype.domain import provenance as domain
from holotype.wire.base import Request, Response


class Metric(Request):
    """A number, perhaps on a data set and a slice of it; ``direction`` says which way is better."""

    name: str
    value: float
    dataset: str | None = None
    slice: str | None = None
    direction: str | None = None


class Data(Request):
    """A data set that went in."""

    uri: str
    digest: str | None = None
    role: str = "training"
    name: str | None = None
    fingerprint: str | None = None


class Code(Request):
    """A git commit and whether the tree was dirty; ``null`` where that is not known."""

    commit: str
    dirty: bool | None = None
    repository: str | None = None
    branch: str | None = None


class Run(Request):
    """The run of a tracker, and what was noted there about it."""

    id: str
    tracker: str | None = None
    link: str | None = None
    name: str | None = None
    experiment: str | None = None
    user: str | None = None
    tags: dict[str, str] | None = None


class Parent(Request):
    """A version that this one was made from."""

    reference: str
    relation: str = "derived"
    digest: str | None = None


class Environment(Request):
    """The Python and the frameworks."""

    python: str | None = None
    frameworks: dict[str, str] = {}
    requirements: list[str] | None = None


class Column(Request):
    """One input or output of the model."""

    name: str
    type: str
    shape: list[int] | None = None
    optional: bool | None = None


class Schema(Request):
    """What the model takes and what it returns."""

    inputs: list[Column] = []
    outputs: list[Column] = []
    params: list[Column] | None = None


class Provenance(Request):
    """Everything that registration records about where a version came from."""

    parameters: dict[str, str | int | float | bool] = {}
    metrics: list[Metric] = []
    data: list[Data] = []
    code: Code | None = None
    run: Run | None = None
    parents: list[Parent] = []
    environment: Environment | None = None
    schema: Schema | None = None


class Source(Response, omit_defaults=True):
    """What a client of another registry's protocol registered; nobody sets it otherwise.

    ``uri`` is where it said that the bytes lie; ``external`` means that they were never taken over. ``run_link`` is the
    address of a run that was given where no tracker told of the run. ``left_out`` says, a sentence each, what was known
    there and is not on record here.
    """

    uri: str
    registration: str
    external: bool = False
    model_id: str | None = None
    left_out: list[str] | None = None
    run_link: str | None = None


class Recorded(Provenance, forbid_unknown_fields=False):
    """The provenance of a version as it is on record."""

    source: Source | None = None


def to_domain(shape: Provenance) -> domain.Provenance:
    """Return the domain's value; the verb that takes it checks it."""
    return msgspec.convert(msgspec.to_builtins(shape), domain.Provenance)


def from_domain(value: domain.Provenance) -> Provenance:
    """Return what a client sends of a domain value: nobody says of a push that it came through another protocol."""
    plain: dict[str, object] = msgspec.to_builtins(value)
    return msgspec.convert({name: part for name, part in plain.items() if name != "source"}, Provenance)
