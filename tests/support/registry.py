"""How do tests of the verbs get a registry? With real tables, a real store, and bytes said to be held already."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from holotype import db
from holotype.artifacts.store import open_store
from holotype.artifacts.tables import blobs, holdings
from holotype.catalogue.tables import namespaces
from holotype.domain import digest, times
from holotype.domain.entities import Actor, Upload, Version
from holotype.domain.manifest import File
from holotype.domain.permissions import Permission
from holotype.domain.provenance import Provenance
from holotype.domain.references import parse
from holotype.operations.call import Call, Registry
from holotype.operations.create_namespace import create_namespace
from holotype.operations.migrate import migrate
from holotype.operations.register import Content, register
from holotype.settings import Settings

EVERYTHING = frozenset(Permission)


@dataclass(slots=True)
class Desk:
    """A registry and a clock that tests move by hand; each call comes a second after the one before it."""

    registry: Registry
    seconds: int = 0

    def call(self, *, actor: str = "ada", rights: frozenset[Permission] = EVERYTHING, key: str | None = None) -> Call:
        """Make the next call."""
        self.seconds += 1
        moment = times.from_micros(1_700_000_000_000_000) + timedelta(seconds=self.seconds)
        return Call(self.registry, Actor(actor, 1, rights), "test", key, moment)

    def held(self, content: bytes, path: str = "model.bin", namespace: str = "default") -> File:
        """Say that a namespace holds some bytes, and return the file that they make."""
        name = digest.of(content)
        with self.registry.database.write() as tx:
            owner = tx.execute(sa.select(namespaces.c.id).where(namespaces.c.name == namespace)).scalar_one()
            if tx.execute(sa.select(blobs).where(blobs.c.digest == name)).first() is None:
                tx.execute(blobs.insert(), {"digest": name, "size": len(content), "created_at": 0})
            one = (holdings.c.digest == name) & (holdings.c.namespace_id == owner)
            if tx.execute(sa.select(holdings).where(one)).first() is None:
                tx.execute(holdings.insert(), {"namespace_id": owner, "digest": name, "touched_at": 0})
        return File(path, name, len(content))

    def stored(self, content: bytes, path: str = "model.bin", namespace: str = "default") -> File:
        """Put some bytes into the store, where the examination finds them, and return the file that they make."""
        made = self.held(content, path, namespace)
        if self.registry.store.size(made.digest) is None:
            now = times.now()
            upload = Upload("test", 1, made.digest, made.size, made.size, now, now)
            asyncio.run(self.registry.store.put_small(upload, content))
        return made

    def register(
        self, model: str = "fraud", content: bytes = b"weights", origin: Provenance | None = None, **words: object
    ) -> Version:
        """Register a version of one file."""
        made = Content([self.stored(content)], origin or Provenance(), **words)  # type: ignore[arg-type]
        return register(self.call(), parse(model), made)[0]

    def rows(self, statement: sa.Select[tuple[object, ...]]) -> list[Mapping[str, object]]:
        """Read rows, to look behind the verbs."""
        with self.registry.database.read() as tx:
            return [dict(row._mapping) for row in tx.execute(statement)]


@contextmanager
def open_desk(database_url: str, store: Path | str, **settings: Any) -> Iterator[Desk]:
    """Open a migrated registry with the namespace ``default``; settings are those of ``holotype.settings``."""
    database = db.connect(database_url)
    migrate(database)
    try:
        desk = Desk(Registry(database, open_store(store), Settings(**settings)))
        create_namespace(desk.call(), "default")
        yield desk
    finally:
        database.close()
