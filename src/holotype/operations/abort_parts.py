"""How is an upload given up of which nobody has said what it is?"""

from __future__ import annotations

from holotype.artifacts import uploads
from holotype.operations.call import Call
from holotype.operations.send_part import Upload, find


def abort_parts(call: Call, namespace: str, upload: Upload) -> None:
    """Forget an upload and its parts; one that was completed stays as it is."""
    found = find(call, namespace, *upload)
    if found.done:
        return
    with call.write() as tx:
        uploads.remove(tx, [found.id])
    call.registry.store.drop(found.id)
