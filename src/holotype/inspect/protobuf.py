"""Is it ONNX, Core ML or a TensorFlow SavedModel? Protocol buffers have no magic number: fields tell."""

from __future__ import annotations

from holotype.inspect.head import Head

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_MOST_FIELDS = 200
_ONNX = frozenset({1, 2, 3, 4, 5, 6, 7, 8, 14, 20, 25, 26})
_ONNX_GRAPH, _ONNX_OPSETS = 7, 8
_COREML_TYPES = range(200, 3001)


def sniff(head: Head) -> str | None:
    """Return ``onnx``, ``coreml``, ``savedmodel`` or None."""
    if head.first[:1] != b"\x08":
        return None
    fields = _fields(head)
    if fields is None:
        return None
    kinds = dict(fields)
    if head.name.endswith(".pb") or set(kinds) == {1, 2}:
        return "savedmodel" if kinds == {1: _VARINT, 2: _BYTES} and head.name.endswith(".pb") else None
    if kinds.get(2) == _BYTES and any(number in _COREML_TYPES for number in kinds):
        return "coreml"
    known = set(kinds) <= _ONNX and kinds.get(_ONNX_GRAPH) == _BYTES
    return "onnx" if known and (kinds.get(_ONNX_OPSETS) == _BYTES or head.name.endswith(".onnx")) else None


def _fields(head: Head) -> list[tuple[int, int]] | None:
    """Return number and kind of each field at the top, or None for what is not a whole message."""
    found: list[tuple[int, int]] = []
    at = 0
    while at < head.size and len(found) < _MOST_FIELDS:
        tag, at = _varint(head, at)
        number, kind = tag >> 3, tag & 7
        if kind == _VARINT:
            _, at = _varint(head, at)
        elif kind == _BYTES:
            length, at = _varint(head, at)
            at += length
        elif kind in (_FIXED64, _FIXED32):
            at += 8 if kind == _FIXED64 else 4
        else:
            return None
        if number == 0 or at > head.size:
            return None
        found.append((number, kind))
    return found


def _varint(head: Head, at: int) -> tuple[int, int]:
    data = head.first[at : at + 10] if at + 10 <= len(head.first) else head.read(at, 10)
    value = 0
    for shift, byte in enumerate(data):
        value |= (byte & 0x7F) << (7 * shift)
        if byte < 0x80:
            return value, at + shift + 1
    raise ValueError("not a varint")
