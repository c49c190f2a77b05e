"""How does a large file begin to arrive of which nobody can say what it is? By the number of its parts."""

from __future__ import annotations

from datetime import timedelta

from holotype.artifacts import parted, uploads
from holotype.artifacts.parted import Parted
from holotype.catalogue import namespaces
from holotype.errors import Invalid
from holotype.operations import arriving
from holotype.operations.call import Call


def begin_parts(call: Call, namespace: str, count: int, target: str) -> Parted:
    """Return a new upload of ``count`` parts for ``target``, a text that whoever goes on with it has to know."""
    arriving.admit(call, namespace)
    if not 1 <= count <= uploads.PART_LIMIT:
        raise Invalid(f"A file comes in 1 to {uploads.PART_LIMIT:,} parts, not {count}.", hint="Make them larger.")
    until = call.now + timedelta(seconds=call.registry.settings.upload_lifetime)
    with call.write() as tx:
        holder = namespaces.get(tx, namespace).id
        return parted.begin(tx, holder, count, target, by=call.actor.name, until=until, now=call.now)
