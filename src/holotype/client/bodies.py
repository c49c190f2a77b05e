"""How does a piece of a file get onto a connection? By ``sendfile``, without copying, where nothing encrypts."""

from __future__ import annotations

import ssl
from http.client import HTTPConnection
from typing import BinaryIO

from holotype.client.hashing import BLOCK, open_file
from holotype.client.progress import Meter
from holotype.client.walk import LocalFile
from holotype.errors import LocalProblem


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
