"""What does an archive of PyTorch hold? Its list of members, and what its pickle says about storages."""

from __future__ import annotations

import re
from typing import Any

from holotype.inspect.details.archives import member, opened
from holotype.inspect.details.counting import Count
from holotype.inspect.head import Head
from holotype.inspect.scanning.feed import Feed
from holotype.inspect.scanning.machine import CALLED
from holotype.inspect.scanning.opcodes import Walk
from holotype.inspect.scanning.report import Limits
from holotype.inspect.scanning.values import Name

_LARGEST_OPCODES = 2_000_000
_STORAGE = re.compile(r"(\w+?)(?:Tensor)?Storage")
_TYPES = {"Float": "float32", "Double": "float64", "Half": "float16", "BFloat16": "bfloat16", "Long": "int64",
          "Int": "int32", "Short": "int16", "Char": "int8", "Byte": "uint8", "Bool": "bool"}  # fmt: skip
_REBUILD = re.compile(r"torch\._utils\._rebuild_(?:\w*tensor\w*)")
_STORED = re.compile(r"[^/]+/(?:data|constants|tensors)/\d+")


def describe(head: Head) -> dict[str, Any]:
    """Return tensors, parameters and precision, storages and their size, and how many files of code there are."""
    if not head.first.startswith(b"PK"):
        return {"archive": "legacy"}
    with opened(head) as archive:
        infos = archive.infolist()
        stored = [info.file_size for info in infos if _STORED.fullmatch(info.filename)]
        told: dict[str, Any] = {
            "members": len(infos),
            "storages": len(stored),
            "storage_bytes": sum(stored),
            "code": sum("/code/" in f"/{info.filename}" for info in infos),
        }
        names = [info.filename for info in infos]
        for name in names:
            if name.endswith(("/byteorder", "/.format_version")):
                told[name.rpartition("/")[2].lstrip(".")] = member(archive, name, 64).decode("ascii", "replace").strip()
        pickled = next((name for name in names if name.endswith("data.pkl")), None)
        if pickled is not None:
            with archive.open(pickled) as stream:
                walk = Tensors(Feed(stream, Limits()), Limits(opcodes=_LARGEST_OPCODES, seconds=60))
                walk.one()
                told |= walk.told
    return told


class Tensors(Walk):
    """A walk that counts tensors, and the elements of each storage once."""

    def __init__(self, feed: Feed, limits: Limits) -> None:
        """Count from nothing."""
        super().__init__(feed, limits)
        self._storages: dict[str, tuple[str, int]] = {}
        self._tensors = 0

    def persistent(self, value: Any) -> None:
        """Count a storage: its class, its key and its number of elements are in the reference to it."""
        if isinstance(value, tuple) and len(value) == 5 and value[0] == "storage" and isinstance(value[1], Name):
            found = _STORAGE.fullmatch(value[1].name)
            size = value[4]
            if found and isinstance(size, int) and 0 <= size < 2**50:
                self._storages[str(value[2])] = (_TYPES.get(found[1], found[1]), size)

    def made(self, callee: Any, arguments: Any, level: str) -> None:
        """Count a tensor."""
        super().made(callee, arguments, level)
        self._tensors += level == CALLED and _REBUILD.fullmatch(str(callee)) is not None

    @property
    def told(self) -> dict[str, Any]:
        """What a description says of it."""
        count = Count()
        for kind, size in self._storages.values():
            count.add(kind, [size])
        return count.told | {"tensors": self._tensors}
