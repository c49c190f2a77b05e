"""Does the store hold the bytes of the blobs that the catalogue counts on?"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import sqlalchemy as sa

from holotype.artifacts.store import BlobStore
from holotype.artifacts.tables import blobs
from holotype.operations.call import Registry
from holotype.operations.finding import Finding

_SAMPLE, _BATCH, _THREADS, _TOLD = 2_000, 500, 16, 20
_COLUMNS = [blobs.c.digest, blobs.c.size]
_AFTER = (
    sa.select(*_COLUMNS)
    .where(blobs.c.digest > sa.bindparam("after"), blobs.c.sweeping_at.is_(None))
    .order_by(blobs.c.digest)
    .limit(_BATCH)
)


def missing_bytes(registry: Registry, *, every_blob: bool) -> Iterator[Finding]:
    """Give a finding for each of the first blobs that the store lacks or holds in another size.

    In a folder every blob is looked at. A bucket is asked for each one over the network, so there it is a sample.
    """
    store, told = registry.store, 0
    store.check()
    rows = _all(registry) if every_blob or store.path("sha256:" + "0" * 64) is not None else _sample(registry)
    with ThreadPoolExecutor(_THREADS, "doctor") as pool:
        for batch in rows:
            for finding in filter(None, pool.map(lambda row: _look(store, row), batch)):
                yield finding
                told += 1
            if told >= _TOLD:
                yield Finding("bytes", "There may be more; the search was stopped here.", "See the findings before.")
                return


def _look(store: BlobStore, row: sa.Row[Any]) -> Finding | None:
    held = store.size(row.digest)
    if held == row.size:
        return None
    what = "are not in the store" if held is None else f"are {held} in the store, not {row.size}"
    hint = "Bring the file back from a backup of the store, or push the same content again."
    return Finding("bytes", f"The bytes of {row.digest} {what}.", hint)


def _all(registry: Registry, after: str = "") -> Iterator[list[sa.Row[Any]]]:
    while True:
        with registry.database.read() as tx:
            batch: list[sa.Row[Any]] = [*tx.execute(_AFTER, {"after": after})]
        if not batch:
            return
        yield batch
        after = batch[-1].digest


def _sample(registry: Registry) -> Iterator[list[sa.Row[Any]]]:
    """Give blobs from a random digest on; digests are random, so any stretch of them is a sample."""
    start, seen = f"sha256:{secrets.token_hex(32)}", 0
    for after in (start, ""):
        for batch in _all(registry, after):
            wanted = [row for row in batch if after or row.digest <= start][: _SAMPLE - seen]
            yield wanted
            seen += len(wanted)
            if seen >= _SAMPLE or len(wanted) < len(batch):
                break
        if seen >= _SAMPLE:
            return
