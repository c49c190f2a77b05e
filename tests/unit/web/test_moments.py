"""How is a moment written on a page?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from holotype.web import rendering

NOW = datetime(2026, 5, 1, 9, 30, tzinfo=UTC)


def test_a_moment_is_an_age_with_the_exact_moment_on_hover() -> None:
    """Machines read it in ``datetime``, people in ``title``, both in UTC whatever zone it came in."""
    moment = datetime(2026, 5, 1, 8, 15, 7, 250_000, tzinfo=timezone(timedelta(hours=2)))
    assert rendering._time(moment, NOW) == (
        '<time datetime="2026-05-01T06:15:07.250000+00:00" title="2026-05-01 06:15:07 UTC">3 h ago</time>'
    )
    assert ">in 2 d<" in rendering._time(NOW + timedelta(days=2, minutes=1), NOW)


def test_no_moment_is_no_text() -> None:
    """Neither the word None nor an element without a date."""
    assert rendering._time(None, NOW) == ""
