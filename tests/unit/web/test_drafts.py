"""Do tags survive a form of lines, and do only those go that somebody took away?"""

from __future__ import annotations

import json

import pytest

from holotype.web import drafts


def test_what_nobody_touched_changes_nothing() -> None:
    """Every tag that stands in a line comes back as it was."""
    tags = {"team": "risk", "empty": "", "odd": "a=b c"}
    draft = drafts.begun("", "", tags)
    assert drafts.given(draft.tags, draft.shown) == tags


def test_a_line_that_is_gone_takes_its_tag_away() -> None:
    """And no other: what the form did not show stays as it is."""
    draft = drafts.begun("", "", {"team": "risk", "tier": "1", "long": "x" * 2_000, "a=b": "c", "two": "one\ntwo"})
    assert draft.tags == "team=risk\ntier=1"
    assert drafts.given("team=risk\nnew=1", draft.shown) == {"team": "risk", "tier": None, "new": "1"}


@pytest.mark.parametrize("shown", ["", "{", "{}", "7", json.dumps([1, None, {"a": 1}])])
def test_a_form_that_forgot_what_it_showed_takes_nothing_away(shown: str) -> None:
    """Whatever stands in the hidden field."""
    assert drafts.given(" team = risk \n\n", shown) == {"team": "risk"}
