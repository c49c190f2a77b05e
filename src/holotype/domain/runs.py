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


@dataclass(frozen=True, slots=True)
class TrackedRun:
    """A run: who ran what, with which parameters, on which data, and what came out."""

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
