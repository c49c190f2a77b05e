"""How is a stream hashed without waiting for the hash? In a thread beside the one that receives and writes."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

_BLOCK = 2**20
_BLOCKS = 8
_WORTH_IT = 4 * _BLOCK


class Beside:
    """A few buffers that go round: filled by the caller, then taken in order by another thread.

    A stream too small to be worth a thread is taken at once. Leaving the block waits until everything was taken.
    """

    def __init__(self, take: Callable[[memoryview], object], size: int) -> None:
        """Hand blocks to ``take``; ``size`` bytes are expected."""
        self._take = take
        self._free: queue.SimpleQueue[memoryview] = queue.SimpleQueue()
        self._full: queue.SimpleQueue[tuple[memoryview, int] | None] = queue.SimpleQueue()
        self._current = memoryview(b"")
        self._thread: threading.Thread | None = None
        if size > _WORTH_IT:
            self._thread = threading.Thread(target=self._run, name="holotype-beside", daemon=True)
        for _ in range(_BLOCKS if self._thread else 1):
            self._free.put(memoryview(bytearray(min(_BLOCK, max(size, 1)))))

    def buffer(self) -> memoryview:
        """Return a buffer to fill: the same one until it is put."""
        if not self._current:
            self._current = self._free.get()
        return self._current

    def put(self, block: memoryview) -> None:
        """Pass on the filled beginning of the buffer."""
        filled, self._current = self._current, memoryview(b"")
        if self._thread is None:
            self._take(block)
            self._free.put(filled)
        else:
            self._full.put((filled, len(block)))

    def __enter__(self) -> Self:
        """Start the thread."""
        if self._thread is not None:
            self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Wait until all blocks were taken."""
        if self._thread is not None:
            self._full.put(None)
            self._thread.join()

    def _run(self) -> None:
        while (item := self._full.get()) is not None:
            filled, size = item
            self._take(filled[:size])
            self._free.put(filled)
