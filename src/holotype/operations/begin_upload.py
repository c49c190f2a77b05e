"""How does a large file begin to arrive? With an upload, or with the one that was interrupted."""

from __future__ import annotations

from datetime import timedelta

from holotype.artifacts import uploads
from holotype.catalogue import namespaces
from holotype.domain.entities import Upload
from holotype.errors import Invalid, StorageFull
from holotype.operations import arriving
from holotype.operations.call import Call


def begin_upload(call: Call, namespace: str, digest: str, size: int) -> Upload:
    """Return an upload of these bytes: one that is under way, with the parts that are there, or a new one."""
    arriving.admit(call, namespace)
    arriving.check(digest, size)
    if size == 0:
        raise Invalid("An empty file has no parts.", hint="Send it whole, in one request.")
    registry = call.registry
    if not registry.store.room_for(size):
        raise StorageFull(f"There is no room for {size:,} bytes in {registry.store.place}.", hint="Free some space.")
    until = call.now + timedelta(seconds=registry.settings.upload_lifetime)
    with call.write() as tx:
        holder = namespaces.get(tx, namespace).id
        found = uploads.under_way(tx, holder, digest, size, until=until, now=call.now)
        if found is not None:
            return found
        wanted = [(digest, size, uploads.part_size_for(size, registry.settings.part_size))]
        return uploads.begin(tx, holder, wanted, by=call.actor.name, until=until, now=call.now)[0]
