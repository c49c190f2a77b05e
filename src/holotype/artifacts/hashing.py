"""How is a file's digest known when its last byte arrives? By hashing what has arrived while the rest is on its way.

Parts come in any order, SHA-256 wants them in order. So each upload keeps a running hash over its unbroken beginning:
whenever a part was acknowledged, a thread reads on from the file (the bytes are still in the page cache). What a
restart or another process has taken from us is read again at completion.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections import OrderedDict
from concurrent.futures import Executor, Future
from pathlib import Path

from holotype.errors import Expired

_BUFFER = 2**18
_LIMIT = 1_000


class _Running:
    """The hash of an upload's beginning, up to ``position``."""

    def __init__(self) -> None:
        self.sha = hashlib.sha256()
        self.position = 0
        self.ends: dict[int, int] = {}
        self.turn = threading.Lock()

    def read_on(self, file: Path, stop: int | None) -> None:
        """Hash the file on to ``stop``, or as far as acknowledged parts reach without a gap."""
        buffer = memoryview(bytearray(_BUFFER))
        with self.turn, file.open("rb", buffering=0) as source:
            while (end := stop if stop is not None else self.ends.pop(self.position, 0)) > self.position:
                self._hash(source.fileno(), buffer, end)

    def _hash(self, source: int, buffer: memoryview, end: int) -> None:
        while self.position < end:
            got = os.preadv(source, [buffer[: end - self.position]], self.position)
            if not got:
                raise Expired("The bytes of this upload are gone.", hint="Push again.")
            self.sha.update(buffer[:got])
            self.position += got


class Hashes:
    """The running hashes of the uploads that this process receives."""

    def __init__(self, pool: Executor) -> None:
        """Hash in the threads of ``pool``."""
        self._pool = pool
        self._running: OrderedDict[str, _Running] = OrderedDict()
        self._guard = threading.Lock()

    def advance(self, upload_id: str, file: Path, start: int, end: int) -> Future[None] | None:
        """Note that a part was acknowledged, and hash on in the background where it closes a gap."""
        running = self._of(upload_id)
        running.ends[start] = end
        if running.position not in running.ends or running.turn.locked():
            return None
        return self._pool.submit(running.read_on, file, None)

    def finish(self, upload_id: str, file: Path, size: int) -> str:
        """Return the digest of the whole file of ``size`` bytes."""
        running = self._of(upload_id)
        running.read_on(file, size)
        return f"sha256:{running.sha.hexdigest()}"

    def forget(self, upload_id: str) -> None:
        """Drop what is known of an upload."""
        with self._guard:
            self._running.pop(upload_id, None)

    def _of(self, upload_id: str) -> _Running:
        with self._guard:
            running = self._running.setdefault(upload_id, _Running())
            self._running.move_to_end(upload_id)
            if len(self._running) > _LIMIT:
                self._running.popitem(last=False)
            return running
