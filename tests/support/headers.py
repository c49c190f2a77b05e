"""How do tests get files of formats whose libraries are not installed? Written by hand, as their specifications say."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Sequence


def safetensors(tensors: dict[str, tuple[str, Sequence[int]]], **metadata: str) -> bytes:
    """Return a file of tensors of a type and a shape, two bytes of data each."""
    header: dict[str, object] = {"__metadata__": metadata} if metadata else {}
    for place, (name, (kind, shape)) in enumerate(tensors.items()):
        header[name] = {"dtype": kind, "shape": list(shape), "data_offsets": [2 * place, 2 * place + 2]}
    encoded = json.dumps(header).encode()
    return struct.pack("<Q", len(encoded)) + encoded + bytes(2 * len(tensors))


def _text(value: str) -> bytes:
    return struct.pack("<Q", len(value)) + value.encode()


def gguf() -> bytes:
    """Return a model of two tensors: 32 float32 and 64 quantised numbers, with a vocabulary of three."""
    pairs = _text("general.architecture") + struct.pack("<I", 8) + _text("llama")
    pairs += _text("llama.context_length") + struct.pack("<II", 4, 4096)
    pairs += _text("tokenizer.ggml.tokens") + struct.pack("<IIQ", 9, 8, 3) + _text("a") + _text("b") + _text("c")
    infos = _text("token_embd.weight") + struct.pack("<IQQIQ", 2, 4, 8, 0, 0)
    infos += _text("output.weight") + struct.pack("<IQIQ", 1, 64, 12, 128)
    return b"GGUF" + struct.pack("<IQQ", 3, 2, 3) + pairs + infos + bytes(256)


def varint(value: int) -> bytes:
    """Return a number as protocol buffers write it."""
    found = bytearray()
    while value >= 0x80:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])


def field(number: int, value: int | bytes | str) -> bytes:
    """Return a field of a message."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    raw = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(raw)) + raw


def onnx() -> bytes:
    """Return a model with one node, a float32 weight of 3 by 4, an int64 bias of 4, and an open batch size."""
    weight = field(1, 3) + field(1, 4) + field(2, 1) + field(8, "w") + field(9, bytes(48))
    bias = field(1, varint(4)) + field(2, 7) + field(8, "b") + field(9, bytes(32))
    shape = field(1, field(2, "batch")) + field(1, field(1, 3))
    source = field(1, "x") + field(2, field(1, field(1, 1) + field(2, shape)))
    target = field(1, "y") + field(2, field(1, field(1, 1)))
    graph = field(1, field(4, "Gemm")) + field(2, "g") + field(5, weight) + field(5, bias)
    graph += field(11, source) + field(12, target)
    opset = field(8, field(2, 21)) + field(8, field(1, "com.acme") + field(2, 1))
    return field(1, 10) + field(2, "pytorch") + field(3, "2.9") + field(7, graph) + opset


MLMODEL = b"""artifact_path: model
flavors:
  python_function:
    env: conda.yaml
    loader_module: mlflow.sklearn
  sklearn:
    code: null
    pickled_model: model.pkl
mlflow_version: 3.17.0
run_id: 1b2c
signature:
  inputs: '[{"type": "double", "name": "amount", "required": true}, {"type": "string",
    "name": "country", "required": true}]'
  outputs: '[{"type": "long", "required": true}]'
  params: null
"""


Part = Callable[[bytearray], int]
"""Writes something at the end of a flatbuffer and returns where; what it refers to comes after it."""


def _put(made: bytearray, content: bytes) -> int:
    made.extend(bytes(-len(made) % 4))
    place = len(made)
    made.extend(content)
    return place


def table(*fields: int | Part | None) -> Part:
    """Return a table whose fields are numbers of four bytes, or what they refer to."""

    def write(made: bytearray) -> int:
        offsets = [0 if one is None else 4 + 4 * place for place, one in enumerate(fields)]
        places = _put(made, struct.pack(f"<HH{len(fields)}H", 4 + 2 * len(fields), 4 + 4 * len(fields), *offsets))
        at = _put(made, bytes(4 + 4 * len(fields)))
        struct.pack_into("<i", made, at, at - places)
        _fill(made, at + 4, fields)
        return at

    return write


def vector(*items: int | Part | None) -> Part:
    """Return a list of numbers, or of tables."""

    def write(made: bytearray) -> int:
        at = _put(made, struct.pack("<I", len(items)) + bytes(4 * len(items)))
        _fill(made, at + 4, items)
        return at

    return write


def _fill(made: bytearray, at: int, values: Sequence[int | Part | None]) -> None:
    for number, one in enumerate(values):
        place = at + 4 * number
        if callable(one):
            struct.pack_into("<I", made, place, one(made) - place)
        elif one is not None:
            struct.pack_into("<I", made, place, one)


def tflite() -> bytes:
    """Return a model of one graph with a constant tensor of 2 by 3 float32 and an input without values."""
    made = bytearray(b"\0\0\0\0TFL3")
    shape = vector(2, 3)
    tensors = vector(table(shape, 0, 1), table(shape, 0, 0))
    graph = table(tensors, None, None, vector(table(None)))
    buffers = vector(table(None), table(vector(1, 2, 3, 4, 5, 6)))
    model = table(3, None, vector(graph), None, buffers)(made)
    struct.pack_into("<I", made, 0, model)
    return bytes(made)
