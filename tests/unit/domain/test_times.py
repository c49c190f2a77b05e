"""Are moments written as RFC 3339 has them?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from holotype.domain import times


@given(st.datetimes(timezones=st.timezones()))
def test_a_moment_is_written_with_microseconds_in_utc(moment: datetime) -> None:
    """Whatever its zone: what is read back is the same moment."""
    try:
        there = moment.astimezone(UTC)
    except OverflowError:  # a year before the first or after the last
        return
    text = times.text(moment)
    assert len(text) == len("2026-01-02T03:04:05.678901Z")
    assert datetime.fromisoformat(text) == there
    assert text == times.text_of(times.to_micros(moment))


def test_a_zone_moves_the_hours() -> None:
    """Two o'clock two hours east of Greenwich is midnight."""
    east = datetime(2026, 1, 2, 2, 0, 0, 7, tzinfo=timezone(timedelta(hours=2)))
    assert times.text(east) == "2026-01-02T00:00:00.000007Z"
