"""The things a registry is made of, as frozen values. They know no SQL and no wire format."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from holotype.domain.permissions import Permission


@dataclass(frozen=True, slots=True)
class Namespace:
    """A team's space."""

    id: int
    name: str
    description: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Model:
    """A named line of versions. ``kind`` is ``files`` or ``hosted``."""

    id: int
    namespace_id: int
    namespace: str
    name: str
    kind: str
    description: str
    created_at: datetime
    created_by: str
    changed_at: datetime
    deleted_at: datetime | None = None
    latest: int | None = None
    production: int | None = None
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def reference(self) -> str:
        """``namespace/name``."""
        return f"{self.namespace}/{self.name}"


@dataclass(frozen=True, slots=True)
class Version:
    """Immutable content under a number, and the few things about it that may change."""

    id: int
    model_id: int
    namespace_id: int
    namespace: str
    model: str
    number: int
    digest: str
    size: int
    file_count: int
    stage: str
    stage_changed_at: datetime
    description: str
    created_at: datetime
    created_by: str
    deleted_at: datetime | None = None
    provenance_digest: str | None = None
    aliases: tuple[str, ...] = ()
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def reference(self) -> str:
        """``namespace/name:number``."""
        return f"{self.namespace}/{self.model}:{self.number}"


@dataclass(frozen=True, slots=True)
class Alias:
    """A movable name and the version that it names now."""

    name: str
    number: int
    digest: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Promotion:
    """What became of a move: ``applied``, or ``possible`` in a dry run. ``replaced`` had to leave the stage."""

    status: str
    version: Version
    source: str
    target: str
    replaced: Version | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the ledger. ``root`` is the Merkle tree head (hex) after it was appended."""

    sequence: int
    time: datetime
    actor: str
    action: str
    subject: str
    data: dict[str, object]
    root: str


@dataclass(frozen=True, slots=True)
class Upload:
    """Bytes on their way in: ``parts`` are the numbers (from 0) that have arrived."""

    id: str
    namespace_id: int
    digest: str
    size: int
    part_size: int
    created_at: datetime
    expires_at: datetime
    parts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Principal:
    """A user or service account. ``owner_id`` is the person behind a service account."""

    id: int
    name: str
    kind: str
    owner_id: int | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer credential without its secret."""

    id: str
    principal: str
    name: str
    role: str
    scope: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Right:
    """Permissions on a part of the registry: a namespace, or one model in it."""

    permissions: frozenset[Permission]
    namespace: str | None = None
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is calling, and what they may: ``permissions`` on the whole registry, ``rights`` on parts of it.

    Both hold only inside the token's own scope, which ``namespace`` and ``model`` narrow.
    """

    name: str
    principal_id: int | None = None
    permissions: frozenset[Permission] = frozenset()
    namespace: str | None = None
    model: str | None = None
    token_id: str | None = None
    rights: tuple[Right, ...] = ()
