"""How do people read sizes, ages and numbers? The same in a terminal and on a page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_UNITS = ("KiB", "MiB", "GiB", "TiB", "PiB")
_AGES = ((365 * 86_400, "y"), (30 * 86_400, "mo"), (86_400, "d"), (3_600, "h"), (60, "min"))


def size(count: int) -> str:
    """Return bytes as people read them: ``512 B``, ``1.5 KiB``, ``20.0 MiB``."""
    if abs(count) < 1024:
        return f"{count} B"
    value = float(count)
    for unit in _UNITS:
        value /= 1024
        if abs(value) < 1023.95 or unit == _UNITS[-1]:
            break
    return f"{value:.1f} {unit}"


def age(value: datetime, now: datetime | None = None) -> str:
    """Return how long ago a moment was: ``3 h ago``; or how long until it comes: ``in 3 h``.

    Of the past whole units are counted; the future is rounded: what was given seven days just now ends ``in 7 d``.
    """
    seconds = ((now or datetime.now(UTC)) - value).total_seconds()
    if seconds < 0:
        return _until(-seconds)
    return next((f"{int(seconds // span)} {unit} ago" for span, unit in _AGES if seconds >= span), "just now")


def _until(seconds: float) -> str:
    for span, _ in reversed(_AGES):  # a minute that is nearly an hour is one
        if seconds >= span:
            seconds = round(seconds / span) * span
    return next((f"in {round(seconds / span)} {unit}" for span, unit in _AGES if seconds >= span), "in a moment")


def span(value: timedelta) -> str:
    """Return a length of time in its largest whole unit: ``24 h``, ``7 d``."""
    seconds = int(value.total_seconds())
    return next(
        (f"{seconds // size} {unit}" for size, unit in _AGES if seconds >= size and seconds % size == 0), f"{seconds} s"
    )


def number(value: float) -> str:
    """Return a number with at most six significant digits, integers in full."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else f"{value:.6g}"


def scalar(value: object) -> str:
    """Return a parameter's value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def plural(count: int, noun: str) -> str:
    """Return a count with its noun: ``1 file``, ``1,200 files``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
