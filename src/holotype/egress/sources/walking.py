"""What may be copied from an import source? What it lists below one place, as far as that makes sense.

A source may be hostile, or may just hold too much: each name that it gives is checked before it is asked for, so no
name leads anywhere but down, and there is an end to how many there are, how deep they lie and how large they say they
are. Errors speak of the source by its name; what they quote of it is short.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from holotype.domain import paths
from holotype.domain.origins import Origin
from holotype.domain.runs import TrackedRun
from holotype.egress.sources.places import Place
from holotype.errors import HolotypeError, Invalid, InvalidPath, NotFound, TooLarge, Unavailable

MOST_FILES = 20_000
_MOST_FOLDERS = 5_000
_DEEPEST = 32
_LARGEST = 2**50
_LONGEST = 900.0


@dataclass(frozen=True, slots=True)
class Listed:
    """A file as the source lists it: its path below the place, and what it says of its size and state.

    ``key`` is how the source calls it. ``mark`` changes with the file, where the source tells it beforehand.
    """

    path: str
    key: str
    size: int | None
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """A file on its way from the source: from which byte on it comes, and what the source calls its state now."""

    start: int
    chunks: Iterator[bytes]
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What a tracking server knows of where files came from: their run, and the address at which people see it."""

    tracker: str = ""
    run: TrackedRun | None = None
    link: str | None = None
    model_id: str | None = None


class Reader(Protocol):
    """Reads an import source. Everything may block, and raises ``Unavailable`` for what may be tried again."""

    def located(self, place: Place) -> str | Origin:
        """Return the path of a place below the source, or the origin to which the source sends us on."""

    def check(self) -> None:
        """Raise unless the source can be reached and lets us read it."""

    def files(self, path: str) -> list[Listed]:
        """Return the files at and below a path; ``NotFound`` where there are none."""

    def open(self, file: Listed, start: int) -> AbstractContextManager[Opened]:
        """Give a file from a byte on, or from an earlier one where the source cannot do better."""

    def told(self, place: Place, run_id: str | None, model_id: str | None) -> Told:
        """Return what is known there of where the files came from."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One name in a listing: a file with its size, or a folder."""

    name: str
    is_folder: bool
    size: int | None = None


def patience(source: str) -> Callable[[], None]:
    """Return what raises once a listing, however slowly its parts come, has taken a quarter of an hour."""
    end = time.monotonic() + _LONGEST

    def check() -> None:
        if time.monotonic() > end:
            raise Unavailable(
                f"The import source {source} takes more than {_LONGEST:g} seconds to list what is there.",
                hint="It is asked again later.",
            )

    return check


def walk(source: str, root: str, listing: Callable[[str], Iterable[Entry]]) -> list[Listed]:
    """Return all files below a folder of a source; ``listing`` gives what lies in one folder."""
    found: list[Listed] = []
    open_folders, folders, check_time = [(root, "", 0)], 0, patience(source)
    while open_folders:
        check_time()
        key, path, depth = open_folders.pop()
        folders += 1
        for entry in listing(key):
            name = _name(source, entry.name)
            below, inner = f"{path}/{name}" if path else name, f"{key}/{name}" if key else name
            if entry.is_folder:
                open_folders.append((inner, below, depth + 1))
            else:
                found.append(Listed(below, inner, size(source, below, entry.size)))
            _check_extent(source, len(found), folders + len(open_folders), depth)
    return checked(source, found)


def checked(source: str, found: list[Listed]) -> list[Listed]:
    """Return files unchanged, or raise where one of their paths cannot belong to a version."""
    try:
        paths.check_all(file.path for file in found)
    except InvalidPath as error:
        raise Invalid(f"The import source {source} lists what no version may hold: {error.detail}") from error
    _check_extent(source, len(found), 0, 0)
    return sorted(found, key=lambda file: file.path)


def size(source: str, path: str, given: object) -> int | None:
    """Return a size that a source gives, as a number or in digits; nothing where it gives none."""
    if given is None:
        return None
    text = str(given)
    if isinstance(given, bool) or not (text.isascii() and text.isdigit() and len(text) <= len(str(_LARGEST))):
        raise Invalid(f"The import source {source} says that {path[:120]!r} has {text[:40]!r} bytes.")
    if int(text) > _LARGEST:
        raise TooLarge(f"{path[:120]!r} of the import source {source} has more than {_LARGEST:,} bytes.")
    return int(text)


def absent(source: str, what: str) -> NotFound:
    """Return the error for what a source does not have."""
    return NotFound(f"The import source {source} has {what}.", hint="Is it there, and was it logged to that server?")


def refused(source: str, status: int) -> HolotypeError:
    """Return the error for a source that does not let us in."""
    return Invalid(
        f"The import source {source} does not let this server read it (status {status}).",
        hint="See `holotype admin sources`; its credentials may have ended.",
    )


def only(headers: Mapping[str, str]) -> str:
    """Return what tells one state of a file from another, of the headers of an answer."""
    return headers.get("etag") or headers.get("last-modified") or ""


def _name(source: str, given: object) -> str:
    name = given.rstrip("/") if isinstance(given, str) else ""
    try:
        if "/" in name:
            raise InvalidPath(f"The name {name[:120]!r} has more than one part.")
        return paths.check(name)
    except InvalidPath as error:
        raise Invalid(f"The import source {source} lists what no version may hold: {error.detail}") from error


def _check_extent(source: str, files: int, folders: int, depth: int) -> None:
    if files > MOST_FILES or folders > _MOST_FOLDERS or depth >= _DEEPEST:
        raise TooLarge(
            f"The import source {source} lists more than {MOST_FILES:,} files, {_MOST_FOLDERS:,} folders or "
            f"{_DEEPEST} levels there.",
            hint="Name the folder of the model itself, or pack small files together.",
        )
