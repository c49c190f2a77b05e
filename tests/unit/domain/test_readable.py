from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from holotype.domain.readable import age

NOW = datetime(2026, 5, 1, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("until", "words"),
    [
        (7 * DAY - timedelta(seconds=5), "in 7 d"),
        (90 * DAY - timedelta(seconds=5), "in 3 mo"),
        (DAY / 2 - timedelta(seconds=9), "in 12 h"),
        (timedelta(minutes=59, seconds=50), "in 1 h"),
        (365 * DAY - timedelta(seconds=3), "in 12 mo"),
        (20 * DAY, "in 20 d"),
        (timedelta(seconds=20), "in a moment"),
    ],
)
def test_the_future_is_rounded(until: timedelta, words: str) -> None:
    """What was given seven days a moment ago does not end in six."""
    assert age(NOW + until, NOW) == words


@pytest.mark.parametrize(
    ("since", "words"), [(7 * DAY - timedelta(seconds=5), "6 d ago"), (timedelta(seconds=59), "just now")]
)
def test_of_the_past_whole_units_are_counted(since: timedelta, words: str) -> None:
    """A day has passed when it is over."""
    assert age(NOW - since, NOW) == words
