"""How does an import from another registry travel? See ``holotype.domain.imports`` for what the fields mean."""

from __future__ import annotations

from datetime import datetime

import msgspec

from holotype.domain import imports as domain
from holotype.domain import runs
from holotype.domain.manifest import File, role_of
from holotype.domain.runs import LoggedModel, TrackedRun
from holotype.wire.base import Request, Response
from holotype.wire.shapes import Model, NewFile, Version


class Measured(Request):
    """The last value of a metric, and where it was measured."""

    name: str
    value: float
    step: int = 0
    at: datetime | None = None
    dataset: str | None = None
    dataset_digest: str | None = None
    run_id: str | None = None


class Input(Request):
    """A data set that went into a run."""

    name: str
    digest: str
    kind: str = ""
    source: str = ""
    schema: str = ""
    profile: str = ""
    context: str = "training"
    tags: dict[str, str] = {}


class Run(Request):
    """What a tracking server knows about the run that produced a version."""

    id: str
    experiment: str = ""
    name: str = ""
    status: str = ""
    user: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    parameters: dict[str, str] = {}
    metrics: list[Measured] = []
    tags: dict[str, str] = {}
    inputs: list[Input] = []


class Logged(Request):
    """What a tracking server knows about the logged model that a version was registered from."""

    id: str
    name: str
    created_at: datetime
    changed_at: datetime
    experiment: str = ""
    run_id: str = ""
    status: str = ""
    model_type: str = ""
    parameters: dict[str, str] = {}
    metrics: list[Measured] = []
    tags: dict[str, str] = {}


class ImportedModel(Request):
    """A model as another registry has it."""

    origin: str
    title: str
    description: str = ""
    tags: dict[str, str] = {}
    created_at: datetime | None = None
    changed_at: datetime | None = None
    next_number: int = 1


class ImportedVersion(Request):
    """A version as another registry has it; the bytes of its files have been uploaded before.

    ``documents`` are the contents (base64) of files that describe it. Without files its bytes were out of reach of the
    client: they are copied in where an import source covers them; else it is ``external``, if it may be.
    """

    origin: str
    title: str
    number: int
    uri: str
    created_at: datetime
    author: str = ""
    files: list[NewFile] = []
    documents: dict[str, bytes] = {}
    description: str = ""
    tags: dict[str, str] = {}
    changed_at: datetime | None = None
    run: Run | None = None
    run_link: str | None = None
    logged: Logged | None = None
    logged_model: str | None = None
    parent: str | None = None
    external: bool = True


class ImportedLabels(Request):
    """What is said of an imported version over there now."""

    number: int
    registration: str
    stage: str
    description: str = ""
    tags: dict[str, str] = {}
    changed_at: datetime | None = None


class Labelling(Request):
    """Some versions with their labels; ``aliases`` are all that the model has over there, where they are told."""

    origin: str
    versions: list[ImportedLabels] = []
    aliases: dict[str, int] | None = None
    changed_at: datetime | None = None


class LeftOut(Response):
    """What did not come, of which thing, and why."""

    subject: str
    what: str
    why: str


class ModelImport(Response):
    """The model after an import."""

    model: Model
    created: bool
    changed: bool
    left_out: list[LeftOut]


class VersionImport(Response):
    """The version after an import; ``created`` is false where it was here before.

    There is none where its bytes are still being copied in (``pending``), or where it must not be external.
    """

    version: Version | None
    created: bool
    pending: bool
    left_out: list[LeftOut]


class LabelImport(Response):
    """How many labels and words were changed, and what was left out."""

    changed: int
    left_out: list[LeftOut]


class Imported(Response):
    """A version of a model with what tells where it was registered; ``external`` where its bytes are not here."""

    number: int
    digest: str
    registration: str | None
    external: bool
    stage: str
    aliases: list[str]
    tags: dict[str, str]
    description: str
    author: str
    created_at: datetime
    changed_at: datetime
    uri: str | None = None
    run_id: str | None = None
    run_link: str | None = None
    logged_model: str | None = None
    deleted_at: datetime | None = None


def model_of(shape: ImportedModel) -> domain.ImportedModel:
    """Return the domain's value."""
    return msgspec.convert(msgspec.structs.asdict(shape), domain.ImportedModel)


def labelling_of(shape: Labelling) -> domain.Labelling:
    """Return the domain's value."""
    return domain.Labelling(
        shape.origin,
        [domain.ImportedLabels(**msgspec.structs.asdict(one)) for one in shape.versions],
        shape.aliases,
        shape.changed_at,
    )


def version_of(shape: ImportedVersion) -> domain.ImportedVersion:
    """Return the domain's value."""
    given = msgspec.structs.asdict(shape)
    given["files"] = [File(f.path, f.digest, f.size, f.role or role_of(f.path), f.format) for f in shape.files]
    given["run"] = _run(shape.run) if shape.run else None
    given["logged"] = _logged(shape.logged) if shape.logged else None
    return domain.ImportedVersion(**given)


def _run(shape: Run) -> TrackedRun:
    inputs = tuple(runs.Input(**msgspec.structs.asdict(one)) for one in shape.inputs)
    return TrackedRun(**msgspec.structs.asdict(shape) | {"metrics": _metrics(shape.metrics), "inputs": inputs})


def _logged(shape: Logged) -> LoggedModel:
    return LoggedModel(**msgspec.structs.asdict(shape) | {"metrics": _metrics(shape.metrics)})


def _metrics(shapes: list[Measured]) -> tuple[runs.Measured, ...]:
    return tuple(runs.Measured(**msgspec.structs.asdict(one)) for one in shapes)
