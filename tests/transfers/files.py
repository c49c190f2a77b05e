"""Which files do tests push? Made anew each time, the same for the same seed."""

from __future__ import annotations

import random
from pathlib import Path

MIB = 2**20


def noise(size: int, seed: int = 0) -> bytes:
    """Return bytes that nothing compresses."""
    return random.Random(seed).randbytes(size)


def write(folder: Path, files: dict[str, bytes]) -> Path:
    """Write files below a folder and return it."""
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def read(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
