"""How do bytes get from an MLflow server into a folder here? A file at a time, in blocks, counted and hashed.

A file counts only when it is as long as the server said: by its listing, by its answer, or both. A broken try is made
again from the start.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from http.client import HTTPException, HTTPResponse
from pathlib import Path

from holotype.client.mlflow import server as servers
from holotype.client.mlflow.answers import nonsense
from holotype.client.mlflow.places import Remote
from holotype.client.mlflow.server import Server
from holotype.client.progress import Meter
from holotype.client.retry import Retry
from holotype.client.transport import Unreached
from holotype.client.walk import LocalFile
from holotype.errors import Unavailable

_BLOCK = 2**20
_PATCHY = (Unreached, OSError, HTTPException, Unavailable)


class Truncated(HTTPException):
    """An answer that is shorter or longer than was said."""


def fetch(server: Server, files: Iterable[Remote], folder: Path, meter: Meter) -> list[tuple[LocalFile, str]]:
    """Fetch files into a folder, under numbers as names, and return them with their digests."""
    fetched = []
    for place, remote in enumerate(files):
        target = folder / str(place)
        digest = _patiently(server, remote, target, meter)
        found = target.lstat()
        local = LocalFile(remote.path, str(target), found.st_size, found.st_mtime_ns, found.st_ino)
        fetched.append((local, digest))
        meter.advance(0, 1)
    return fetched


def _patiently(server: Server, remote: Remote, target: Path, meter: Meter) -> str:
    tries = Retry(servers.PATIENCE)
    while True:
        try:
            return _once(server, remote, target, meter)
        except _PATCHY as fault:
            if isinstance(fault, OSError) and fault.filename is not None:
                raise  # a file of ours that cannot be written
            if not tries.pause():
                raise fault if isinstance(fault, Unavailable) else server.unreachable(fault) from fault


def _once(server: Server, remote: Remote, target: Path, meter: Meter) -> str:
    hasher = hashlib.sha256()
    with server.stream(remote.address, remote.params) as response:
        announced = _announced(response, remote)
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb", buffering=0) as out:
            size = 0
            while block := response.read(_BLOCK):
                size += len(block)
                if announced is not None and size > announced:
                    raise Truncated(f"{remote.path} is longer than {announced} bytes")
                hasher.update(block)
                out.write(block)
                meter.advance(len(block))
        if (announced is not None and size != announced) or response.length:
            raise Truncated(f"{remote.path} broke off after {size} bytes")
    return "sha256:" + hasher.hexdigest()


def _announced(response: HTTPResponse, remote: Remote) -> int | None:
    """Return how many bytes have to come, or nothing where the answer itself marks its end."""
    if remote.size is not None and response.length is not None and remote.size != response.length:
        raise nonsense(
            f"{remote.path[:80]!r} has {remote.size} bytes in its list and {response.length} when it is asked"
        )
    if remote.size is None and response.length is None and not response.chunked:
        raise nonsense(f"it does not say how long {remote.path[:80]!r} is")
    return remote.size if remote.size is not None else response.length
