"""What does the beginning of an HDF5 file say?"""

from __future__ import annotations

import re
from typing import Any

from holotype.inspect.head import Head

_KERAS = re.compile(rb"keras_version.{0,96}?(\d{1,3}\.\d{1,3}\.\d{1,3})", re.DOTALL)
_READ = 2**20


def describe(head: Head) -> dict[str, Any]:
    """Return the version of the superblock, and that of the Keras that wrote it."""
    told: dict[str, Any] = {"superblock": head.first[8]}
    if found := _KERAS.search(head.read(0, _READ)):
        told["keras_version"] = found[1].decode()
    return told
