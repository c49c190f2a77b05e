"""What do the answers of an MLflow server look like? Only what an import needs; other fields are passed over."""

from __future__ import annotations

import math
from datetime import datetime

import msgspec

from holotype.domain import times
from holotype.errors import Unavailable

Number = int | str
_LATEST_MOMENT = 253_402_300_799_999


class Answer(msgspec.Struct):
    """What the server sends."""


class Tag(Answer):
    """A tag, or a parameter of a run."""

    key: str
    value: str = ""


class Alias(Answer):
    """An alias of a model."""

    alias: str
    version: Number


class Numbered(Answer):
    """The number of a version."""

    version: Number


class Model(Answer):
    """A registered model."""

    name: str
    creation_timestamp: Number = 0
    last_updated_timestamp: Number = 0
    description: str = ""
    tags: list[Tag] = []
    aliases: list[Alias] = []
    latest_versions: list[Numbered] = []


class Version(Answer):
    """A model version."""

    name: str
    version: Number
    creation_timestamp: Number = 0
    last_updated_timestamp: Number = 0
    user_id: str = ""
    current_stage: str = "None"
    description: str = ""
    source: str = ""
    run_id: str = ""
    status: str = "READY"
    status_message: str = ""
    tags: list[Tag] = []
    run_link: str = ""
    model_id: str = ""


class Models(Answer):
    """A page of registered models."""

    registered_models: list[Model] = []
    next_page_token: str = ""


class Versions(Answer):
    """A page of model versions."""

    model_versions: list[Version] = []
    next_page_token: str = ""


class OneModel(Answer):
    """One registered model."""

    registered_model: Model


class OneVersion(Answer):
    """One model version."""

    model_version: Version


class Uri(Answer):
    """Where the bytes of a version lie."""

    artifact_uri: str


class Metric(Answer):
    """The last value of a metric."""

    key: str
    value: float | str = 0.0
    timestamp: Number = 0
    step: Number = 0
    dataset_name: str = ""
    dataset_digest: str = ""
    run_id: str = ""


class Dataset(Answer):
    """A data set."""

    name: str
    digest: str = ""
    source_type: str = ""
    source: str = ""
    schema: str = ""
    profile: str = ""


class Input(Answer):
    """A data set that went into a run."""

    dataset: Dataset
    tags: list[Tag] = []


class Inputs(Answer):
    """What went into a run."""

    dataset_inputs: list[Input] = []


class RunInfo(Answer):
    """What a run is."""

    run_id: str
    experiment_id: str = ""
    run_name: str = ""
    user_id: str = ""
    status: str = ""
    start_time: Number = 0
    end_time: Number = 0
    artifact_uri: str = ""


class Data(Answer):
    """What a run or a logged model logged."""

    params: list[Tag] = []
    metrics: list[Metric] = []
    tags: list[Tag] = []


class Run(Answer):
    """A run of the tracking server."""

    info: RunInfo
    data: Data = msgspec.field(default_factory=Data)
    inputs: Inputs = msgspec.field(default_factory=Inputs)


class OneRun(Answer):
    """One run."""

    run: Run


class LoggedInfo(Answer):
    """What a logged model is."""

    model_id: str
    experiment_id: str = ""
    name: str = ""
    creation_timestamp_ms: Number = 0
    last_updated_timestamp_ms: Number = 0
    artifact_uri: str = ""
    status: Number = ""
    model_type: str = ""
    source_run_id: str = ""
    tags: list[Tag] = []


class Logged(Answer):
    """A logged model of the tracking server."""

    info: LoggedInfo
    data: Data = msgspec.field(default_factory=Data)


class OneLogged(Answer):
    """One logged model."""

    model: Logged


class File(Answer):
    """An entry of a folder of artifacts."""

    path: str
    is_dir: bool = False
    file_size: Number | None = None


class Files(Answer):
    """A folder of artifacts."""

    files: list[File] = []
    next_page_token: str = ""


class Fault(Answer):
    """An error of the server."""

    error_code: Number = ""
    message: str = ""


def number(value: Number, what: str, most: int = 2**63 - 1) -> int:
    """Return a number that may be written as a text, or raise ``Unavailable``."""
    if isinstance(value, str):
        if not (value.isascii() and value.isdigit() and len(value) < 20):
            raise nonsense(f"{what} is {value[:40]!r}")
        value = int(value)
    if not 0 <= value <= most:
        raise nonsense(f"{what} is {value}")
    return value


def moment(value: Number, what: str) -> datetime:
    """Return the moment of a number of milliseconds."""
    return times.from_micros(number(value, what, _LATEST_MOMENT) * 1_000)


def optional_moment(value: Number, what: str) -> datetime | None:
    """Return the moment of a number of milliseconds, or nothing for 0."""
    return moment(value, what) if number(value, what, _LATEST_MOMENT) else None


def finite(value: float | str) -> float | None:
    """Return the value of a metric, or nothing where it is not a number."""
    try:
        found = float(value)
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def mapping(tags: list[Tag]) -> dict[str, str]:
    """Return tags by their keys."""
    return {tag.key: tag.value for tag in tags}


def nonsense(why: str) -> Unavailable:
    """Return the error for an answer that no MLflow server would give."""
    return Unavailable(f"The MLflow server does not answer like one ({why}).", hint="Check its address.")
