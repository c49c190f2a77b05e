"""Who may send bytes, and what keeps the sweep off them while they arrive?

Sender and sweep each announce first and look second: the sender writes an upload's row, then looks whether the blob is
being swept; the sweep marks a blob, then looks whether an upload's row is there. One of them always sees the other.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from functools import partial

from holotype.access import rules
from holotype.artifacts import holdings, uploads
from holotype.catalogue import namespaces
from holotype.domain import digest as digests
from holotype.domain.entities import Upload
from holotype.domain.permissions import Permission
from holotype.errors import HolotypeError, Invalid, TooLarge
from holotype.operations.call import Call
from holotype.operations.threads import aside

LARGEST = 2**50
_LIFETIME = timedelta(hours=1)
_PATIENCE, _PAUSE = 2.0, 0.05


def admit(call: Call, namespace: str) -> None:
    """Raise unless the caller may register versions in the namespace, be it of one model."""
    rules.require_within(call.actor, Permission.VERSION_REGISTER, namespace)


def admitted(namespace: str) -> Callable[[Call], None]:
    """Return ``admit`` for one namespace, to be asked again while bytes arrive."""
    return partial(admit, namespace=namespace)


def check(digest: str, size: int) -> None:
    """Raise unless these can be a blob's digest and size."""
    digests.parse(digest)
    if size < 0:
        raise Invalid(f"A file cannot have {size} bytes.")
    if size > LARGEST:
        raise TooLarge(f"A file has at most {LARGEST} bytes.")


@asynccontextmanager
async def arriving(call: Call, namespace: str, wanted: Mapping[str, int]) -> AsyncIterator[list[Upload]]:
    """Announce blobs that come whole; once the block has stored them, write down that the namespace holds them."""
    begun = await aside(_announce, call, namespace, wanted)
    try:
        await unswept(call, wanted)
        yield begun
    except BaseException:
        with suppress(HolotypeError):  # the row's time will be over anyway
            await aside(_withdraw, call, begun)
        raise
    await aside(_record, call, begun)


async def unswept(call: Call, wanted: Mapping[str, int]) -> None:
    """Return when none of the blobs is being swept; raise ``Unavailable`` if that takes too long."""
    end = time.monotonic() + _PATIENCE
    while await aside(_swept, call, wanted):
        if time.monotonic() > end:
            raise holdings.swept()
        await asyncio.sleep(_PAUSE)


def _announce(call: Call, namespace: str, wanted: Mapping[str, int]) -> list[Upload]:
    each = [(digest, wanted[digest], uploads.WHOLE) for digest in sorted(wanted)]
    with call.write() as tx:
        holder = namespaces.get(tx, namespace).id
        return uploads.begin(tx, holder, each, by=call.actor.name, until=call.now + _LIFETIME, now=call.now)


def _swept(call: Call, wanted: Mapping[str, int]) -> bool:
    with call.read() as tx:
        return holdings.swept_now(tx, wanted.keys())


def _withdraw(call: Call, begun: list[Upload]) -> None:
    with call.write() as tx:
        uploads.remove(tx, [upload.id for upload in begun])


def _record(call: Call, begun: list[Upload]) -> None:
    with call.write() as tx:
        uploads.remove(tx, [upload.id for upload in begun], present=True)
        holdings.record(tx, begun[0].namespace_id, {upload.digest: upload.size for upload in begun}, call.now)
