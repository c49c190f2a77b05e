"""How are the values of a query written? Numbers, sizes (``1GB``), moments (``2026-01-31``) and ages (``7d``)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from holotype.domain import lifecycle, names, references, times
from holotype.domain.query_fields import Field, Kind
from holotype.domain.query_tree import Age, Anything, Moment, Number, Prefix, Size, Value
from holotype.errors import HolotypeError

_NUMBER = re.compile(r"[+-]?(\d{1,400}(\.\d{0,400})?|\.\d{1,400})([eE][+-]?\d{1,4})?")
_SIZE = re.compile(r"(\d{1,15}(?:\.\d{1,6})?)\s*([kKmMgGtTpP]?)(i?)[bB]?")
_AGE = re.compile(r"(\d{1,9})\s*(s|min|m|h|d|w|mo|y)")
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_DIGEST = re.compile(r"(?:sha256:)?([0-9a-f]{8,64})")
_SECONDS = {
    "s": 1,
    "min": 60,
    "m": 60,
    "h": 3_600,
    "d": 86_400,
    "w": 7 * 86_400,
    "mo": 30 * 86_400,
    "y": 365 * 86_400,
}
_LARGEST = 2**62

EXPECTED: dict[Kind, str] = {
    Kind.TEXT: "a word, or text in double quotes",
    Kind.STAGE: f"a stage such as {', '.join(lifecycle.STAGES)}",
    Kind.NUMBER: "a number such as 0.9",
    Kind.SCALAR: "a word, a number, or text in double quotes",
    Kind.SIZE: "a size such as 500MB or 2GiB",
    Kind.MOMENT: "a date (2026-01-31), a time (2026-01-31T12:00:00Z) or an age (7d, 12h)",
    Kind.REFERENCE: "a reference such as risk/fraud:7",
    Kind.DIGEST: "a digest, or at least 8 of its hex digits",
}


def read(field: Field, operator: str, text: str, *, quoted: bool, starred: bool) -> Value | None:
    """Return the value of a term, or nothing where the text is not one; ``starred`` says that a ``*`` followed."""
    if starred:
        return _starred(field, operator, text)
    if not text:
        return None if field.kind not in {Kind.TEXT, Kind.SCALAR} or not quoted else ""
    if field.kind == Kind.SCALAR:
        return _scalar(text, quoted=quoted, ordered=operator not in {"=", "!="})
    return _READERS[field.kind](text)


def number(text: str) -> Number | None:
    """Read a finite number."""
    if not _NUMBER.fullmatch(text):
        return None
    value = float(text)
    return Number(value, text) if math.isfinite(value) else None


def moment(text: str) -> Moment | Age | None:
    """Read a year, month, day, RFC 3339 time or an age."""
    age = _AGE.fullmatch(text)
    if age:
        return Age(int(age[1]) * _SECONDS[age[2]] * 1_000_000, text)
    try:
        return _date(text) or _instant(text)
    except (ValueError, OverflowError):
        return None


def _starred(field: Field, operator: str, text: str) -> Value | None:
    if operator not in {"=", "!="}:
        return None
    if not text:
        return Anything() if field.keyed or field.name in {"alias", "run", "source"} else None
    return Prefix(text) if field.kind in {Kind.TEXT, Kind.SCALAR} else None


def _scalar(text: str, *, quoted: bool, ordered: bool) -> Value | None:
    found = None if quoted else number(text)
    return found if found is not None or ordered else text


def _date(text: str) -> Moment | None:
    found = _DATE.fullmatch(text)
    if not found:
        return None
    year, month, day = int(found[1]), int(found[2] or 1), int(found[3] or 1)
    start = datetime(year, month, day, tzinfo=UTC)
    if found[3]:
        end = start + timedelta(days=1)
    elif found[2]:
        end = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    else:
        end = datetime(year + 1, 1, 1, tzinfo=UTC)
    return Moment(times.to_micros(start), times.to_micros(end), text)


def _instant(text: str) -> Moment | None:
    if "T" not in text or len(text) > 40:
        return None
    start = times.to_micros(datetime.fromisoformat(text))
    return Moment(start, start + (1 if "." in text else 1_000_000), text)


def _size(text: str) -> Size | None:
    found = _SIZE.fullmatch(text)
    if not found or (found[3] and not found[2]):
        return None
    power = "kmgtp".index(found[2].lower()) + 1 if found[2] else 0
    size = int(float(found[1]) * (1024 if found[3] else 1000) ** power)
    return Size(size, text) if size < _LARGEST else None


def _stage(text: str) -> str | None:
    return text if names.is_component(text) else None


def _reference(text: str) -> str | None:
    """Return our references in their full form, and any other address as it is."""
    try:
        return str(references.parse(text))
    except HolotypeError:
        return text if names.printable(text) else None


def _digest(text: str) -> str | None:
    found = _DIGEST.fullmatch(text)
    return f"sha256:{found[1]}" if found else None


_READERS: dict[Kind, Callable[[str], Value | None]] = {
    Kind.TEXT: str,
    Kind.STAGE: _stage,
    Kind.NUMBER: number,
    Kind.SIZE: _size,
    Kind.MOMENT: moment,
    Kind.REFERENCE: _reference,
    Kind.DIGEST: _digest,
}
