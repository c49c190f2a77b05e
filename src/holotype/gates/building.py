"""How does what a policy says about a gate become the gate? Each setting is read by the type that the gate declares.

    str                 a text                     int, float      a number, finite
    bool                true or false              timedelta       "30d", "12h", "90m" or "45s"
    tuple[str, ...]     a list of texts            Literal["a"]    one of these words
    T | None            T, or left out

What is misspelt, missing, of another type or at odds with another setting is refused with a sentence.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Mapping
from dataclasses import MISSING, fields
from datetime import timedelta
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from holotype.errors import Invalid
from holotype.gates.base import Gate

_LONGEST, _MOST, _LARGEST = 10_000, 1_000, 2**53
_DURATION = re.compile(r"([0-9]{1,6})([dhms])")
_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


def read(kind: type[Gate], values: Mapping[str, object]) -> Gate:
    """Return the gate with the settings of a policy, or raise ``Invalid``."""
    types = settings_of(kind)
    for name in values:
        if name not in types:
            near = difflib.get_close_matches(str(name), types, 1)
            hint = f"Did you mean {near[0]!r}?" if near else f"Settings: {', '.join(types) or 'none'}."
            raise Invalid(f"The gate {kind.name} has no setting {str(name)[:80]!r}.", hint=hint)
    lacking = [one.name for one in fields(kind) if one.default is MISSING and one.name not in values]
    if lacking:
        raise Invalid(f"The gate {kind.name} needs the setting {lacking[0]!r}.", hint=_help(kind, lacking[0]))
    made = kind(**{name: _value(kind, name, types[name], value) for name, value in values.items()})
    wrong = made.check()
    if wrong is not None:
        raise Invalid(f"The gate {kind.name}: {wrong}")
    return made


@lru_cache(maxsize=256)
def settings_of(kind: type[Gate]) -> dict[str, Any]:
    """Return the settings of a gate and their types."""
    hints = get_type_hints(kind)
    return {one.name: hints[one.name] for one in fields(kind)}


def named(wanted: Any) -> str:
    """Return what people call a type."""
    if get_origin(wanted) is Literal:
        return " or ".join(f'"{word}"' for word in get_args(wanted))
    if get_origin(wanted) in (Union, UnionType):
        return named(next(one for one in get_args(wanted) if one is not NoneType))
    return _NAMES[wanted]


def _value(kind: type[Gate], name: str, wanted: Any, value: object) -> object:
    plain = wanted
    if get_origin(wanted) in (Union, UnionType):
        plain = next(one for one in get_args(wanted) if one is not NoneType)
    found = _words(plain, value) if get_origin(plain) is Literal else _READERS[plain](value)
    if found is None:
        shown = repr(value)[:80]
        hint = _help(kind, name)
        raise Invalid(f"The setting {name!r} of the gate {kind.name} is {named(wanted)}, not {shown}.", hint=hint)
    return found


def _help(kind: type[Gate], name: str) -> str | None:
    return next((one.metadata.get("help") for one in fields(kind) if one.name == name), None)


def _words(wanted: Any, value: object) -> str | None:
    return value if isinstance(value, str) and value in get_args(wanted) else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() and len(value) <= _LONGEST else None


def _truth(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _LARGEST else None


def _number(value: object) -> float | None:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    whole = _whole(value)
    return None if whole is None else float(whole)


def _texts(value: object) -> tuple[str, ...] | None:
    if not isinstance(value, (list, tuple)) or len(value) > _MOST or not all(map(_text, value)):
        return None
    return tuple(value)


def _duration(value: object) -> timedelta | None:
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    return None if found is None else timedelta(**{_UNITS[found[2]]: int(found[1])})


_READERS: dict[Any, Any] = {
    str: _text,
    bool: _truth,
    int: _whole,
    float: _number,
    tuple[str, ...]: _texts,
    timedelta: _duration,
}
_NAMES: dict[Any, str] = {
    str: "a text",
    bool: "true or false",
    int: "a whole number",
    float: "a finite number",
    tuple[str, ...]: "a list of texts",
    timedelta: 'a time such as "30d", "12h" or "90m"',
}
