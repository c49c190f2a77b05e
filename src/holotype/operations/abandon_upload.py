"""How is an upload given up? Its row goes first, so that nothing counts whose bytes are gone."""

from __future__ import annotations

from holotype.artifacts import uploads
from holotype.catalogue import namespaces
from holotype.errors import Expired, NotFound
from holotype.operations import arriving
from holotype.operations.call import Call


def abandon_upload(call: Call, namespace: str, upload_id: str) -> None:
    """Forget an upload and its bytes; one that is not there (any more) is no error."""
    arriving.admit(call, namespace)
    with call.write() as tx:
        holder = namespaces.get(tx, namespace).id
        try:
            upload, _ = uploads.get(tx, holder, upload_id, now=call.now)
        except (NotFound, Expired):
            return
        uploads.remove(tx, [upload.id])
    call.registry.store.drop(upload.id)
