"""What does a training run know? As it was logged here, or as the tracking server of an import source tells it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Measured:
    """The last value of a metric, and where it was measured."""

    name: str
    value: float
    step: int = 0
    at: datetime | None = None
    dataset: str | None = None
    dataset_digest: str | None = None
    run_id: str | None = None


@dataclass(frozen=True, slots=True)
class Input:
    """A data set that went into a run; ``source`` and ``profile`` are JSON texts of the tracker."""

    name: str
    digest: str
    kind: str = ""
    source: str = ""
    schema: str = ""
    profile: str = ""
    context: str = "training"
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TrackedRun:
    """A run: who ran what, with which parameters, on which data, and what came out.

    ``user`` is whom the training script names, ``author`` the principal who logged the run here. ``models_in`` are ids
    of logged models that it used; ``models_out`` those that it made, each with its step.
    """

    id: str
    experiment: str
    name: str = ""
    status: str = "RUNNING"
    user: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    parameters: dict[str, str] = field(default_factory=dict)
    metrics: tuple[Measured, ...] = ()
    tags: dict[str, str] = field(default_factory=dict)
    inputs: tuple[Input, ...] = ()
    author: str = ""
    deleted_at: datetime | None = None
    models_in: tuple[str, ...] = ()
    models_out: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class LoggedModel:
    """A model that a run logged and nobody registered yet, or that somebody did: ``m-`` and 32 hexadecimal digits."""

    id: str
    experiment: str
    name: str
    created_at: datetime
    changed_at: datetime
    run_id: str = ""
    status: str = "PENDING"
    model_type: str = ""
    author: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    metrics: tuple[Measured, ...] = ()
    tags: dict[str, str] = field(default_factory=dict)
    deleted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Experiment:
    """A name under which runs are gathered; number 0 is called ``Default`` and there from the start."""

    id: str
    name: str
    created_at: datetime
    changed_at: datetime
    author: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    deleted_at: datetime | None = None
