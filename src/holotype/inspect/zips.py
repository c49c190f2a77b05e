"""Is it a zip archive that holds a model? Only the list of members is read, and a pickle's opcodes where asked."""

from __future__ import annotations

import zipfile
from typing import IO

from holotype.inspect import pickles
from holotype.inspect.head import MOST, Head

_END, _END_SIZE = b"PK\x05\x06", 22
_LARGEST_LIST = 8 * 2**20


def sniff(head: Head) -> str | None:
    """Return ``torchscript``, ``pytorch``, ``keras``, ``npz`` or None."""
    archive = _archive(head)
    if archive is None:
        return None
    names = archive.namelist()
    parts = {name.split("/", 1)[-1] for name in names}
    if "data.pkl" in parts:
        return "torchscript" if "constants.pkl" in parts or any(p.startswith("code/") for p in parts) else "pytorch"
    if {"config.json", "metadata.json"} <= set(names):
        return "keras"
    return "npz" if names and all(name.endswith(".npy") for name in names) else None


def modules(head: Head) -> frozenset[str]:
    """Return the top-level modules that the pickle in an archive names."""
    archive = _archive(head)
    if archive is None:
        return frozenset()
    names = [name for name in archive.namelist() if name.endswith("data.pkl")]
    if not names:
        return frozenset()
    with archive.open(names[0]) as member:
        return pickles.named(_bounded(member))


def _bounded(member: IO[bytes]) -> bytes:
    return member.read(MOST)


def _archive(head: Head) -> zipfile.ZipFile | None:
    """Open an archive whose list of members is small enough to read."""
    if not head.first.startswith(b"PK\x03\x04"):
        return None
    tail = head.read(max(0, head.size - 65_557), 65_557)
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_SIZE:
        return None
    listed = int.from_bytes(tail[at + 12 : at + 16], "little")
    return zipfile.ZipFile(head.stream) if listed <= _LARGEST_LIST else None
