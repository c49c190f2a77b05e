"""What does an import bring from another registry, and what can it not bring?

An import copies history: numbers, authors, moments, stages and aliases are as they were there. What cannot be so here
is left out, and said.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from holotype.domain import names
from holotype.domain.manifest import File
from holotype.domain.runs import LoggedModel, TrackedRun

TEXT_LIMIT = 100_000
"""Descriptions and tags come as they are up to here: what other registries allow is more than people write here."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What did not come, of which thing, and why."""

    subject: str
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class ImportedModel:
    """A model as another registry has it; ``next_number`` is the lowest that may be given out here."""

    origin: str
    title: str
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    created_at: datetime | None = None
    changed_at: datetime | None = None
    next_number: int = 1


@dataclass(frozen=True, slots=True)
class ImportedVersion:
    """A version as another registry has it: where it was registered, and what it is made of.

    ``documents`` are the contents of some of the files that describe it. Without files, its bytes were out of reach: it
    is external where ``external`` allows that, unless an import source covers its source.
    """

    origin: str
    title: str
    number: int
    uri: str
    created_at: datetime
    author: str = ""
    files: Sequence[File] = ()
    documents: Mapping[str, bytes] = field(default_factory=dict)
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    changed_at: datetime | None = None
    run: TrackedRun | None = None
    run_link: str | None = None
    logged: LoggedModel | None = None
    logged_model: str | None = None
    parent: str | None = None
    external: bool = True

    @property
    def registration(self) -> str:
        """What tells it apart from everything that was registered anywhere else, always the same."""
        return registration_of(self.origin, self.title, self.number, self.created_at)


@dataclass(frozen=True, slots=True)
class ImportedLabels:
    """What is said of a version over there now, which may have changed since the version came."""

    number: int
    registration: str
    stage: str
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Labelling:
    """Some versions of a model with their labels; ``aliases`` are all that the model has there, where they are told."""

    origin: str
    versions: Sequence[ImportedLabels] = ()
    aliases: Mapping[str, int] | None = None
    changed_at: datetime | None = None


def registration_of(origin: str, title: str, number: int, created_at: datetime) -> str:
    """Return what the provenance of an imported version bears.

    The moment of creation is part of it, because some registries begin to count again after a model was deleted.
    """
    named = json.dumps([origin, title, number, round(created_at.timestamp() * 1_000)], ensure_ascii=True)
    return hashlib.sha256(named.encode()).hexdigest()[:32]


def usable(subject: str, given: Mapping[str, str]) -> tuple[dict[str, str], list[LeftOut]]:
    """Return the tags that can be kept here, and those that cannot."""
    kept: dict[str, str] = {}
    out: list[LeftOut] = []
    for key, value in given.items():
        if not names.printable(key) or not 0 < len(key) <= 250 or key != key.strip() or len(key.encode()) > 750:
            out.append(LeftOut(subject, f"tag {key[:80]!r}", "its name is not one that a tag can have here"))
        elif not text_is_usable(value):
            out.append(LeftOut(subject, f"tag {key[:80]!r}", "its value is too long or is no text"))
        else:
            kept[key] = value
    return kept, out


def text_is_usable(value: str) -> bool:
    """Say whether a description or the value of a tag can be kept as it is."""
    try:
        return len(value.encode()) <= 4 * TEXT_LIMIT and len(value) <= TEXT_LIMIT and "\0" not in value
    except UnicodeEncodeError:
        return False
