"""Are these the bytes of the version? Asked of the registry itself, or of a directory."""

from __future__ import annotations

import io
import os
import unicodedata
from collections.abc import Collection
from pathlib import Path
from typing import BinaryIO, cast

from holotype.client.present import is_there
from holotype.client.progress import Callback, Meter
from holotype.client.pull import WORKERS, Source
from holotype.client.receive import receive
from holotype.client.threads import gather, workers
from holotype.client.transport import Transport
from holotype.domain.manifest import File
from holotype.errors import Corrupt, LocalProblem


def verify_remote(http: Transport, source: Source, progress: Callback | None) -> None:
    """Fetch, hash and forget every file of a version; raise ``Corrupt`` for the first that is not what it should be."""
    files = sorted({file.digest: file for file in source.manifest.files}.values(), key=lambda file: -file.size)
    meter = Meter(progress, "download", sum(file.size for file in files), len(files))

    def check(file: File) -> None:
        receive(http, source.route_of(file), file, cast("BinaryIO", Void()), meter)
        meter.advance(0, 1)

    with workers(WORKERS, "verify") as pool:
        gather([pool.submit(check, file) for file in files])
    meter.finish()


def verify_local(source: Source, root: Path, files: list[File], progress: Callback | None) -> None:
    """Compare files below a directory with a version; other files that lie there are none of its business."""
    if not root.is_dir():
        raise LocalProblem(f"There is no directory {root}.")
    meter = Meter(progress, "check", sum(file.size for file in files), len(files))

    def check(file: File) -> str | None:
        found = is_there(root, file)
        meter.advance(file.size, 1)
        return None if found else f"{file.path} {'is missing' if found is None else 'has other content'}"

    with workers(WORKERS, "verify") as pool:
        wrong = [fault for fault in pool.map(check, files) if fault]
    meter.finish()
    if wrong:
        more = f", and {len(wrong) - 3} more" if len(wrong) > 3 else ""
        raise Corrupt(
            f"{root} is not {source.version.reference}: {'; '.join(wrong[:3])}{more}.",
            hint="Pull it anew into another directory.",
        )


def others(files: Collection[str], root: Path) -> list[str]:
    """Return the paths below a directory that are none of these, in order."""
    found = (Path(folder, name) for folder, _, names in os.walk(root) for name in names)
    paths = (unicodedata.normalize("NFC", path.relative_to(root).as_posix()) for path in found)
    return sorted(path for path in paths if path not in files)


class Void(io.RawIOBase):
    """A file that only counts what is written to it."""

    def __init__(self) -> None:
        """Begin empty."""
        self._size = 0

    def seek(self, offset: int, whence: int = 0) -> int:
        """Return the size, at the end; at the beginning there is nothing to read."""
        return self._size if whence else offset

    def tell(self) -> int:
        """Return how many bytes were written."""
        return self._size

    def truncate(self, size: int | None = None) -> int:
        """Forget how many bytes were written."""
        self._size = size or 0
        return self._size

    def write(self, block: object) -> int:
        """Count bytes."""
        count = len(cast("bytes", block))
        self._size += count
        return count

    def readinto(self, buffer: object) -> int:  # noqa: ARG002 - the interface of a file names it
        """Read nothing."""
        return 0
