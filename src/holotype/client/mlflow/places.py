"""Where do the bytes of a version lie, and how can they be had from here?

    through the server's artifact proxy    mlflow-artifacts:, and http(s): addresses of the same server
    from a folder of this machine          file: and plain paths, only below the folder that the caller names
    through the run or the logged model    whatever else lies below their artifacts: the server fetches it for us
    not at all                             the version is external

The server says where; it never makes this machine read a file that the caller did not offer, nor ask another address.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from holotype.client.mlflow.answers import File, Files, Logged, Run, nonsense, number
from holotype.client.mlflow.server import API, Server
from holotype.domain import paths
from holotype.errors import TooLarge

_PROXY = "/api/2.0/mlflow-artifacts/artifacts"
_FILES, _DEPTH, _PAGES = 20_000, 64, 1_000
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Remote:
    """A file that a server hands out: its path in the version, the address to get it from, and its size if known."""

    path: str
    address: str
    params: dict[str, str]
    size: int | None


@dataclass(frozen=True, slots=True)
class Proxied:
    """A folder or a file below the artifacts that the server hands out itself."""

    server: Server
    root: str

    def folder(self, path: str) -> Iterator[File]:
        """Give what lies in a folder; names are relative to it."""
        where = f"{self.root}/{path}" if path else self.root
        yield from self.server.json(_PROXY, Files, {"path": where}).files

    def remote(self, path: str, size: int | None) -> Remote:
        """Return one of the files."""
        where = f"{self.root}/{path}" if path else self.root
        return Remote(path or self.root.rpartition("/")[2], f"{_PROXY}/{quote(where)}", {}, size)


@dataclass(frozen=True, slots=True)
class OfRun:
    """A folder or a file below the artifacts of a run, which the server fetches from wherever they lie."""

    server: Server
    run: str
    root: str

    def folder(self, path: str) -> Iterator[File]:
        """Give what lies in a folder."""
        where = "/".join(part for part in (self.root, path) if part)
        yield from _pages(self.server, f"{API}/artifacts/list", {"run_id": self.run, "path": where or None})

    def remote(self, path: str, size: int | None) -> Remote:
        """Return one of the files."""
        where = "/".join(part for part in (self.root, path) if part)
        return Remote(path or where.rpartition("/")[2], "/get-artifact", {"run_uuid": self.run, "path": where}, size)


@dataclass(frozen=True, slots=True)
class OfLogged:
    """A folder or a file below the artifacts of a logged model."""

    server: Server
    model: str
    root: str

    def folder(self, path: str) -> Iterator[File]:
        """Give what lies in a folder."""
        where = "/".join(part for part in (self.root, path) if part)
        address = f"{API}/logged-models/{quote(self.model, safe='')}/artifacts/directories"
        yield from _pages(self.server, address, {"artifact_directory_path": where or None})

    def remote(self, path: str, size: int | None) -> Remote:
        """Return one of the files."""
        where = "/".join(part for part in (self.root, path) if part)
        address = f"/ajax-api/2.0/mlflow/logged-models/{quote(self.model, safe='')}/artifacts/files"
        return Remote(path or where.rpartition("/")[2], address, {"artifact_file_path": where}, size)


Place = Proxied | OfRun | OfLogged


def place_of(server: Server, uri: str, run: Run | None, logged: Logged | None) -> Place | None:
    """Return how the server hands out what lies at an address, or nothing where it does not."""
    proxied = _proxied(server, uri)
    if proxied is not None:
        return Proxied(server, proxied)
    below = _below(uri, logged.info.artifact_uri) if logged else None
    if logged is not None and below is not None:
        return OfLogged(server, logged.info.model_id, below)
    below = _below(uri, run.info.artifact_uri) if run else None
    return OfRun(server, run.info.run_id, below) if run is not None and below is not None else None


def files(place: Place) -> list[Remote]:
    """Return every file of a place, in its folders too; one file gives itself, and nothing an empty list."""
    found: list[Remote] = []
    pending = [("", 0)]
    while pending:
        folder, depth = pending.pop()
        for entry in place.folder(folder):
            name = entry.path.rstrip("/").rpartition("/")[2]
            path = paths.check(f"{folder}/{name}" if folder else name)
            if entry.is_dir:
                if depth >= _DEPTH:
                    raise nonsense(f"its folders lie more than {_DEPTH} deep in one another")
                pending.append((path, depth + 1))
            else:
                size = None if entry.file_size is None else number(entry.file_size, "the size of a file")
                found.append(place.remote(path, size))
            if len(found) + len(pending) > _FILES:
                raise TooLarge(f"The version has more than {_FILES:,} files and folders.")
    paths.check_all(one.path for one in found)
    return found or _alone(place)


def _alone(place: Place) -> list[Remote]:
    """Return a place that is one file, as the folder that it lies in says."""
    above, _, name = place.root.rpartition("/")
    if not name:
        return []
    parent = replace(place, root=above)
    for entry in parent.folder(""):
        if not entry.is_dir and entry.path.rpartition("/")[2] == name:
            size = None if entry.file_size is None else number(entry.file_size, "the size of a file")
            return [parent.remote(paths.check(name), size)]
    return []


def local(uri: str, offered: Path | None) -> Path | None:
    """Return the folder or file of this machine that an address names, if it lies below what the caller offered.

    No part of the way there may be a symbolic link.
    """
    path = _local_path(uri)
    if offered is None or path is None:
        return None
    root = os.path.realpath(offered)
    wanted = os.path.normpath(path)
    real = os.path.realpath(wanted)
    lexical = os.path.join(root, os.path.relpath(wanted, os.path.abspath(offered)))  # noqa: PTH100, PTH118 - text
    inside = real != root and os.path.commonpath([root, real]) == root
    return Path(real) if inside and real in {os.path.normpath(lexical), wanted} else None


def is_local(uri: str) -> bool:
    """Say whether an address is a path of the machine that the server runs on."""
    return _local_path(uri) is not None


def _local_path(uri: str) -> str | None:
    if uri.startswith("/"):
        return uri if "\0" not in uri and not uri.startswith("//") else None
    if not uri.startswith("file:"):
        return None
    try:
        parts = urlsplit(uri)
    except ValueError:
        return None
    path = unquote(parts.path)
    plain = parts.netloc in ("", "localhost") and not parts.query and not parts.fragment
    return path if plain and path.startswith("/") and not path.startswith("//") and "\0" not in path else None


def _proxied(server: Server, uri: str) -> str | None:
    """Return the path below the artifact proxy that an address names, if it is this server's."""
    try:
        parts, own = urlsplit(uri), urlsplit(server.url)
        port, own_port = parts.port or _PORTS.get(parts.scheme), own.port or _PORTS[own.scheme]
    except ValueError:
        return None
    if parts.scheme == "mlflow-artifacts" and not parts.query:
        ours = not parts.netloc or (parts.hostname, parts.port) == (own.hostname, own.port)
        return _plain(unquote(parts.path).strip("/")) if ours else None
    before, proxy, path = parts.path.partition(_PROXY + "/")
    same = (parts.scheme, parts.hostname, port) == (own.scheme, own.hostname, own_port)
    if same and proxy and before == own.path.rstrip("/") and not parts.query:
        return _plain(unquote(path).strip("/"))
    return None


def _below(uri: str, root: str) -> str | None:
    """Return what follows the address of a folder in that of something below it."""
    uri, root = uri.rstrip("/"), root.rstrip("/")
    if not root or (uri != root and not uri.startswith(root + "/")):
        return None
    return _plain(uri[len(root) :].strip("/"))


def _plain(path: str) -> str | None:
    """Return a path without parts that lead elsewhere, or nothing."""
    parts = path.split("/") if path else []
    wrong = any(part in ("", ".", "..") or "\\" in part or "\0" in part for part in parts)
    return None if wrong else path


def _pages(server: Server, address: str, asked: dict[str, object]) -> Iterator[File]:
    token = ""
    for _ in range(_PAGES):
        page = server.json(address, Files, asked | {"page_token": token or None})
        yield from page.files
        if not page.next_page_token or page.next_page_token == token:
            return
        token = page.next_page_token
    raise nonsense("its list of files goes round in circles")
