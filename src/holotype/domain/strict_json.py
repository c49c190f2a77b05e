"""Which JSON can be trusted to mean one thing? UTF-8, each key once, finite exact numbers, no nesting without end.

Readers disagree about everything else: a key given twice, NaN, half a character, numbers beyond 2**53. What is kept as
evidence, and what a signature covers, must not say one thing to us and another to whoever reads it next.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

from holotype.errors import Invalid

DEEPEST = 64
_EXACT = 2**53


def loads(content: bytes, what: str) -> Any:
    """Return the value that JSON text holds, or raise ``Invalid`` with a sentence that names it as ``what``."""
    try:
        value = json.loads(
            content.decode("utf-8"),
            object_pairs_hook=_once,
            parse_float=_finite,
            parse_int=_exact,
            parse_constant=_never,
        )
    except UnicodeDecodeError as error:
        raise Invalid(f"The {what} is not UTF-8 text.") from error
    except RecursionError as error:
        raise Invalid(f"The {what} is nested too deeply.") from error
    except _RefusedError as error:
        raise Invalid(f"The {what} {error}.") from error
    except ValueError as error:
        raise Invalid(f"The {what} is not JSON: {str(error)[:200]}.") from error
    _check(value, what)
    return value


class _RefusedError(Exception):
    """What the JSON holds that is refused here."""


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise _RefusedError(f"has {twice[:80]!r} twice")
    return found


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise _RefusedError(f"holds {text[:40]}, which no number can carry")
    return value


def _exact(text: str) -> int:
    if len(text) > 17 or not -_EXACT < (value := int(text)) < _EXACT:
        raise _RefusedError(f"holds the number {text[:40]}, which JSON cannot carry exactly")
    return value


def _never(text: str) -> None:
    raise _RefusedError(f"holds {text}, which is not JSON")


def _check(value: Any, what: str) -> None:
    """Walk without recursion: nesting has an end, and every text is whole characters."""
    level: list[Any] = [value]
    for _ in range(DEEPEST):
        below: list[Any] = []
        for item in level:
            if isinstance(item, str):
                _whole(item, what)
            elif isinstance(item, dict):
                below.extend(item)
                below.extend(item.values())
            elif isinstance(item, list):
                below.extend(item)
        if not below:
            return
        level = below
    raise Invalid(f"The {what} is nested more than {DEEPEST} levels deep.")


def _whole(text: str, what: str) -> None:
    if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
        raise Invalid(f"The {what} holds half a character.")
