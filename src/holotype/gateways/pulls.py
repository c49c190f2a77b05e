"""How is a download written down without anybody waiting for it? Or, where the setting says so, before it begins."""

from __future__ import annotations

import asyncio
import logging

from holotype.domain.entities import Version
from holotype.errors import HolotypeError
from holotype.gateways.perform import perform
from holotype.operations.call import Call
from holotype.operations.record_pull import FULL, SAMPLED, forget, is_first, record_pull

_MOST = 64
"""So many sampled downloads wait to be written at once; beyond that they are left to the next pull."""
_waiting: set[asyncio.Task[None]] = set()
_log = logging.getLogger("holotype")


async def pulled(call: Call, version: Version, path: str, size: int) -> None:
    """Write down a download that is about to begin, as the setting ``record_pulls`` says."""
    mode = call.registry.settings.record_pulls
    if mode == FULL:
        await perform(record_pull, call, version, path, size)
    elif mode == SAMPLED and is_first(call, version):
        if len(_waiting) >= _MOST:
            forget(call, version)
            return
        task = asyncio.create_task(_by_the_way(call, version))
        _waiting.add(task)
        task.add_done_callback(_waiting.discard)


async def _by_the_way(call: Call, version: Version) -> None:
    try:
        await perform(record_pull, call, version)
    except HolotypeError:
        forget(call, version)
        _log.warning("a download could not be written to the ledger", extra={"request_id": call.request_id})
