"""How far is a transfer? A value that a caller's callback receives, often but not for every byte."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Phase = Literal["hash", "upload", "register", "check", "download"]
_INTERVAL = 0.05


@dataclass(frozen=True, slots=True)
class Progress:
    """Where one phase of a push or pull stands; ``bytes_total`` may still grow while files are found to be missing."""

    phase: Phase
    bytes_done: int
    bytes_total: int
    files_done: int
    files_total: int


Callback = Callable[[Progress], None]


class Meter:
    """Counts bytes and files of one phase from several threads and tells the callback at most 20 times a second."""

    def __init__(self, callback: Callback | None, phase: Phase, bytes_total: int = 0, files_total: int = 0) -> None:
        """Start at zero and say so."""
        self._callback, self._phase = callback, phase
        self._lock, self._told = threading.Lock(), 0.0
        self._bytes, self._bytes_total, self._files, self._files_total = 0, bytes_total, 0, files_total
        self.finish()

    def expect(self, size: int, files: int = 0) -> None:
        """Add to what there is to do."""
        with self._lock:
            self._bytes_total += size
            self._files_total += files

    def advance(self, size: int, files: int = 0) -> None:
        """Add to what is done."""
        if self._callback is None:
            return
        with self._lock:
            self._bytes += size
            self._files += files
            if time.monotonic() - self._told >= _INTERVAL:
                self._tell()

    def finish(self) -> None:
        """Tell the callback where things stand, whenever it heard last."""
        if self._callback is not None:
            with self._lock:
                self._tell()

    def _tell(self) -> None:
        if self._callback is not None:
            self._told = time.monotonic()
            self._callback(Progress(self._phase, self._bytes, self._bytes_total, self._files, self._files_total))
