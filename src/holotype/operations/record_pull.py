"""How does a download enter the ledger? As an entry about the version, in a transaction of its own.

The setting ``record_pulls`` says which downloads do:

    none      no download
    sampled   the first of a version by the same principal in an hour, written by the way: no pull waits for it, and
              where the ledger cannot keep up or a server dies, some are lost
    full      each request for the bytes of a file, written before the first byte leaves: what cannot be written down
              is not sent

An entry names its namespace and its version but not its model, so that the history of a model stays readable.
"""

from __future__ import annotations

import threading
import time
from dataclasses import replace

from holotype.domain.entities import Version
from holotype.domain.events import Action
from holotype.ledger import append
from holotype.operations import entries
from holotype.operations.call import Call

SAMPLED, FULL = "sampled", "full"
_SECONDS = 3_600.0
_REMEMBERED = 65_536

_seen: dict[tuple[int, str, int], float] = {}
_guarding = threading.Lock()


def record_pull(call: Call, version: Version, path: str | None = None, size: int | None = None) -> None:
    """Write down that the caller pulled a version; in full also which file, and how many bytes of it."""
    data: dict[str, object] = {} if path is None else {"path": path, "size": size}
    entry = replace(entries.about(version, Action.VERSION_PULLED, data), model_id=None)
    with call.write() as tx:
        append.append(tx, actor=call.actor, now=call.now, entries=[entry])


def is_first(call: Call, version: Version) -> bool:
    """Say whether this principal has not pulled this version from this server process for an hour."""
    what, moment = _mark(call, version), time.monotonic()
    with _guarding:
        if moment - _seen.get(what, -_SECONDS) < _SECONDS:
            return False
        if len(_seen) >= _REMEMBERED:
            for old in [key for key, when in _seen.items() if moment - when >= _SECONDS]:
                del _seen[old]
        if len(_seen) >= _REMEMBERED:
            return False
        _seen[what] = moment
        return True


def forget(call: Call, version: Version) -> None:
    """Let the next pull count as the first, for this one could not be written."""
    with _guarding:
        _seen.pop(_mark(call, version), None)


def _mark(call: Call, version: Version) -> tuple[int, str, int]:
    return id(call.registry.database), call.actor.name, version.id
