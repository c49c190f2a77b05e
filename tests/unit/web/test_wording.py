from __future__ import annotations

from datetime import UTC, datetime

import pytest

from holotype.domain.entities import Event
from holotype.domain.events import Action
from holotype.web.sentences import SENTENCES, TONES
from holotype.web.wording import Part, persons, said


def event(action: str, subject: str = "risk/fraud:7", **data: object) -> Event:
    """Return an entry of the ledger."""
    return Event(12, datetime(2026, 5, 1, tzinfo=UTC), "ada", action, subject, data, "00")


@pytest.mark.parametrize("action", Action)
def test_every_action_has_a_sentence(action: Action) -> None:
    """Whoever adds an action says how it reads; without any data the sentence still stands."""
    assert action in SENTENCES
    words = str(said(event(action)))
    assert not set("[]{}") & set(words)
    assert words[0].isupper() or words.startswith(("ada", "risk/fraud:7"))
    assert "  " not in words


def test_tones_are_about_actions_that_there_are() -> None:
    """A tone for nothing would be a misspelt one."""
    assert set(TONES) <= set(Action)


def test_a_move_leads_to_the_version_and_to_the_promotion() -> None:
    """The parts are plain text, stages and links."""
    found = said(event("version.moved", **{"from": "staging", "to": "production", "promotion": 3, "reason": "auc up"}))
    assert str(found) == "ada moved risk/fraud:7 from staging to production (promotion 3)"
    assert found.parts[0] == Part("ada", "actor")
    assert Part("risk/fraud:7", "name", "/models/risk/fraud/versions/7") in found.parts
    assert Part("staging", "stage") in found.parts
    assert Part("promotion 3", "", "/promotions/3") in found.parts
    assert (found.quote, found.tone) == ("auc up", "good")


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (event("version.registered", files=1, size=2048), "ada registered risk/fraud:7 with 1 file of 2.0 KiB"),
        (event("version.registered", files=0, size=0), "ada registered risk/fraud:7 as external"),
        (event("sign-in.accepted", "user:ada", by="link:k3Jd"), "ada signed in by a link"),
        (event("sign-in.accepted", "user:ada", by="password"), "ada signed in by password"),
        (
            event("version.replaced", **{"from": "production", "to": "archived", "by": 8}),
            "risk/fraud:7 left production for archived, replaced by version 8",
        ),
        (
            event("alias.set", alias="champion", **{"from": 6}),
            "ada set the alias champion from version 6 to risk/fraud:7",
        ),
        (
            event("model.changed", "risk/fraud", description="x", tags={"a": "1", "b": None}),
            "ada changed the description and the tags a, b of risk/fraud",
        ),
        (event("user.changed", "user:rita", disabled=True), "The user rita was disabled by ada"),
        (event("token.created", "token:k3Jd", role="admin", scope="risk"), "ada created the token k3Jd, admin on risk"),
        (event("promotion.expired", promotion=4, to="production"), "Promotion 4 of risk/fraud:7 to production expired"),
        (
            event("promotion.requested", **{"from": "6", "to": "champion"}),
            "ada asked to move risk/fraud:7 from version 6 to champion",
        ),
        (
            event("team.created", "team:risk", members=["a", "b", "c", "d", "e", "f"]),
            "ada created the team risk of a, b, c, d, e and 1 more",
        ),
        (event("agent.woken"), "ada: agent.woken risk/fraud:7"),
    ],
)
def test_it_reads_like_a_sentence(entry: Event, words: str) -> None:
    """Also of an action that only a newer server knows."""
    assert str(said(entry)) == words


def test_a_refusal_quotes_the_gates() -> None:
    """What the requester gave as the reason is not why it was refused."""
    found = said(event("promotion.refused", promotion=5, gates=["metric: too low"], reason="please"))
    assert found.quote == "metric: too low"


@pytest.mark.parametrize("subject", ["<b>x</b>", "a/b/c:1", "javascript:alert(1)", "", "../..", "x" * 5000])
@pytest.mark.parametrize("action", Action)
def test_a_strange_subject_leads_nowhere_else(action: Action, subject: str) -> None:
    """What an older server wrote is shown as text; an address is one of ours, or there is none."""
    for part in said(event(action, subject)).parts:
        assert part.place == "" or part.place.startswith(("/models/", "/policies/", "/promotions/"))
        assert not set("<>\"' ") & set(part.place)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1 approval from role:admin (0 of 1 given).", "1 approval from an admin (0 of 1 given)."),
        ("from role:reviewer or role:maintainer or role:admin, other", "from a reviewer, maintainer or admin, other"),
        ("from role:reviewer or user:ada", "from a reviewer or user:ada"),
    ],
)
def test_roles_are_said_as_people_say_them(text: str, words: str) -> None:
    """Who may approve is told by the policy in its own words."""
    assert persons(text) == words
