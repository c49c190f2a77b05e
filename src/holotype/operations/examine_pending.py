"""Which version does a server look into next? One that nobody has looked into, in the background.

1. A version that was not examined is claimed for a while; other servers take others.
2. It is examined. A server that is told to stop gives the claim back at once.
3. What fails is tried again, each time later; after a few times, that is the result: an error, and so not clean.

A server that dies leaves its claim to run out, and the attempt counts: a file that kills whoever looks into it is
given up like any other failure.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from holotype.access import rules
from holotype.catalogue import examinations, versions
from holotype.domain.entities import Version
from holotype.domain.permissions import Permission
from holotype.inspect import scanning
from holotype.operations import examine as examination
from holotype.operations.call import Call

ATTEMPTS = 5
_CLAIM_SECONDS = 900.0
_LATER = 10.0
_LATEST = 3_600.0
_BATCH = 16
_log = logging.getLogger("holotype")


class Stopped(Exception):
    """The server was told to stop."""


def is_due(call: Call) -> bool:
    """Say whether there is a version to look into."""
    with call.read() as tx:
        return bool(examinations.pending(tx, call.now, 1))


def examine_pending(call: Call, holder: str, pause: Callable[[], None] = examination.breathe) -> bool:
    """Examine one version that was not, and say whether there was one. ``pause`` may raise ``Stopped``."""
    rules.require(call.actor, Permission.ADMIN_OPERATE)
    with call.read() as tx:
        waiting = examinations.pending(tx, call.now, _BATCH)
    for version_id in waiting:
        with call.write() as tx:
            attempt = examinations.claim(tx, version_id, holder, call.now, _CLAIM_SECONDS)  # 1
            version = versions.by_ids(tx, [version_id])[0]
        if attempt is not None:
            _attempt(call, version, attempt, pause)
            return True
    return False


def _attempt(call: Call, version: Version, attempt: int, pause: Callable[[], None]) -> None:
    if attempt > ATTEMPTS:
        _give_up(call, version, "it was never brought to an end")
        return
    try:
        examination.examine(call, version, scanning.Limits(seconds=examination.SECONDS, pause=pause))  # 2
    except Stopped:
        with call.write() as tx:
            examinations.release(tx, version.id)
    except Exception as error:  # noqa: BLE001 - whatever it is, the next version is looked into
        _log.warning("examination of %s failed: %s", version.reference, error, extra={"task": "examine"})
        if attempt == ATTEMPTS:
            _give_up(call, version, type(error).__name__)
            return
        with call.write() as tx:
            examinations.put_off(tx, version.id, call.now, min(_LATER * 6 ** (attempt - 1), _LATEST))  # 3


def _give_up(call: Call, version: Version, why: str) -> None:
    found = examination.Examination()
    found.report.fail("", f"The examination failed {ATTEMPTS} times: {why}.")
    examination.record(call, version, found)
