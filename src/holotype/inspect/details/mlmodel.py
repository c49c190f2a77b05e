"""What does an MLmodel file say of the model: flavours, what it takes and returns, the Python that it was made with?

    {"type": "double", "name": "age"}                          age: double
    {"type": "array", "items": {"type": "object", …}}          messages: array<{role: string, content?: string}>
    {"type": "tensor", "tensor-spec": {"dtype", "shape"}}      image: float32 [-1, 28, 28]

A column without a name is the ``input`` or ``output``, or one of several: ``output 1``, ``output 2``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from holotype.domain.provenance import Column, Schema
from holotype.inspect.details import plain_yaml
from holotype.inspect.scanning.report import Unreadable

COLUMNS = 10_000
_DEEPEST, _DIMENSIONS = 30, 64
_PACKAGES = {"sklearn": "scikit-learn", "pytorch": "torch"}
_NOTED = ("artifact_path", "mlflow_version", "model_id", "model_size_bytes", "model_uuid", "run_id", "utc_time_created")


@dataclass(frozen=True, slots=True)
class MLmodel:
    """An MLmodel file, read. ``columns`` are the signature's own JSON, ``left_out`` what of it is not in ``schema``.

    ``versions`` are those of the frameworks, as each flavour notes its own.
    """

    flavours: tuple[str, ...] = ()
    noted: Mapping[str, str] = field(default_factory=dict)
    loader: str | None = None
    python: str | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    schema: Schema | None = None
    columns: Mapping[str, list[Any]] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()


def read(content: bytes) -> MLmodel:
    """Return what a file says, or raise ``Unreadable`` with the reason."""
    said = plain_yaml.load(content)
    if not isinstance(said, dict) or not isinstance(said.get("flavors"), dict):
        raise Unreadable("it names no flavours")
    general = said["flavors"].get("python_function")
    general = general if isinstance(general, dict) else {}
    columns, left_out = _signature(said.get("signature"))
    return MLmodel(
        flavours=tuple(said["flavors"]),
        noted={key: said[key] for key in _NOTED if isinstance(said.get(key), str)},
        loader=_text(general.get("loader_module")),
        python=_text(general.get("python_version")),
        versions=dict(_versions(said["flavors"])),
        schema=_schema(columns, left_out),
        columns=columns,
        left_out=tuple(left_out),
    )


def _versions(flavours: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give the packages that flavours note a version of, as ``sklearn_version`` does."""
    for said in flavours.values():
        for key, value in said.items() if isinstance(said, dict) else ():
            package = key.removesuffix("_version")
            if package not in (key, "python") and isinstance(value, str):
                yield _PACKAGES.get(package, package), value


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _signature(said: Any) -> tuple[dict[str, list[Any]], list[str]]:
    """Return the lists that a signature holds as JSON, and what of it could not be read."""
    found: dict[str, list[Any]] = {}
    lost: list[str] = []
    for side in ("inputs", "outputs", "params"):
        text = said.get(side) if isinstance(said, dict) else None
        if not text:
            continue
        try:
            listed = json.loads(text) if isinstance(text, str) else text
            json.dumps(listed, ensure_ascii=False).encode()  # half a character is no text
        except (ValueError, RecursionError):
            listed = None
        if isinstance(listed, list):
            found[side] = listed
        else:
            lost.append(f"The {side} of the signature are not read.")
    return found, lost


def _schema(columns: Mapping[str, list[Any]], left_out: list[str]) -> Schema | None:
    if not columns:
        return None
    sides = {side: _columns(side.removesuffix("s"), columns.get(side, []), left_out) for side in columns}
    return Schema(sides.get("inputs", []), sides.get("outputs", []), sides.get("params") or None)


def _columns(side: str, listed: list[Any], left_out: list[str]) -> list[Column]:
    found: list[Column] = []
    for place, one in enumerate(listed[:COLUMNS], 1):
        unnamed = side if len(listed) == 1 else f"{side} {place}"
        try:
            found.append(_column(one, unnamed))
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
            left_out.append(f"{unnamed[0].upper()}{unnamed[1:]} of the signature is not read.")
    if len(listed) > COLUMNS:
        left_out.append(f"The signature has {len(listed):,} {side}s; the first {COLUMNS:,} are on record.")
    return found


def _column(said: Mapping[str, Any], unnamed: str) -> Column:
    name = said.get("name")
    optional = True if said.get("required") is False or "default" in said else None
    tensor = said.get("tensor-spec")
    kind, shape = (tensor["dtype"], tensor["shape"]) if tensor else (_type(said, 0), said.get("shape"))
    if not isinstance(kind, str):
        raise TypeError("a type that is none")
    shown = str(name) if name is not None and str(name) else unnamed
    return Column(shown, kind, None if shape is None else _shape(shape), optional)


def _shape(said: Any) -> list[int]:
    if not isinstance(said, list) or len(said) > _DIMENSIONS or any(type(one) is not int for one in said):
        raise TypeError("a shape that is none")
    if any(abs(one) >= 2**53 for one in said):
        raise ValueError("a dimension that JSON cannot carry")
    return said


def _type(said: Any, depth: int) -> str:
    """Return a type as text; what it is made of stands in brackets."""
    if depth > _DEEPEST:
        raise ValueError("nested too deeply")
    if isinstance(said, str):
        return said
    kind = said["type"]
    if kind == "array":
        return f"array<{_type(said['items'], depth + 1)}>"
    if kind == "map":
        return f"map<{_type(said['values'], depth + 1)}>"
    if kind == "object":
        parts = (
            f"{name}{'?' if one.get('required') is False else ''}: {_type(one, depth + 1)}"
            for name, one in sorted(said["properties"].items())
        )
        return f"{{{', '.join(parts)}}}"
    if not isinstance(kind, str):
        raise TypeError("a type that is none")
    return kind
