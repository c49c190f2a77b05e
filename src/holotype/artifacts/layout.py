"""Where do bytes lie in the folder or bucket? Names come from digests and our own ids, never from a client.

oci-layout                       {"imageLayoutVersion": "1.0.0"}: the folder is an OCI image layout
blobs/
└─ sha256/
   └─ <64 hex>                   a whole, verified blob; nothing else ever has a name in here
uploads/
└─ <upload id>/                  bytes on their way in, until they are complete, abandoned or expired
   ├─ data                       folder: the one file into which parts are written at their offsets
   ├─ verified                   folder: the digest was right and data is being moved to its blob
   ├─ tail                       folder: the last part, whose place is not known before the others have come
   ├─ lock.<number>              folder: held while somebody receives that part
   └─ <number>                   bucket: one object a part
incoming/
└─ <upload id>                   bytes that have no name yet: folder: a file that comes whole in one request; both:
                                 one of which nobody said beforehand what it is
"""

from __future__ import annotations

from holotype.domain import digest as digests

OCI_LAYOUT = "oci-layout"
OCI_LAYOUT_CONTENT = b'{"imageLayoutVersion": "1.0.0"}'
BLOBS = "blobs/sha256"
UPLOADS = "uploads"
INCOMING = "incoming"


def blob(digest: str) -> str:
    """Return the path of a blob."""
    return f"{BLOBS}/{digests.hexpart(digest)}"


def digest_of(name: str) -> str | None:
    """Return the digest of a file name below ``blobs/sha256``, or nothing for a name that is not ours."""
    ours = len(name) == 64 and set(name) <= set("0123456789abcdef")
    return f"sha256:{name}" if ours else None


def upload(upload_id: str) -> str:
    """Return the folder of an upload."""
    return f"{UPLOADS}/{upload_id}"


def data(upload_id: str) -> str:
    """Return the path of the one file that an upload fills."""
    return f"{UPLOADS}/{upload_id}/data"


def verified(upload_id: str) -> str:
    """Return the path of the mark that an upload's digest was right."""
    return f"{UPLOADS}/{upload_id}/verified"


def tail(upload_id: str) -> str:
    """Return the path of the last part of an upload, where the size of the others is not known beforehand."""
    return f"{UPLOADS}/{upload_id}/tail"


def lock(upload_id: str, number: int) -> str:
    """Return the path of the lock of one part."""
    return f"{UPLOADS}/{upload_id}/lock.{number}"


def part(upload_id: str, number: int) -> str:
    """Return the path of one part as an object of its own."""
    return f"{UPLOADS}/{upload_id}/{number}"


def incoming(upload_id: str) -> str:
    """Return the path of bytes that have no name yet."""
    return f"{INCOMING}/{upload_id}"
