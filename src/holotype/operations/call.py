"""What does every verb receive? A call: who asks, for which registry, at what time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime

from holotype.artifacts.store import BlobStore
from holotype.db import Database, Tx
from holotype.domain import times
from holotype.domain.entities import Actor
from holotype.egress.sources.places import ImportSource
from holotype.settings import Settings


@dataclass(frozen=True, slots=True)
class Registry:
    """What lives as long as the server: the database, the blob store and the settings.

    ``arrived`` is set when this process registered a version, which somebody may want to look into; ``expected`` when
    it promised one whose bytes have yet to be copied in from one of the import ``sources``.
    """

    database: Database
    store: BlobStore
    settings: Settings
    clock: Callable[[], datetime] = times.now
    arrived: threading.Event = field(default_factory=threading.Event, compare=False)
    expected: threading.Event = field(default_factory=threading.Event, compare=False)
    sources: tuple[ImportSource, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """One request to the registry: its actor, its moment and its idempotency key."""

    registry: Registry
    actor: Actor
    request_id: str = ""
    idempotency_key: str | None = None
    now: datetime = field(default_factory=times.now)

    def read(self) -> AbstractContextManager[Tx]:
        """Open a connection for reading."""
        return self.registry.database.read()

    def write(self) -> AbstractContextManager[Tx]:
        """Open the one transaction of this verb."""
        return self.registry.database.write()
