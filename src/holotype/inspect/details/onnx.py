"""What does an ONNX model say about itself? Its protocol buffer is walked field by field; weights are passed over."""

from __future__ import annotations

from typing import Any

from holotype.inspect.details.counting import Count
from holotype.inspect.details.messages import BYTES, VARINT, Message

_NUMBERED = (
    "undefined float32 uint8 int8 uint16 int16 int32 int64 string bool float16 float64 uint32 uint64 complex64 "
    "complex128 bfloat16 float8e4m3fn float8e4m3fnuz float8e5m2 float8e5m2fnuz uint4 int4 float4e2m1"
)
_TYPES = dict(enumerate(_NUMBERED.split()))
_MOST_KEPT = 64
_STANDARD = frozenset({"", "ai.onnx", "ai.onnx.ml", "ai.onnx.training", "ai.onnx.preview.training"})


def describe(head: Any, count: Count | None = None) -> dict[str, Any]:
    """Return versions, operator sets, inputs, outputs, and the initialisers by type."""
    count = count or Count()
    told: dict[str, Any] = {}
    opset: dict[str, int] = {}
    for number, kind, field in Message.of(head).fields():
        if number == 1 and kind == VARINT:
            told["ir_version"] = field.number
        elif number in (2, 3) and kind == BYTES:
            told["producer" if number == 2 else "producer_version"] = field.text()
        elif number == 8 and kind == BYTES and len(opset) < _MOST_KEPT:
            told_set = dict(_opset(field))
            opset[str(told_set.get("domain", "")) or "ai.onnx"] = int(told_set.get("version", 0))
        elif number == 7 and kind == BYTES:
            told |= _graph(field, count)
    custom = sorted(set(opset) - _STANDARD)
    return told | {"opset": opset} | ({"custom_domains": custom} if custom else {})


def _opset(message: Message) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for number, kind, field in message.fields():
        if number == 1 and kind == BYTES:
            found.append(("domain", field.text()))
        elif number == 2 and kind == VARINT:
            found.append(("version", field.number))
    return found


def _graph(message: Message, count: Count) -> dict[str, Any]:
    nodes = 0
    inputs: list[dict[str, Any]] = []
    outputs: list[dict[str, Any]] = []
    external: set[str] = set()
    for number, kind, field in message.fields():
        if kind != BYTES:
            continue
        if number == 1:
            nodes += 1
        elif number == 5:
            _tensor(field, count, external)
        elif number in (11, 12) and len(inputs if number == 11 else outputs) < _MOST_KEPT:
            (inputs if number == 11 else outputs).append(_value(field))
    told = count.told | {"nodes": nodes, "inputs": inputs, "outputs": outputs}
    return told | ({"external_data": sorted(external)} if external else {})


def _tensor(message: Message, count: Count, external: set[str]) -> None:
    shape: list[int] = []
    kind_of, name = 0, ""
    for number, kind, field in message.fields():
        if number == 1:
            shape += field.numbers() if kind == BYTES else [field.number]
        elif number == 2 and kind == VARINT:
            kind_of = field.number
        elif number == 8 and kind == BYTES:
            name = field.text()
        elif number == 13 and kind == BYTES and len(external) < _MOST_KEPT:
            pair = {key: field.text() for key, kind, field in field.fields() if kind == BYTES}
            if pair.get(1) == "location":
                external.add(pair.get(2, "")[:200])
    count.add(_TYPES.get(kind_of, f"type {kind_of}"), shape, name)


def _value(message: Message) -> dict[str, Any]:
    """Return name, type and shape of an input or output; an open dimension is a text."""
    told: dict[str, Any] = {}
    for number, kind, field in message.fields():
        if number == 1 and kind == BYTES:
            told["name"] = field.text()
        elif number == 2 and kind == BYTES:
            for inner, inner_kind, tensor in field.fields():
                if inner == 1 and inner_kind == BYTES:
                    told |= _tensor_type(tensor)
    return told


def _tensor_type(message: Message) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for number, kind, field in message.fields():
        if number == 1 and kind == VARINT:
            told["type"] = _TYPES.get(field.number, f"type {field.number}")
        elif number == 2 and kind == BYTES:
            told["shape"] = [_dimension(one) for n, k, one in field.fields() if n == 1 and k == BYTES][:_MOST_KEPT]
    return told


def _dimension(message: Message) -> int | str | None:
    for number, kind, field in message.fields():
        if number == 1 and kind == VARINT:
            return field.number
        if number == 2 and kind == BYTES:
            return field.text()
    return None
