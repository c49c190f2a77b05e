"""When is a token over? As soon as its time is, as the door has it, or when it was revoked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from holotype.domain.entities import Token

NOW = datetime(2026, 1, 2, tzinfo=UTC)
ENDLESS = Token("id", "ada", "laptop", "admin", "registry", NOW - timedelta(days=1), None)


@pytest.mark.parametrize(
    ("token", "over"),
    [
        (ENDLESS, False),
        (replace(ENDLESS, expires_at=NOW + timedelta(seconds=1)), False),
        (replace(ENDLESS, expires_at=NOW), True),
        (replace(ENDLESS, revoked_at=NOW), True),
        (replace(ENDLESS, expires_at=NOW + timedelta(days=1), revoked_at=NOW), True),
    ],
)
def test_it_is_over_when_its_time_is_or_when_it_was_revoked(token: Token, over: bool) -> None:
    """To the moment: a token that ends now opens nothing now."""
    assert token.is_over(NOW) is over
