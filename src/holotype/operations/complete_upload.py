"""When is a large file there?

1. The caller may upload into this namespace. An upload that was completed before is answered the same way again.
2. All parts have arrived.
3. The store verifies the digest over all of them and publishes the blob, durably. A wrong digest ends the upload.
4. Only then is it written down that the namespace holds the blob.
"""

from __future__ import annotations

from holotype.artifacts import holdings, uploads
from holotype.catalogue import namespaces
from holotype.domain.entities import Upload
from holotype.errors import Conflict, DigestMismatch, Expired
from holotype.operations import arriving
from holotype.operations.call import Call
from holotype.operations.threads import aside


async def complete_upload(call: Call, namespace: str, upload_id: str) -> Upload:
    """Verify and publish what was uploaded, and return the upload."""
    arriving.admit(call, namespace)  # 1
    upload, done = await aside(_find, call, namespace, upload_id)
    if done:
        return upload
    if await aside(_held, call, upload):
        await aside(_finish, call, upload)
        return upload
    lacking = uploads.count(upload) - len(upload.parts)
    if lacking:  # 2
        raise Conflict(f"{lacking} of {uploads.count(upload)} parts have not arrived.", hint="Send them first.")
    await arriving.unswept(call, {upload.digest: upload.size})
    try:
        await call.registry.store.complete(upload)  # 3
    except (DigestMismatch, Expired):
        upload, done = await aside(_find, call, namespace, upload_id)
        if done:  # somebody else completed it meanwhile, and its parts went with that
            return upload
        await aside(_forget, call, upload)
        raise
    await aside(_finish, call, upload)  # 4
    return upload


def _find(call: Call, namespace: str, upload_id: str) -> tuple[Upload, bool]:
    with call.read() as tx:
        return uploads.get(tx, namespaces.get(tx, namespace).id, upload_id, now=call.now)


def _held(call: Call, upload: Upload) -> bool:
    with call.read() as tx:
        if holdings.missing(tx, upload.namespace_id, [upload.digest]):
            return False
    return call.registry.store.size(upload.digest) == upload.size


def _finish(call: Call, upload: Upload) -> None:
    with call.write() as tx:
        uploads.complete(tx, upload.id, call.now)
        holdings.record(tx, upload.namespace_id, {upload.digest: upload.size}, call.now)
    call.registry.store.drop(upload.id)


def _forget(call: Call, upload: Upload) -> None:
    with call.write() as tx:
        uploads.remove(tx, [upload.id])
    call.registry.store.drop(upload.id)
