"""How do the bytes that a namespace lacks get there?

1. ask which digests are missing, up to 10,000 at a time
2. a file up to one part goes in a single request
3. a bigger one goes in parts, several at once; an upload that was broken off goes on with the parts that arrived
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from holotype.client.base import ROOT
from holotype.client.bodies import Piece
from holotype.client.progress import Meter
from holotype.client.retry import COMMIT, TRANSFER
from holotype.client.threads import gather
from holotype.client.transport import Transport
from holotype.client.walk import LocalFile, unchanged
from holotype.errors import DigestMismatch, Expired, NotFound
from holotype.wire import shapes

WORKERS = 6
COORDINATORS = 2
_BATCH = 10_000
_SMALL = 8 * 2**20
_BINARY = {"Content-Type": "application/octet-stream"}
Hashed = tuple[LocalFile, str]


class Uploader:
    """Uploads of one push, under way while other files are still hashed."""

    def __init__(
        self, http: Transport, namespace: str, meter: Meter, pool: ThreadPoolExecutor, coordinators: ThreadPoolExecutor
    ) -> None:
        """Send requests from ``pool``; ``coordinators`` wait for the parts of big files."""
        self._http, self._meter = http, meter
        self._root = f"{ROOT}/namespaces/{namespace}"
        self._pool, self._coordinators = pool, coordinators
        self._seen: set[str] = set()
        self._jobs: list[Future[None]] = []

    def want(self, files: Sequence[Hashed]) -> None:
        """Begin to upload those of some files that are missing; return before they are there."""
        fresh = {digest: file for file, digest in files if digest not in self._seen}
        self._seen |= fresh.keys()
        digests = list(fresh)
        for start in range(0, len(digests), _BATCH):
            for digest in self._missing(digests[start : start + _BATCH]):
                if digest in fresh:
                    self._begin(fresh[digest], digest)

    def finish(self) -> None:
        """Wait until everything is there; raise the first failure."""
        gather(self._jobs)

    def _missing(self, digests: list[str]) -> list[str]:
        body = shapes.MissingRequest(digests=digests)
        return self._http.call("POST", f"{self._root}/blobs/missing", shapes.Missing, body=body, safe=True).missing

    def _begin(self, file: LocalFile, digest: str) -> None:
        self._meter.expect(file.size, 1)
        small = file.size <= _SMALL
        pool, send = (self._pool, self._whole) if small else (self._coordinators, self._in_parts)
        self._jobs.append(pool.submit(self._checked, send, file, digest))

    def _checked(self, send: object, file: LocalFile, digest: str) -> None:
        try:
            send(file, digest)  # type: ignore[operator]
        except DigestMismatch:
            unchanged(file, Path(file.source).lstat())
            raise
        self._meter.advance(0, 1)

    def _whole(self, file: LocalFile, digest: str) -> None:
        self._put(f"{self._root}/blobs/{digest}", Piece(file, 0, file.size, self._meter))

    def _in_parts(self, file: LocalFile, digest: str) -> None:
        for last in (False, True):
            try:
                return self._parts(file, digest)
            except (Expired, NotFound):
                if last or not self._missing([digest]):
                    return None
        return None

    def _parts(self, file: LocalFile, digest: str) -> None:
        body = shapes.NewUpload(digest=digest, size=file.size)
        upload = self._http.call("POST", f"{self._root}/uploads", shapes.Upload, body=body, safe=True)
        route = f"{self._root}/uploads/{upload.id}"
        arrived = frozenset(upload.parts)
        jobs = []
        for number, offset in enumerate(range(0, file.size, upload.part_size)):
            piece = Piece(file, offset, min(upload.part_size, file.size - offset), self._meter)
            if number in arrived:
                self._meter.advance(piece.size)
            else:
                jobs.append(self._pool.submit(self._put, f"{route}/parts/{number}", piece))
        gather(jobs)
        self._http.call("POST", f"{route}/complete", shapes.Blob, safe=True, limits=COMMIT)

    def _put(self, path: str, piece: Piece) -> None:
        self._http.request("PUT", path, piece, _BINARY, safe=True, limits=TRANSFER).check()
