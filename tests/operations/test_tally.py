"""Are versions counted as a search finds them, and no further than asked for?"""

from __future__ import annotations

import pytest

from holotype.errors import Invalid
from holotype.operations.call import Call
from holotype.operations.search_versions import search_versions
from holotype.operations.tally_versions import tally_versions
from tests.support.people import member, signed_in
from tests.support.registry import Desk


def more(desk: Desk, number: int) -> None:
    """Register another version."""
    content = f"c{number}".encode()
    desk.held(content, namespace="risk")
    desk.register("risk/churn", content)


def test_a_tally_counts_what_a_search_finds(desk: Desk, boss: str) -> None:
    """In the same order, what the caller may see alone."""
    for number in range(4):
        more(desk, number)
    everybody, some = signed_in(desk, boss), signed_in(desk, member(desk, boss, "rita", ("reader", "risk/fraud")))
    for call in (everybody, some):
        found = search_versions(call, "namespace:risk", sort="-changed", limit=3).items
        tally = tally_versions(call, "namespace:risk", sort="-changed", limit=3)
        assert list(tally.items) == found
        assert (tally.count, tally.more) == (6 if call is everybody else 1, False)
    assert tally_versions(everybody, "stage:production").count == 0


def test_a_tally_ends_at_its_bound(desk: Desk, boss: str) -> None:
    """It says that there are more, and asks for no more rows than that takes."""
    for number in range(4):
        more(desk, number)
    tally = tally_versions(signed_in(desk, boss), "model:churn", most=3)
    assert (tally.count, tally.more, tally.items) == (3, True, ())
    assert tally_versions(signed_in(desk, boss), "model:churn", most=1_000).more is False


@pytest.mark.parametrize("asked", [{"most": 0, "limit": 1}, {"most": 1_001}, {"limit": -1}, {"limit": 5, "most": 4}])
def test_a_bound_is_a_bound(desk: Desk, boss: str, asked: dict[str, int]) -> None:
    """From one to a thousand."""
    call: Call = signed_in(desk, boss)
    with pytest.raises(Invalid):
        tally_versions(call, **asked)
