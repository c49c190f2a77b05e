"""What can every store of bytes do, be it a folder or a bucket?

Streams are ``async``; everything else is plain and may block, so it is called from a thread.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from holotype.domain.entities import Upload
from holotype.errors import InvalidSetting


@dataclass(frozen=True, slots=True)
class Stored:
    """A blob as the store lists it."""

    digest: str
    size: int
    modified: datetime


class Receiving(Protocol):
    """The right to receive one part, for as long as the block lasts."""

    async def write(self, chunks: AsyncIterable[bytes]) -> None:
        """Store the part's bytes; what was stored before a failure does not count."""


class BlobStore(Protocol):
    """Content-addressed bytes. What has a blob's name is whole and was verified, after any crash."""

    place: str

    def check(self) -> None:
        """Raise ``Unavailable`` unless the store answers."""

    def room_for(self, size: int) -> bool:
        """Say whether ``size`` more bytes can be stored, as far as that can be known beforehand."""

    async def put(self, upload: Upload, chunks: AsyncIterable[bytes]) -> None:
        """Store a blob that comes in one stream; raise ``DigestMismatch`` and keep nothing if it is another."""

    async def put_small(self, upload: Upload, content: bytes) -> None:
        """Store a blob that is in memory and was verified."""

    async def receive(self, upload_id: str, chunks: AsyncIterable[bytes], expected: int | None) -> tuple[str, int]:
        """Store what comes without a name, and return its digest and size; keep nothing of a stream that raises.

        The size that is ``expected`` decides on nothing but how large the pieces are in which a bucket gets it.
        """

    async def publish(self, upload_id: str, digest: str, size: int) -> None:
        """Give what was received or gathered its name, durably; the same again changes nothing."""

    def receiving(
        self, upload: Upload, number: int, *, tail: int | None = None
    ) -> AbstractAsyncContextManager[Receiving]:
        """Open one part for writing; leaving the block without an error means that the part was acknowledged.

        ``tail`` is the size of a last part that comes behind ``upload.size`` bytes.
        """

    async def gather(self, upload: Upload, tail: int) -> tuple[str, int]:
        """Put all parts and the tail together, still without a name, and return their digest and size."""

    async def complete(self, upload: Upload) -> None:
        """Verify all parts together and publish the blob, durably; raise ``DigestMismatch`` if it is another."""

    def drop(self, upload_id: str) -> None:
        """Forget the bytes of an upload; it need not exist."""

    def size(self, digest: str) -> int | None:
        """Return how many bytes the blob has, or nothing where it is not there."""

    def path(self, digest: str) -> Path | None:
        """Return the file that holds the blob, where the store is a folder."""

    async def open(self, digest: str, size: int, start: int, stop: int) -> AsyncIterator[bytes]:
        """Give bytes ``start`` to ``stop`` of a blob; ``Corrupt`` beforehand if it does not have ``size`` bytes."""

    def read(self, digest: str, start: int, stop: int) -> bytes:
        """Return bytes ``start`` to ``stop`` of a blob in one piece; ``Corrupt`` if they are not there."""

    def delete(self, digest: str) -> None:
        """Remove a blob; it need not exist."""

    def blobs(self) -> Iterator[list[Stored]]:
        """List all blobs, in batches."""

    def uploads(self) -> Iterator[list[str]]:
        """List the ids under which there are bytes on their way in, in batches."""


def open_store(place: str | Path) -> BlobStore:
    """Open a folder (path or ``file://``) or an ``s3://``, ``gs://``, ``az://`` URL (options: the environment)."""
    scheme = urlsplit(str(place)).scheme if isinstance(place, str) else ""
    opener = _SCHEMES.get(scheme)
    if opener is None:
        raise InvalidSetting(
            f"Holotype cannot store blobs in {scheme}://…", hint="Use a folder or an s3://, gs:// or az:// URL."
        )
    return opener(place)


def _open_folder(place: str | Path) -> BlobStore:
    from holotype.artifacts.folder import FolderStore  # noqa: PLC0415 - file locks exist on POSIX systems only

    parts = urlsplit(str(place))
    return FolderStore(Path(unquote(parts.path)) if parts.scheme == "file" else Path(place))


def _open_bucket(place: str | Path) -> BlobStore:
    from holotype.artifacts.bucket import BucketStore  # noqa: PLC0415 - a folder needs none of it

    return BucketStore(str(place))


_SCHEMES: dict[str, Callable[[str | Path], BlobStore]] = {
    "": _open_folder,
    "file": _open_folder,
    **dict.fromkeys(("s3", "s3a", "gs", "az", "azure", "abfs", "abfss"), _open_bucket),
}
