"""Can people who decide about a promotion talk about it, and is what they said kept?"""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from holotype.domain.references import parse
from holotype.errors import Denied, Invalid, InvalidName, NotFound, Unauthenticated
from holotype.gateways.exchange import ANONYMOUS
from holotype.ledger.tables import ledger_entries
from holotype.operations.call import Call
from holotype.operations.comment import comment
from holotype.operations.list_comments import list_comments
from holotype.operations.promote import promote
from holotype.operations.withdraw import withdraw
from tests.support.governance import MOVES, STAGES, TWO, Crew, apply, crew
from tests.support.registry import Desk


def asked(desk: Desk) -> tuple[Crew, int]:
    """Return people, and a promotion that waits for them."""
    people = crew(desk)
    people.person("vera", "reader")
    apply(desk, STAGES + MOVES + TWO)
    desk.register()
    promote(people.call("rita"), parse("fraud:1"), "staging")
    return people, promote(people.call("dora"), parse("fraud:1"), "production").id or 0


def test_a_comment_is_kept_and_written_to_the_ledger(desk: Desk) -> None:
    """As it was written, with who and when; nothing is decided by it."""
    people, number = asked(desk)
    made = comment(people.call("rita"), number, "Is the **holdout** new?")
    assert (made.created_by, made.text) == ("rita", "Is the **holdout** new?")
    assert list_comments(people.call("vera"), number) == [made]
    last = desk.rows(sa.select(ledger_entries).order_by(ledger_entries.c.sequence.desc()).limit(1))[0]
    assert (last["action"], last["subject"], last["actor"]) == ("promotion.commented", "default/fraud:1", "rita")
    assert json.loads(str(last["data"]))["comment"] == "Is the **holdout** new?"


def test_a_reader_reads_and_writes_nothing(desk: Desk) -> None:
    """Whoever may ask for promotions of the model may write, and so may all who approve; others may not."""
    people, number = asked(desk)
    for name in ("dora", "rita", "mia"):
        comment(people.call(name), number, f"from {name}")
    with pytest.raises(Denied, match="promotion:request"):
        comment(people.call("vera"), number, "me too")
    with pytest.raises((NotFound, Unauthenticated)):
        comment(Call(desk.registry, ANONYMOUS), number, "me too")
    assert [one.created_by for one in list_comments(people.call("vera"), number)] == ["mia", "rita", "dora"]


def test_what_is_over_can_still_be_talked_about(desk: Desk) -> None:
    """What was learnt later belongs there too."""
    people, number = asked(desk)
    withdraw(people.call("dora"), number)
    assert comment(people.call("dora"), number, "The labels were wrong.").promotion_id == number


@pytest.mark.parametrize("text", ["", " \n\t", "x" * 5_001, "a\0b", "\ud800"])
def test_a_comment_is_text_of_some_length(desk: Desk, text: str) -> None:
    """Neither empty nor endless."""
    people, number = asked(desk)
    with pytest.raises((Invalid, InvalidName)):
        comment(people.call("rita"), number, text)
    assert list_comments(people.call("rita"), number) == []


def test_a_repeated_request_writes_once(desk: Desk) -> None:
    """Under the same key the comment that was made is returned."""
    people, number = asked(desk)
    first = comment(people.call("rita", key="k"), number, "once")
    assert comment(people.call("rita", key="k"), number, "once") == first
    assert list_comments(people.call("rita"), number) == [first]


def test_comments_are_paged_and_belong_to_one_promotion(desk: Desk) -> None:
    """The newest first, from a number back; another promotion has its own."""
    people, number = asked(desk)
    made = [comment(people.call("rita"), number, f"{i}") for i in range(5)]
    page = list_comments(people.call("rita"), number, limit=2)
    assert page == [made[4], made[3]]
    assert list_comments(people.call("rita"), number, before=page[-1].id, limit=9) == made[2::-1]
    withdraw(people.call("dora"), number)
    other = promote(people.call("dora"), parse("fraud:1"), "production").id or 0
    assert list_comments(people.call("rita"), other) == []
    for missing in (number + 99, 2**63):
        with pytest.raises(NotFound):
            list_comments(people.call("rita"), missing)
