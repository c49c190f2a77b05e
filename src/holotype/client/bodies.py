"""How do files get onto a connection?

A piece of a big file goes by ``sendfile``, without copying, where nothing encrypts. Small files go many at a time,
each as a frame: 32 bytes of SHA-256, 4 bytes of length (big-endian), and the bytes.
"""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from http.client import HTTPConnection
from typing import BinaryIO

from holotype.client.hashing import BLOCK, open_file
from holotype.client.progress import Meter
from holotype.client.walk import LocalFile
from holotype.domain.digest import hexpart
from holotype.errors import LocalProblem

_FRAME = 36


class Piece:
    """The bytes of a file from ``offset`` on, ``size`` of them; each try opens and checks the file anew."""

    def __init__(self, file: LocalFile, offset: int, size: int, meter: Meter) -> None:
        """Remember which bytes; open nothing yet."""
        self._file, self._offset, self.size, self._meter = file, offset, size, meter
        self._told = 0

    def send(self, connection: HTTPConnection) -> None:
        """Send the bytes; the meter hears of each byte once, however often it is sent."""
        with open_file(self._file) as stream:
            done = 0
            while done < self.size:
                count = self._some(connection, stream, self._offset + done, min(BLOCK * 4, self.size - done))
                if not count:
                    raise LocalProblem(f"{self._file.source} became shorter while it was being pushed.")
                done += count
                self._meter.advance(max(0, done - self._told))
                self._told = max(done, self._told)

    def _some(self, connection: HTTPConnection, stream: BinaryIO, offset: int, size: int) -> int:
        if not isinstance(connection.sock, ssl.SSLSocket):
            return int(connection.sock.sendfile(stream, offset, size))
        stream.seek(offset)
        block = stream.read(size)
        connection.sock.sendall(block)
        return len(block)


class Bundle:
    """Small files one behind the other; each try reads them anew."""

    def __init__(self, files: Sequence[tuple[LocalFile, str]], meter: Meter) -> None:
        """Remember which files; read nothing yet."""
        self._files, self._meter = files, meter
        self._told = False
        self.size = sum(_FRAME + file.size for file, _ in files)

    def send(self, connection: HTTPConnection) -> None:
        """Read and send the files."""
        buffer = bytearray()
        for file, digest in self._files:
            with open_file(file) as stream:
                content = stream.read(file.size + 1)
            if len(content) != file.size:
                raise LocalProblem(f"{file.source} changed while it was being pushed.", hint="Push again.")
            buffer += bytes.fromhex(hexpart(digest)) + file.size.to_bytes(4, "big") + content
        connection.sock.sendall(buffer)
        if not self._told:
            self._told = True
            self._meter.advance(self.size - _FRAME * len(self._files))
