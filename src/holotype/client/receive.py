"""How does one file get here, whole and verified, or not at all?

    temporary file → resume by range from what is there → hash while it arrives → size and digest → fsync → rename

A body that ends early is asked for again from where it ended; one that never ends well leaves the temporary file for
the next pull, and nothing under the final name.
"""

from __future__ import annotations

import hashlib
import os
from http.client import HTTPException, HTTPResponse
from typing import BinaryIO

from holotype.client.answers import Answer
from holotype.client.beside import Beside
from holotype.client.hashing import feed
from holotype.client.progress import Meter
from holotype.client.retry import TRANSFER, Retry, after
from holotype.client.transport import Transport, Unreached
from holotype.domain.manifest import File
from holotype.errors import Corrupt, LocalProblem, Unavailable

_BUSY = (429, 500, 502, 503, 504)
_HINT = "Tell whoever runs the server: `holotype admin doctor` looks for damage."


class Busy(Exception):
    """The server cannot answer now and may have said when it can."""

    def __init__(self, answer: Answer) -> None:
        """Keep the answer and the pause that it asks for."""
        super().__init__(f"status {answer.status}")
        self.answer, self.wish = answer, after(answer.headers.get("retry-after"))


def receive(http: Transport, route: str, file: File, stream: BinaryIO, meter: Meter) -> None:
    """Fill a temporary file, which may hold a beginning already, with the verified bytes of a file."""
    resumed = stream.seek(0, os.SEEK_END) > 0
    if _attempt(http, route, file, stream, meter):
        return
    stream.truncate(0)
    # What an earlier pull left may have been damaged since: once more, all of it from the server.
    meter.advance(-file.size)
    if not resumed or not _attempt(http, route, file, stream, meter):
        stream.truncate(0)
        raise Corrupt(
            f"The bytes of {file.path!r} that {http.url} sent are not those of the version ({file.digest[:19]}…).",
            hint=_HINT,
        )


def _attempt(http: Transport, route: str, file: File, stream: BinaryIO, meter: Meter) -> bool:
    """Bring a file to its full size and say whether its digest is right."""
    hasher = hashlib.sha256()
    if stream.seek(0, os.SEEK_END) > file.size:
        stream.truncate(0)
    stream.seek(0)
    done = feed(hasher.update, stream, file.size, meter.advance)
    tries = Retry(TRANSFER.patience)
    with Beside(hasher.update, file.size - done) as beside:
        while done < file.size:
            before, wish = done, None
            fault: Exception | None = None
            try:
                _once(http, route, file, stream, beside, meter)
            except Busy as busy:
                fault, wish = busy, busy.wish
            except (Unreached, OSError, HTTPException) as error:
                fault = error
            done = stream.tell()
            if done > before:
                tries = Retry(TRANSFER.patience)
            if done < file.size and not tries.pause(wish):
                raise Unavailable(
                    f"{http.url} sent {done:,} of {file.size:,} bytes of {file.path!r} and no more.",
                    hint="Pull again: it goes on from there.",
                ) from fault
    return "sha256:" + hasher.hexdigest() == file.digest


def _once(http: Transport, route: str, file: File, stream: BinaryIO, beside: Beside, meter: Meter) -> None:
    """Ask for the rest of a file, and write and hash what comes."""
    done = stream.tell()
    with http.stream(route, {"Range": f"bytes={done}-"} if done else {}) as (answer, response):
        whole = _check_head(http, answer, response, file, done)
        if whole:
            _skip(response, done)
        left = file.size - done
        while left:
            block = beside.buffer()[:left]
            count = response.readinto(block)
            if not count:
                return
            _write(stream, block[:count], file)
            beside.put(block[:count])
            meter.advance(count)
            left -= count
        if response.read(1):
            raise _overlong(http, file)


def _check_head(http: Transport, answer: Answer, response: HTTPResponse, file: File, done: int) -> bool:
    """Check what the answer announces; return whether it is the whole file although only the rest was asked for."""
    if answer.status in _BUSY:
        raise Busy(answer)
    answer.check()
    whole = answer.status != 206
    start = answer.headers.get("content-range", "").removeprefix("bytes ").partition("-")[0]
    if not whole and start != str(done):
        raise Corrupt(f"{http.url} sent another part of {file.path!r} than was asked for.", hint=_HINT)
    if response.length is not None and response.length != file.size - (0 if whole else done):
        raise _overlong(http, file)
    return whole and done > 0


def _skip(response: HTTPResponse, size: int) -> None:
    while size:
        got = len(response.read(min(size, 2**20)))
        if not got:
            return
        size -= got


def _write(stream: BinaryIO, block: memoryview, file: File) -> None:
    try:
        while block:
            block = block[stream.write(block) :]
    except OSError as error:
        raise LocalProblem(
            f"{file.path} cannot be written: {(error.strerror or str(error)).lower()}.",
            hint="Make room and pull again: it goes on from there.",
        ) from error


def _overlong(http: Transport, file: File) -> Corrupt:
    return Corrupt(f"{http.url} has another size for {file.path!r} than the version's manifest.", hint=_HINT)
