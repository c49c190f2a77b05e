"""How do the bytes that a namespace lacks get there?

1. ask which digests are missing, up to 10,000 at a time
2. small files travel together, many in one request; a bigger one up to a part goes in a request of its own
3. a still bigger one goes in parts, several at once; an upload that broke off goes on with the parts that arrived
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from holotype.client.base import ROOT
from holotype.client.bodies import Bundle, Piece
from holotype.client.progress import Meter
from holotype.client.retry import COMMIT, TRANSFER
from holotype.client.threads import gather
from holotype.client.transport import Body, Transport
from holotype.client.walk import LocalFile, unchanged
from holotype.errors import DigestMismatch, Expired, NotFound, TooLarge
from holotype.wire import shapes

WORKERS = 4
COORDINATORS = 2
_BATCH = 10_000
_TINY, _BUNDLE_FILES, _BUNDLE_BYTES = 256 * 2**10, 500, 4 * 2**20
_SMALL = 8 * 2**20
_BINARY = {"Content-Type": "application/octet-stream"}
_BUNDLED = {"Content-Type": "application/vnd.holotype.blobs"}
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
            missing = self._missing(digests[start : start + _BATCH])
            self._begin([(fresh[digest], digest) for digest in missing if digest in fresh])

    def finish(self) -> None:
        """Wait until everything is there; raise the first failure."""
        gather(self._jobs)

    def _missing(self, digests: list[str]) -> list[str]:
        body = shapes.MissingRequest(digests=digests)
        return self._http.call("POST", f"{self._root}/blobs/missing", shapes.Missing, body=body, safe=True).missing

    def _begin(self, files: list[Hashed]) -> None:
        self._meter.expect(sum(file.size for file, _ in files), len(files))
        for bundle in _bundles(item for item in files if item[0].size <= _TINY):
            self._jobs.append(self._pool.submit(self._checked, self._together, bundle))
        for item in files:
            if _TINY < item[0].size <= _SMALL:
                self._jobs.append(self._pool.submit(self._checked, self._whole, [item]))
            elif item[0].size > _SMALL:
                self._jobs.append(self._coordinators.submit(self._checked, self._in_parts, [item]))

    def _checked(self, send: Callable[[list[Hashed]], None], files: list[Hashed]) -> None:
        """Send files; say so if what the server found wrong is that they changed here."""
        try:
            send(files)
        except DigestMismatch:
            for file, _ in files:
                unchanged(file, Path(file.source).lstat())
            raise
        self._meter.advance(0, len(files))

    def _together(self, files: list[Hashed]) -> None:
        try:
            self._send("POST", f"{self._root}/blobs", Bundle(files, self._meter), _BUNDLED)
        except TooLarge:
            self._whole(files)

    def _whole(self, files: list[Hashed]) -> None:
        for file, digest in files:
            try:
                self._send("PUT", f"{self._root}/blobs/{digest}", Piece(file, 0, file.size, self._meter), _BINARY)
            except TooLarge:
                # A server with small parts. This thread is one of those that send, so it must not wait for others.
                self._resumable(file, digest, lambda jobs: [job() for job in jobs])

    def _in_parts(self, files: list[Hashed]) -> None:
        for file, digest in files:
            self._resumable(file, digest, lambda jobs: gather([self._pool.submit(job) for job in jobs]))

    def _resumable(self, file: LocalFile, digest: str, run: Callable[[list[Callable[[], None]]], object]) -> None:
        """Send a file in parts; once more from the start if the server forgot the upload meanwhile."""
        for last in (False, True):
            try:
                return self._parts(file, digest, run)
            except (Expired, NotFound):
                if not self._missing([digest]):
                    return None
                if last:
                    raise
        return None

    def _parts(self, file: LocalFile, digest: str, run: Callable[[list[Callable[[], None]]], object]) -> None:
        body = shapes.NewUpload(digest=digest, size=file.size)
        upload = self._http.call("POST", f"{self._root}/uploads", shapes.Upload, body=body, safe=True)
        route = f"{self._root}/uploads/{upload.id}"
        jobs: list[Callable[[], None]] = []
        arrived = frozenset(upload.parts)
        for number, offset in enumerate(range(0, file.size, upload.part_size)):
            piece = Piece(file, offset, min(upload.part_size, file.size - offset), self._meter)
            if number in arrived:
                self._meter.advance(piece.size)
            else:
                jobs.append(self._part(f"{route}/parts/{number}", piece))
        run(jobs)
        self._http.call("POST", f"{route}/complete", shapes.Blob, safe=True, limits=COMMIT)

    def _part(self, path: str, piece: Piece) -> Callable[[], None]:
        return lambda: self._send("PUT", path, piece, _BINARY)

    def _send(self, method: str, path: str, body: Body, headers: dict[str, str]) -> None:
        self._http.request(method, path, body, headers, safe=True, limits=TRANSFER).check()


def _bundles(files: Iterator[Hashed]) -> Iterator[list[Hashed]]:
    """Yield small files in groups that fit into one request."""
    bundle: list[Hashed] = []
    size = 0
    for item in files:
        if bundle and (len(bundle) >= _BUNDLE_FILES or size + item[0].size > _BUNDLE_BYTES):
            yield bundle
            bundle, size = [], 0
        bundle.append(item)
        size += item[0].size
    if bundle:
        yield bundle
