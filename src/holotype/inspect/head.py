"""How is a file looked at without reading all of it? Through a window with bounded reads."""

from __future__ import annotations

import os
from types import TracebackType
from typing import BinaryIO, Self

FIRST = 64 * 2**10
MOST = 16 * 2**20


class Head:
    """A file that is being inspected: its name, its size, its first bytes, and bounded reads anywhere else."""

    def __init__(self, name: str, stream: BinaryIO, size: int) -> None:
        """Read the first bytes."""
        self.name, self.size, self.stream = name.casefold(), size, stream
        self.first = self.read(0, FIRST)

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> Self:
        """Open a file; raise ``OSError`` where that is not possible."""
        stream = open(path, "rb")  # noqa: PTH123, SIM115 - closed by __exit__
        try:
            return cls(os.path.basename(os.fspath(path)), stream, os.fstat(stream.fileno()).st_size)  # noqa: PTH119
        except BaseException:
            stream.close()
            raise

    def read(self, offset: int, size: int) -> bytes:
        """Return up to ``size`` bytes from ``offset`` on, never more than 16 MiB."""
        if offset < 0 or size <= 0 or offset >= self.size:
            return b""
        self.stream.seek(offset)
        return self.stream.read(min(size, MOST))

    def __enter__(self) -> Self:
        """Use it in a ``with`` block."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close the file."""
        self.stream.close()
