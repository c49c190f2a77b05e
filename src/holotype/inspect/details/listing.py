"""Which tensors does a file hold? Each with its name, type, shape and bytes, as its header says them.

Only headers are read, by the same readers that describe a file; what a hostile header says is a list or a reason.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from holotype.domain.tensors import Tensor
from holotype.inspect import format_in
from holotype.inspect.details import FAULTS, gguf, numpy, onnx, safetensors, tflite
from holotype.inspect.details.counting import Count
from holotype.inspect.head import Head
from holotype.inspect.scanning.report import Unreadable, sentence
from holotype.inspect.window import TooMuch, Window

_READERS: dict[str, Callable[[Head, Count], dict[str, Any]]] = {
    "safetensors": safetensors.describe,
    "gguf": gguf.describe,
    "onnx": onnx.describe,
    "tflite": tflite.describe,
    "npy": numpy.describe,
    "npz": numpy.describe_archive,
}
FORMATS = tuple(_READERS)
"""The formats whose headers name their tensors. Others name them in a pickle, or nowhere."""
MOST = 50_000
_LONGEST_NAME = 500
_LARGEST = 2**53
_BITS = re.compile(r"(?:float|bfloat|int|uint|complex)(\d{1,3})(?:e\d.*)?")


@dataclass(frozen=True, slots=True)
class Listed:
    """The tensors of a file in the order of its header, how many there are, and the numbers in them.

    ``unreadable`` says why the header could not be read, or not to its end.
    """

    format: str | None
    tensors: tuple[Tensor, ...] = ()
    count: int = 0
    parameters: int = 0
    unreadable: str | None = None


class _List(Count):
    """A count that keeps what it counts, up to a number."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Tensor] = []

    def note(self, kind: str, shape: Sequence[int], name: str, size: int | None) -> None:
        if len(self.found) < MOST:
            known = size if size is not None else _size(kind, shape)
            fits = known is not None and 0 <= known <= _LARGEST
            self.found.append(Tensor(_text(name), _text(kind), tuple(shape), known if fits else None))


def list_tensors(path: str, window: Window) -> Listed:
    """Return the tensors of a file, judged by its bytes, whatever it is called."""
    head = Head(path.rpartition("/")[2], window, window.size)  # type: ignore[arg-type]  # it is read as a file is
    form = format_in(head)
    reader, made = _READERS.get(form or ""), _List()
    if reader is None:
        return Listed(form)
    window.seek(0)
    trouble = None
    try:
        reader(head, made)
    except TooMuch as error:
        trouble = f"Its header is too large: {error}."
    except Unreadable as error:
        trouble = sentence(error)
    except FAULTS as error:
        trouble = f"Its header is damaged ({type(error).__name__})."
    if form == "safetensors" and made.found and not any(one.name for one in made.found):
        made.found, trouble = [], trouble or "Its header is too long to be listed; the tensors are counted."
    elif made.tensors > MOST and trouble is None:
        trouble = f"The first {MOST:,} are listed."
    return Listed(form, tuple(made.found), made.tensors, made.told["parameters"], trouble)


def _size(kind: str, shape: Sequence[int]) -> int | None:
    """Return the bytes of numbers whose type says how many bits one has: ``float32``, ``int4``."""
    if kind == "bool":
        return math.prod(shape)
    bits = _BITS.fullmatch(kind)
    return None if bits is None else -(-math.prod(shape) * int(bits[1]) // 8)


def _text(value: str) -> str:
    """Return a name that can be written: without half characters, and not endless."""
    return value[:_LONGEST_NAME].encode("utf-8", "replace").decode()
