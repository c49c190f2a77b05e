"""How far is an upload?"""

from __future__ import annotations

from holotype.artifacts import uploads
from holotype.catalogue import namespaces
from holotype.domain.entities import Upload
from holotype.operations import arriving
from holotype.operations.call import Call


def show_upload(call: Call, namespace: str, upload_id: str) -> Upload:
    """Return an upload with the parts that have arrived; all of them once it was completed."""
    arriving.admit(call, namespace)
    with call.read() as tx:
        upload, _ = uploads.get(tx, namespaces.get(tx, namespace).id, upload_id, now=call.now)
        return upload
