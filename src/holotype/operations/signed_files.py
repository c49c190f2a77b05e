"""Do the files bring their own signature? A ``model.sig`` among them is evidence that the server attests by itself.

It is kept whether or not anybody trusted signed it: what it is worth is asked with the keys in force, whenever it
matters, and why it is worth nothing can be told.
"""

from __future__ import annotations

from holotype.catalogue import contents
from holotype.db import Tx
from holotype.domain import attested, model_signing
from holotype.domain import digest as digests
from holotype.domain.entities import Version
from holotype.errors import Corrupt, Invalid
from holotype.governance import evidence, policies
from holotype.operations import attesting, signatures
from holotype.operations.call import Call

MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json"


def read(call: Call, version: Version) -> bytes | None:
    """Return the signature among a version's files, if there is one that can be read."""
    with call.read() as tx:
        file = contents.file(tx, version.id, model_signing.SIGNATURE_FILE)
    if file is None or not 0 < file.size <= call.registry.settings.evidence_limit:
        return None
    try:
        content = call.registry.store.read(file.digest, 0, file.size)
        return content if attested.envelope(content) is not None else None
    except (Invalid, Corrupt):  # not a signature, whatever its name is; lost bytes are the examination's to tell
        return None


def record(tx: Tx, call: Call, version: Version, content: bytes) -> None:
    """Keep a signature that the files brought, unless it was kept before."""
    if evidence.same(tx, version.id, attested.SIGNATURE, digests.of(content)) is not None:
        return
    keys = policies.in_force(tx, version.namespace_id).keys
    try:
        signed = signatures.examine(
            attested.SIGNATURE, content, version.digest, signatures.files_of(tx, version), keys, call.now
        )
    except Invalid:
        return
    attesting.record(
        tx,
        call,
        version,
        type=attested.SIGNATURE,
        media_type=MEDIA_TYPE,
        payload=content,
        signed_by=None if signed is None else signed.by,
    )
