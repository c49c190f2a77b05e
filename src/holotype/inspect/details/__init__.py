"""What does a file's header say about it: tensors, parameters, precision, operator sets?

One module per format, each with ``describe(head) -> dict``. Only headers are read, with bounds on bytes and on time,
and whatever a hostile header says, the answer is a description or the reason why there is none.

    format        judged by the bytes, whatever the file is called
    tensors       how many there are          parameters    how many numbers they hold
    precision     how many of the numbers have which type
    unreadable    why the header could not be read (to its end)
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

from holotype.inspect import format_in
from holotype.inspect.details import (
    gguf,
    hdf5,
    keras,
    mlflow,
    numpy,
    onnx,
    pickles,
    safetensors,
    tflite,
    torch,
)
from holotype.inspect.head import Head
from holotype.inspect.scanning.report import Unreadable, sentence
from holotype.inspect.window import TooMuch, Window

_READERS: dict[str, Callable[[Head], dict[str, Any]]] = {
    "safetensors": safetensors.describe,
    "gguf": gguf.describe,
    "onnx": onnx.describe,
    "hdf5": hdf5.describe,
    "keras": keras.describe,
    "pytorch": torch.describe,
    "torchscript": torch.describe,
    "pickle": pickles.describe,
    "joblib": pickles.describe,
    "npy": numpy.describe,
    "npz": numpy.describe_archive,
    "mlflow": mlflow.describe,
    "tflite": tflite.describe,
}
FAULTS = (ValueError, KeyError, IndexError, TypeError, AttributeError, EOFError, OverflowError, RecursionError,
           MemoryError, NotImplementedError, RuntimeError, struct.error, zipfile.BadZipFile, zlib.error)  # fmt: skip
_LARGEST_NUMBER = 2**53


def describe(path: str, window: Window) -> dict[str, Any]:
    """Return the format of a file, judged by its bytes, and what its header tells."""
    head = Head(path.rpartition("/")[2], window, window.size)  # type: ignore[arg-type]  # it is read as a file is
    found: dict[str, Any] = {"format": format_in(head)}
    reader = _READERS.get(found["format"] or "")
    if reader is None:
        return found
    window.seek(0)
    try:
        told = reader(head)
    except TooMuch as error:
        found["unreadable"] = f"Its header is too large: {error}."
    except Unreadable as error:
        found["unreadable"] = sentence(error)
    except FAULTS as error:
        found["unreadable"] = f"Its header is damaged ({type(error).__name__})."
    else:
        if any(isinstance(value, int) and value > _LARGEST_NUMBER for value in told.values()):
            found["unreadable"] = "Its header counts more than there can be."
        else:
            found |= told
    return found
