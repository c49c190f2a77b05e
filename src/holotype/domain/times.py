"""How are moments kept? As whole microseconds since 1970 in UTC, the same in every database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND, _MILLISECOND = timedelta(microseconds=1), timedelta(milliseconds=1)
_KNOWN = 16_384
"""So many moments are kept: a row has several that are the same, and a page is asked for again."""


def now() -> datetime:
    """Return the present moment, in UTC."""
    return datetime.now(UTC)


def to_micros(moment: datetime) -> int:
    """Return a moment as microseconds since 1970; a moment without a zone counts as UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - _EPOCH) // _MICROSECOND


def to_millis(moment: datetime) -> int:
    """Return a moment with a zone as milliseconds since 1970."""
    return (moment - _EPOCH) // _MILLISECOND


@lru_cache(maxsize=_KNOWN)
def from_micros(micros: int) -> datetime:
    """Return the moment, in UTC, that many microseconds after 1970."""
    return _EPOCH + timedelta(0, 0, micros)  # by place: by name it takes twice as long


def text(moment: datetime) -> str:
    """Return the RFC 3339 form with microseconds and a ``Z``."""
    return text_of(to_micros(moment))


def text_of(micros: int) -> str:
    """Return the RFC 3339 form of a moment that is kept as microseconds since 1970."""
    second, rest = divmod(micros, 10**6)
    return f"{_second(second)}.{rest:06d}Z"


@lru_cache(maxsize=_KNOWN)
def _second(second: int) -> str:
    return (_EPOCH + timedelta(0, second)).isoformat()[:19]
