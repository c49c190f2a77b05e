"""Which files does a push hold? Exactly those that are there: nothing is left out, nothing is followed.

A directory gives every regular file below it, hidden ones too, under its path in Unicode normal form C; a file gives
itself. Folders without files leave no trace, because a version is made of files. Symbolic links, sockets, devices and
pipes are refused, since their content lies elsewhere.
"""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from holotype.domain import paths
from holotype.errors import LocalProblem

_KINDS = (
    (stat.S_ISLNK, "a symbolic link", "Push the file or folder that it points to, or put a copy in its place."),
    (stat.S_ISSOCK, "a socket", "Move it elsewhere and push again."),
    (stat.S_ISFIFO, "a named pipe", "Move it elsewhere and push again."),
    (lambda mode: stat.S_ISBLK(mode) or stat.S_ISCHR(mode), "a device", "Move it elsewhere and push again."),
)


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file to push: its path in the version, where it lies, and its state when it was found."""

    path: str
    source: str
    size: int
    modified: int
    inode: int


def walk(root: str | os.PathLike[str]) -> list[LocalFile]:
    """Return the files of a directory, or the one file, by path; raise ``LocalProblem`` or ``InvalidPath``."""
    start = Path(root)
    try:
        found = start.lstat()
        refuse_special(str(start), found.st_mode)
        name = start.resolve().name
        files = list(_below(str(start), "")) if stat.S_ISDIR(found.st_mode) else [_file(str(start), name, found)]
    except OSError as error:
        raise unreadable(error.filename or str(start), error) from error
    if not files:
        raise LocalProblem(f"There are no files in {start}.", hint="A version holds at least one file.")
    files.sort(key=lambda file: file.path)
    paths.check_all(file.path for file in files)
    return files


def unchanged(file: LocalFile, now: os.stat_result) -> None:
    """Raise ``LocalProblem`` when a file is no longer what was found."""
    if (now.st_size, now.st_mtime_ns, now.st_ino) != (file.size, file.modified, file.inode):
        raise LocalProblem(f"{file.source} changed while it was being pushed.", hint="Push again when it is at rest.")


def unreadable(name: str, error: OSError) -> LocalProblem:
    """Return the error for a file or folder that the system does not let us read."""
    if isinstance(error, FileNotFoundError):
        return LocalProblem(f"There is no file or directory {name}.")
    return LocalProblem(f"{name} cannot be read: {(error.strerror or str(error)).lower()}.")


def refuse_special(name: str, mode: int) -> None:
    """Raise ``LocalProblem`` for anything that is neither a regular file nor a directory."""
    for is_kind, what, hint in _KINDS:
        if is_kind(mode):
            raise LocalProblem(f"{name} is {what}, which cannot be pushed.", hint=hint)


def _below(folder: str, prefix: str) -> Iterator[LocalFile]:
    pending = [(folder, prefix)]
    while pending:
        here, before = pending.pop()
        with os.scandir(here) as entries:
            for entry in entries:
                found = entry.stat(follow_symlinks=False)
                refuse_special(entry.path, found.st_mode)
                if stat.S_ISDIR(found.st_mode):
                    pending.append((entry.path, f"{before}{entry.name}/"))
                else:
                    yield _file(entry.path, before + entry.name, found)


def _file(source: str, path: str, found: os.stat_result) -> LocalFile:
    path = unicodedata.normalize("NFC", path)
    return LocalFile(path, source, found.st_size, found.st_mtime_ns, found.st_ino)
