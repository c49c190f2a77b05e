"""Where may a pulled file be written? Below the directory that the caller named, and nowhere that a link leads to.

Each folder on the way is opened from the one above it without following links, so that neither a hostile manifest nor
somebody who swaps a folder for a link meanwhile can lead a write astray. A system without such calls checks instead.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from holotype.errors import LocalProblem

_BY_HANDLE = os.open in os.supports_dir_fd and os.rename in os.supports_dir_fd and os.mkdir in os.supports_dir_fd
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_FILE = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


class Folder:
    """A folder below the target: names are looked up in it, never through a link."""

    def __init__(self, path: Path, handle: int | None) -> None:
        """Hold the open folder, or only its path where the system knows no handles."""
        self.path, self._handle = path, handle

    def open(self, name: str, flags: int) -> int:
        """Open a file in the folder and return its descriptor."""
        return os.open(self._at(name), flags | _FILE, 0o666, dir_fd=self._handle)

    def status(self, name: str) -> os.stat_result | None:
        """Return what lies under a name, itself and not what it points to; None for nothing."""
        try:
            return os.stat(self._at(name), dir_fd=self._handle, follow_symlinks=False)
        except FileNotFoundError:
            return None

    def rename(self, old: str, new: str) -> None:
        """Give a file its final name."""
        os.replace(self._at(old), self._at(new), src_dir_fd=self._handle, dst_dir_fd=self._handle)

    def remove(self, name: str) -> None:
        """Remove a temporary file, if it is there."""
        with suppress(FileNotFoundError):
            os.unlink(self._at(name), dir_fd=self._handle)

    def sync(self) -> None:
        """Make the names in the folder durable."""
        if self._handle is not None:
            os.fsync(self._handle)

    def _at(self, name: str) -> str:
        return name if self._handle is not None else str(self.path / name)


@contextmanager
def folder_of(root: Path, path: str, *, create: bool) -> Iterator[Folder | None]:
    """Open the folder that a checked path lies in, below ``root``; None where it is not there and not to be made."""
    parts = path.split("/")[:-1]
    if not _BY_HANDLE:
        yield _by_path(root, parts, create=create)
        return
    handle = os.open(root, _FOLDER & ~getattr(os, "O_NOFOLLOW", 0))
    here = root
    try:
        for part in parts:
            here = here / part
            below = _descend(handle, part, here, create=create)
            if below is None:
                yield None
                return
            os.close(handle)
            handle = below
        yield Folder(here, handle)
    finally:
        os.close(handle)


def _descend(handle: int, part: str, here: Path, *, create: bool) -> int | None:
    for made in (False, True):
        try:
            return os.open(part, _FOLDER, dir_fd=handle)
        except FileNotFoundError:
            if not create or made:
                return None
            with suppress(FileExistsError):
                os.mkdir(part, dir_fd=handle)
        except OSError as error:
            raise in_the_way(here, error) from error
    return None


def _by_path(root: Path, parts: list[str], *, create: bool) -> Folder | None:
    here = root
    for part in parts:
        here = here / part
        if not here.exists() and not here.is_symlink():
            if not create:
                return None
            here.mkdir(exist_ok=True)
        if here.is_symlink() or not here.is_dir():
            raise in_the_way(here, None)
    return Folder(here, None)


def in_the_way(path: Path, error: OSError | None) -> LocalProblem:
    """Return the error for something that stands where a folder or a file must go."""
    try:
        mode = path.lstat().st_mode
    except OSError:
        mode = 0
    if stat.S_ISLNK(mode):
        return LocalProblem(f"{path} is a symbolic link, which is not written through.", hint="Pull elsewhere.")
    if mode and not stat.S_ISDIR(mode):
        return LocalProblem(f"{path} is a file, where a folder is needed.", hint="Pull elsewhere.")
    reason = (error.strerror or str(error)).lower() if error else "it cannot be used"
    return LocalProblem(f"{path} cannot be written: {reason}.")
