"""What is a file, judged by its header alone?

One module per format, each with ``sniff(head) -> str | None``; nothing is loaded, unpacked or run, every read is
bounded, and whatever a hostile header says, the answer is a name or None.
"""

from __future__ import annotations

import os
import struct
import zipfile
import zlib

from holotype.inspect import (
    catboost,
    gguf,
    hdf5,
    lightgbm,
    mlflow,
    numpy,
    parquet,
    pickles,
    protobuf,
    safetensors,
    tflite,
    xgboost,
    zips,
)
from holotype.inspect.head import Head

PICKLED = frozenset({"pickle", "joblib", "pytorch", "torchscript"})
"""The formats that hold a pickle, which names the modules that it needs."""

_BY_CERTAINTY = (
    safetensors, gguf, hdf5, numpy, parquet, tflite, catboost, zips, pickles, protobuf, xgboost, lightgbm, mlflow
)  # fmt: skip
_FAULTS = (OSError, ValueError, KeyError, IndexError, EOFError, OverflowError, RecursionError, MemoryError,
           NotImplementedError, RuntimeError, struct.error, zipfile.BadZipFile, zlib.error)  # fmt: skip


def format_of(path: str | os.PathLike[str]) -> str | None:
    """Return the name of a file's format, or None for one that is not known (or a file that cannot be read)."""
    try:
        with Head.open(path) as head:
            return format_in(head)
    except OSError:
        return None


def format_in(head: Head) -> str | None:
    """Return the name of the format of what is being inspected, or None for one that is not known."""
    return next(filter(None, (_ask(module.sniff, head) for module in _BY_CERTAINTY)), None)


def modules_of(path: str | os.PathLike[str]) -> frozenset[str]:
    """Return the top-level modules that the pickles in a file name, without unpickling anything."""
    try:
        with Head.open(path) as head:
            return pickles.modules(head) | zips.modules(head)
    except _FAULTS:
        return frozenset()


def _ask(sniff: object, head: Head) -> str | None:
    try:
        return sniff(head)  # type: ignore[operator, no-any-return]
    except _FAULTS:
        return None
