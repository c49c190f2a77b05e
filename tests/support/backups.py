"""What do tests of backups share? A registry with something in every corner, and a look at all of its rows."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from holotype import db
from holotype.artifacts.store import open_store
from holotype.domain import digest
from holotype.domain.entities import Version
from holotype.domain.manifest import File
from holotype.domain.provenance import Data, Metric, Parent, Provenance, Run
from holotype.domain.references import parse
from holotype.operations.attest import attest
from holotype.operations.backup_files import declared
from holotype.operations.begin_upload import begin_upload
from holotype.operations.bootstrap import bootstrap
from holotype.operations.call import Registry
from holotype.operations.create_model import create_model
from holotype.operations.create_token import create_token
from holotype.operations.delete import delete_version
from holotype.operations.promote import promote
from holotype.operations.put_blob import put_blob
from holotype.operations.register import Content, register
from holotype.operations.save_address import save_address
from holotype.operations.set_alias import set_alias
from holotype.operations.show import show_model
from holotype.settings import Settings
from tests.support.bytes import chunks, noise
from tests.support.fixtures import PAIRINGS, Backend
from tests.support.governed import govern
from tests.support.registry import Desk, open_desk
from tests.support.tracked import come, track

CROSSED = pytest.mark.parametrize(("backend", "other_backend"), [PAIRINGS, PAIRINGS[::-1]], ids=str, indirect=True)
"""Marks a test that goes from each kind into the other, and leaves out going into the same kind."""

EMBEDDED = pytest.mark.parametrize(("backend", "other_backend"), [(PAIRINGS[0], PAIRINGS[0])], ids=str, indirect=True)
"""Marks a test of what has nothing to do with the kind of database and store."""

ORIGIN = Provenance(
    parameters={"depth": 6, "rate": 0.1, "big": 2**52 + 1, "early": True, "kind": "boosted \u00e9 \U0001f333"},
    metrics=[Metric("auc", math.nextafter(0.9, 1), "holdout"), Metric("loss", 5e-324), Metric("gain", -1e308)],
    data=[Data("s3://lake/train.csv")],
    parents=[Parent("elsewhere/base:1", "fine-tuned")],
    run=Run("7", "mlflow", "https://tracker.example/7"),
)


@contextmanager
def opened(backend: Backend) -> Iterator[Registry]:
    """Open a registry that may be empty, and create nothing."""
    database = db.connect(backend.database_url)
    try:
        yield Registry(database, open_store(backend.store_url), Settings())
    finally:
        database.close()


@contextmanager
def furnished(backend: Backend) -> Iterator[Desk]:
    """Open a registry with a row in every table, something deleted, and an upload and a sign-in under way."""
    with open_desk(backend.database_url, backend.store_url) as desk:
        bootstrap(desk.call(), leave_token=True)
        for content in (noise(1_000), noise(900_000), b"", b"deleted"):
            push(desk, content, ORIGIN, description="scores \u00ab cards \u00bb", tags={"team": "risk"})
        for stage in ("staging", "production"):
            promote(desk.call(), parse("fraud:1"), stage, reason="it is good")
        set_alias(desk.call(), parse("fraud:2"), "champion")
        delete_version(desk.call(), parse("fraud:4"))
        create_model(desk.call(key="once"), parse("other"), given={"team": "risk"})
        attest(desk.call(), parse("fraud:2"), "acme.org/x", bytes(range(256)))
        create_token(desk.call(), "ci")
        save_address(desk.call(), "in production", "/versions?q=stage%3Aproduction")
        govern(desk)
        track(desk, noise(1_000))
        come(desk, show_model(desk.call(), parse("fraud"))[0].id, noise(1_000))
        begin_upload(desk.call(), "default", digest.of(b"on its way"), 10)
        yield desk


def push(desk: Desk, content: bytes, origin: Provenance | None = None, **words: object) -> Version:
    """Send a file and register it."""
    name = digest.of(content)
    asyncio.run(put_blob(desk.call(), "default", name, len(content), chunks(content)))
    made = Content([File("model.bin", name, len(content))], origin or Provenance(), **words)  # type: ignore[arg-type]
    return register(desk.call(), parse("fraud"), made)[0]


def rows(registry: Registry) -> dict[str, list[str]]:
    """Return every row of every table that a backup holds, as text, in one order for all databases."""
    with registry.database.snapshot() as tx:
        return {table.name: sorted(map(repr, tx.execute(sa.select(table)).all())) for table in declared()}
