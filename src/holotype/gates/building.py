"""How does what a policy says about a gate become the gate? Each setting is read by the type that the gate declares.

    str                 a text                     int, float      a number, finite
    Bytes               a number or "20 GiB"
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
from dataclasses import MISSING, Field, dataclass, fields
from datetime import timedelta
from functools import lru_cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from holotype.errors import Invalid
from holotype.gates.base import Bytes, Gate

_LONGEST, _MOST, _LARGEST = 10_000, 1_000, 2**53
_DURATION = re.compile(r"([0-9]{1,6})([dhms])")
_SIZE = re.compile(r"([0-9]{1,9}) ?([KMGT]i?B)")
_SIZES = {f"{letter}{i}B": (1024 if i else 1000) ** power for power, letter in enumerate("KMGT", 1) for i in ("", "i")}
_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


def read(kind: type[Gate], values: Mapping[str, object]) -> Gate:
    """Return the gate with the settings of a policy, or raise ``Invalid``."""
    known = settings_of(kind)
    for name in values:
        if name not in known:
            near = difflib.get_close_matches(str(name), known, 1)
            hint = f"Did you mean {near[0]!r}?" if near else f"Settings: {', '.join(known) or 'none'}."
            raise Invalid(f"The gate {kind.gate} has no setting {str(name)[:80]!r}.", hint=hint)
    lacking = next((one for one in known.values() if one.required and one.name not in values), None)
    if lacking is not None:
        raise Invalid(f"The gate {kind.gate} needs the setting {lacking.name!r}.", hint=lacking.help)
    made = kind(**{name: _value(kind, known[name], value) for name, value in values.items()})
    wrong = made.check()
    if wrong is not None:
        raise Invalid(f"The gate {kind.gate}: {wrong}")
    return made


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting of a gate: its name, its type, its line of help, and whether it has to be given."""

    name: str
    type: Any
    help: str
    required: bool
    default: object


@lru_cache(maxsize=256)
def settings_of(kind: type[Gate]) -> dict[str, Setting]:
    """Return the settings of a gate under their names."""
    hints = get_type_hints(kind, include_extras=True)
    return {one.name: _setting(one, hints[one.name]) for one in fields(kind)}


def _setting(one: Field[Any], hint: Any) -> Setting:
    wanted, *said = get_args(hint) if get_origin(hint) is Annotated else (hint,)
    if get_origin(wanted) in (Union, UnionType):
        wanted = next(part for part in get_args(wanted) if part is not NoneType)
    return Setting(one.name, wanted, str(said[0]) if said else "", one.default is MISSING, one.default)


def named(wanted: Any) -> str:
    """Return what people call a type."""
    if get_origin(wanted) is Literal:
        return " or ".join(f'"{word}"' for word in get_args(wanted))
    return _NAMES[wanted]


def _value(kind: type[Gate], setting: Setting, value: object) -> object:
    wanted = setting.type
    found = _words(wanted, value) if get_origin(wanted) is Literal else _READERS[wanted](value)
    if found is None:
        what = f"The setting {setting.name!r} of the gate {kind.gate} is {named(wanted)}"
        raise Invalid(f"{what}, not {repr(value)[:80]}.", hint=setting.help)
    return found


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


def _bytes(value: object) -> int | None:
    found = _SIZE.fullmatch(value) if isinstance(value, str) else None
    return _whole(value) if found is None else int(found[1]) * _SIZES[found[2]]


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
    Bytes: _bytes,
}
_NAMES: dict[Any, str] = {
    str: "a text",
    bool: "true or false",
    int: "a whole number",
    float: "a finite number",
    tuple[str, ...]: "a list of texts",
    Bytes: 'a size such as 1000000 or "20 GiB"',
    timedelta: 'a time such as "30d", "12h" or "90m"',
}
