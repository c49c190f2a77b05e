"""How does a file arrive of which nobody has said what it is? In one stream that is hashed on the way.

1. The caller may upload into this namespace, and there is room.
2. What is small is read whole: its digest is known before it is announced, and steps 3 and 4 fall away. Otherwise
   a row announces that something comes, so that the sweep leaves it alone, however long it takes.
3. The bytes are received without a name, counted and hashed.
4. Now that their digest is known, it is announced; what is being swept just now is waited for.
5. They are published under their digest, durably.
6. Only then is it written down that the namespace holds them, with whatever the caller adds to that transaction.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from time import monotonic
from typing import TypeAlias

from holotype.artifacts import holdings, streams, uploads
from holotype.catalogue import namespaces
from holotype.db import Tx
from holotype.domain import digest as digests
from holotype.domain.entities import Upload
from holotype.errors import HolotypeError, StorageFull, TooLarge
from holotype.operations import arriving
from holotype.operations.call import Call
from holotype.operations.threads import aside

Then: TypeAlias = Callable[[Tx, int, str, int], None]
"""What is written in the transaction that says the bytes are held: transaction, namespace's id, digest, size."""

_SMALL = 2**20
_LIFETIME = timedelta(hours=1)
_REFRESH = 600.0


async def put_stream(
    call: Call,
    namespace: str,
    chunks: AsyncIterable[bytes],
    *,
    size: int | None = None,
    limit: int | None = None,
    then: Then | None = None,
) -> tuple[str, int]:
    """Store what comes and return its digest and size; nothing is kept of what raises.

    ``size`` is what was announced: another one is refused with ``SizeMismatch``. More than ``limit`` bytes are
    ``TooLarge``. A stream without either that ends too early has to raise by itself.
    """
    arriving.admit(call, namespace)  # 1
    return await received(call, namespace, chunks, size=size, limit=limit, then=then)


async def received(
    call: Call,
    namespace: str,
    chunks: AsyncIterable[bytes],
    *,
    size: int | None = None,
    limit: int | None = None,
    then: Then | None = None,
) -> tuple[str, int]:
    """Do what ``put_stream`` does, for whoever may already."""
    most = arriving.LARGEST if limit is None else limit
    if size is not None:
        _check(call, size, most)
        chunks = streams.counted(chunks, size)
    rest = _at_most(chunks, most)
    begun, whole = await streams.beginning(rest, _SMALL)
    store = call.registry.store
    if whole:
        found = digests.of(begun), len(begun)
        async with _announced(call, namespace, found, then) as upload:  # 2, 6
            await arriving.unswept(call, dict([found]))
            await store.put_small(upload, begun)  # 5
        return found
    async with _announced(call, namespace, (uploads.UNKNOWN, 0), then) as upload:  # 2, 6
        coming = _kept(call, upload, streams.resumed(begun, rest))
        digest, got = await store.receive(upload.id, coming, size)  # 3
        await settled(call, upload.id, digest, got)  # 4, 5
    return digest, got


async def settled(call: Call, upload_id: str, digest: str, size: int) -> None:
    """Announce bytes that were received, and publish them when nobody sweeps the same."""
    await aside(_name, call, upload_id, digest, size)
    await arriving.unswept(call, {digest: size})
    await call.registry.store.publish(upload_id, digest, size)


@asynccontextmanager
async def _announced(call: Call, namespace: str, what: tuple[str, int], then: Then | None) -> AsyncIterator[Upload]:
    """Announce what comes; once the block has published it, write down that the namespace holds it."""
    upload = await aside(_announce, call, namespace, what)
    try:
        yield upload
        await aside(_record, call, upload.id, then)
    except BaseException:
        with suppress(HolotypeError):  # the row's time will be over anyway
            await aside(_withdraw, call, upload)
        raise


def _check(call: Call, size: int, most: int) -> None:
    if size > most:
        raise _too_large(most)
    if not call.registry.store.room_for(size):
        raise StorageFull(f"There is no room for {size:,} bytes in the store.", hint="Free some space.")


async def _at_most(chunks: AsyncIterable[bytes], most: int) -> AsyncIterator[bytes]:
    got = 0
    async for chunk in chunks:
        got += len(chunk)
        if got > most:
            raise _too_large(most)
        yield chunk


def _too_large(most: int) -> TooLarge:
    return TooLarge(f"A file has at most {most:,} bytes here.")


async def _kept(call: Call, upload: Upload, chunks: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """Pass chunks on, and give the upload more time while they come."""
    begun = monotonic()
    renewed = begun
    async for chunk in chunks:
        if (now := monotonic()) - renewed > _REFRESH:
            renewed = now
            await aside(_keep, call, upload, timedelta(seconds=now - begun))
        yield chunk


def _announce(call: Call, namespace: str, what: tuple[str, int]) -> Upload:
    with call.write() as tx:
        holder = namespaces.get(tx, namespace).id
        wanted = [(*what, uploads.WHOLE)]
        return uploads.begin(tx, holder, wanted, by=call.actor.name, until=call.now + _LIFETIME, now=call.now)[0]


def _keep(call: Call, upload: Upload, passed: timedelta) -> None:
    with call.write() as tx:
        uploads.keep(tx, upload.id, call.now + passed + _LIFETIME)


def _name(call: Call, upload_id: str, digest: str, size: int) -> None:
    with call.write() as tx:
        uploads.name(tx, upload_id, digest, size)


def _withdraw(call: Call, upload: Upload) -> None:
    with call.write() as tx:
        uploads.remove(tx, [upload.id])
    call.registry.store.drop(upload.id)


def _record(call: Call, upload_id: str, then: Then | None) -> None:
    with call.write() as tx:
        arrived = uploads.take(tx, upload_id)
        holdings.record(tx, arrived.namespace_id, {arrived.digest: arrived.size}, call.now)
        if then is not None:
            then(tx, arrived.namespace_id, arrived.digest, arrived.size)
