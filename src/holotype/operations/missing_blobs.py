"""Which bytes must a client send? Those whose digests its namespace does not hold yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from holotype.artifacts import holdings
from holotype.catalogue import namespaces
from holotype.domain import digest as digests
from holotype.errors import TooLarge
from holotype.operations import arriving
from holotype.operations.call import Call

LIMIT = 10_000


def missing_blobs(call: Call, namespace: str, wanted: Sequence[str]) -> list[str]:
    """Return those of the digests that have to be sent; the sweep leaves the others for another grace period."""
    arriving.admit(call, namespace)
    if len(wanted) > LIMIT:
        raise TooLarge(f"At most {LIMIT:,} digests at a time.", hint="Ask in several requests.")
    for digest in wanted:
        digests.parse(digest)
    with call.read() as tx:
        holder = namespaces.get(tx, namespace).id
        missing = set(holdings.missing(tx, holder, wanted))
        held = [digest for digest in wanted if digest not in missing]
        half = timedelta(seconds=call.registry.settings.grace_period / 2)
        stale = bool(held) and holdings.stale(tx, holder, held, call.now - half)
    if stale:
        with call.write() as tx:
            holdings.touch(tx, holder, held, call.now)
            missing = set(holdings.missing(tx, holder, wanted))
    return [digest for digest in dict.fromkeys(wanted) if digest in missing]
