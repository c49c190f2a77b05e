"""Do people ask, talk, decide and see it at once, each in a browser of their own?"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import count

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Person
from tests.browser.site import CARD, CODE, Site, _files

People = Callable[..., Person]
_SEEDS = count(100)
GOOD = {"metrics": [{"name": "auc", "value": 0.97, "dataset": "ward-2026"}], "evaluator": "ward-suite"}


@pytest.fixture
def asked(site: Site) -> Iterator[Callable[..., int]]:
    """Give ``asked()``: a new version of a model of the clinic that waits for two approvals, asked for by ada."""
    made: list[int] = []

    def ask(reason: str = "better on the ward", model: str = "clinic/lungs") -> int:
        seed = next(_SEEDS)
        with site.client("ada") as ada, site.client("rita") as rita:
            path = _files(site, "lungs", seed)
            version = ada.push(
                path, model, data=["s3://ward/lungs.parquet"], code=CODE, card=CARD, metrics={"auc": 0.9}
            )
            rita.promote(version.reference, "staging")
            ada.attest(version.reference, "evaluation", json.dumps(GOOD))
            made.append(ada.promote(version.reference, "production", reason=reason).id or 0)
        return made[-1]

    yield ask
    with site.client() as owner:
        for number in made:
            if owner.promotion(number).status == "pending":
                owner.withdraw(number)


def state(page: Page) -> str:
    """Return what the head of a promotion says."""
    return page.inner_text("#state")


def test_two_reviewers_approve_and_everybody_sees_it_at_once(
    ada: Person, rita: Person, rob: Person, asked: Callable[..., int], site: Site
) -> None:
    """Who asked has the page open: the comment, the approvals and the move come to it by themselves."""
    number = asked()
    page = ada.visit(f"/promotions/{number}")
    expect(page.locator("#state")).to_contain_text("pending")
    assert "It needs 2 approvals from a reviewer" in page.inner_text("#gates")
    first = rita.visit("/inbox")
    first.click(f"main a[href='/promotions/{number}']")
    first.fill("#f-comment", "Is it the **new** holdout?")
    first.click("main button:text-is('Comment')")
    expect(page.locator("#said strong")).to_have_text("new")
    first.fill("#f-comment", "checked")
    first.click("main button:text-is('Approve')")
    assert "Your approval counts" in first.inner_text(".note")
    expect(page.locator("#approvals")).to_contain_text("1 of 2")
    second = rob.visit(f"/promotions/{number}")
    second.click("main button:text-is('Approve')")
    assert "is in production now" in second.inner_text(".note")
    expect(page.locator("#state")).to_contain_text("applied")
    expect(page.locator("#said")).to_contain_text("It was applied.")
    expect(page.locator("#else button, #ways button")).to_have_text(["Comment"])
    with site.client() as owner:
        assert owner.promotion(number).status == "applied"
    ada.shoot("promotion-live")
    assert ada.errors == rita.errors == rob.errors == []


def test_a_rejection_needs_a_comment_and_what_was_typed_stays(rita: Person, asked: Callable[..., int]) -> None:
    """The page says what was wrong; with words the request ends."""
    number = asked()
    page = rita.visit(f"/promotions/{number}")
    page.click("main button:text-is('Reject')")
    assert "A rejection needs a comment." in page.inner_text(".note.error")
    page.fill("#f-comment", "x" * 5_000)
    page.eval_on_selector("#f-comment", "area => { area.removeAttribute('maxlength'); area.value += 'yy' }")
    page.click("main button:text-is('Reject')")
    assert "too long" in page.inner_text(".note.error")
    assert page.input_value("#f-comment").endswith("xyy")
    page.fill("#f-comment", "The holdout is last year's.")
    page.click("main button:text-is('Reject')")
    assert "rejected" in state(page)
    assert "The holdout is last year's." in page.inner_text("#said")
    rita.shoot("promotion-rejected")


def test_whoever_may_not_is_told_why(ada: Person, rob: Person, mia: Person, asked: Callable[..., int]) -> None:
    """The requester, somebody whom the policy does not ask, somebody who approved: no button, but a sentence."""
    number = asked()
    page = ada.visit(f"/promotions/{number}")
    assert page.locator("main button:text-is('Approve')").is_disabled()
    assert "Needs promotion:approve on clinic/lungs" in page.inner_text("#decide")
    assert page.inner_text("#acts") == "Discuss"
    assert page.locator("main button:text-is('Reject')").count() == 0
    page = mia.visit(f"/promotions/{number}")
    assert "The policy asks others: role:reviewer." in page.inner_text("#decide")
    page = rob.visit(f"/promotions/{number}")
    page.click("main button:text-is('Approve')")
    assert "You approved it already." in page.inner_text("#decide")
    assert "The promotion" in page.inner_text("aside")


def test_who_asked_takes_it_back(ada: Person, asked: Callable[..., int]) -> None:
    """After a question."""
    page = ada.visit(f"/promotions/{asked()}")
    page.once("dialog", lambda dialog: dialog.accept())
    page.click("main button:text-is('Withdraw')")
    assert "withdrawn" in state(page)


def test_an_override_lets_it_through_and_is_closed(mia: Person, asked: Callable[..., int]) -> None:
    """With gates, a reason and an end; what was typed stays when it is not taken."""
    page = mia.visit(f"/promotions/{asked()}")
    page.click("summary:text-is('Override gates')")
    page.check("input[name=gate][value=approvals]")
    page.fill("#f-reason", "outage 4711")
    page.fill("#f-hours", "99999")
    page.click("aside button:text-is('Override')")
    assert "lasts up to" in page.inner_text(".note.error")
    assert page.input_value("#f-reason") == "outage 4711"
    assert page.is_checked("input[name=gate][value=approvals]")
    page.fill("#f-hours", "2")
    page.click("aside button:text-is('Override')")
    assert "Nothing stands in the way" in state(page)
    assert "outage 4711" in page.inner_text("#gates")
    mia.shoot("promotion-overridden")
    page.click("#gates button:text-is('Close')")
    assert "Nothing stands in the way" not in state(page)
    page.click("summary:text-is('Override gates')")
    page.check("input[name=gate][value=approvals]")
    page.fill("#f-reason", "outage 4712")
    page.click("aside button:text-is('Override')")
    page.click("main button:text-is('Apply it now')")
    assert "applied" in state(page)


def test_the_inbox_fills_and_empties_by_itself(rob: Person, asked: Callable[..., int], site: Site) -> None:
    """The list and the number beside it in the navigation; a text that is being typed elsewhere is left alone."""
    page = rob.visit("/inbox")
    before = page.locator(".requests li").count()
    number = asked("for the inbox")
    expect(page.locator(".requests li")).to_have_count(before + 1)
    expect(page.locator("#waiting b")).to_contain_text(str(before + 1))
    with site.client("rob") as client:
        client.approve(number)
    expect(page.locator(".requests li")).to_have_count(before)
    assert rob.errors == []


def test_a_page_in_the_background_holds_no_connection_and_catches_up(
    rita: Person, asked: Callable[..., int], site: Site
) -> None:
    """A browser keeps few of them; what was missed is there when somebody looks again."""
    number = asked()
    streams: list[str] = []
    rita.page.on("request", lambda sent: streams.append(sent.url) if "/events" in sent.url else None)
    page = rita.visit(f"/promotions/{number}")
    _look_away(page, hidden=True)
    with site.client("rob") as rob:
        rob.comment(number, "while nobody looked")
    page.wait_for_timeout(2_500)
    assert "while nobody looked" not in page.inner_text("#said")
    _look_away(page, hidden=False)
    expect(page.locator("#said")).to_contain_text("while nobody looked")
    assert len(streams) == 2
    assert rita.errors == []


def _look_away(page: Page, *, hidden: bool) -> None:
    page.evaluate(
        """(hidden) => {
            Object.defineProperty(document, "hidden", {configurable: true, get: () => hidden});
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )


def test_what_somebody_types_survives_what_others_do(rita: Person, asked: Callable[..., int], site: Site) -> None:
    """The page changes around the form."""
    number = asked()
    page = rita.visit(f"/promotions/{number}")
    page.fill("#f-comment", "half a thought")
    with site.client("rob") as rob:
        rob.comment(number, "first!")
    expect(page.locator("#said")).to_contain_text("first!")
    assert page.input_value("#f-comment") == "half a thought"


@pytest.mark.parametrize(
    "text",
    ["<img src=x onerror=alert(1)>", "[x](javascript:alert(1))", "{{ 7*7 }}", "</textarea><script>alert(1)</script>"],
)
def test_hostile_words_stay_words(rita: Person, asked: Callable[..., int], text: str, site: Site) -> None:
    """In the reason, in a comment, and in a form that is shown again."""
    number = asked(text)
    with site.client("rob") as rob:
        rob.comment(number, text)
    page = rita.visit(f"/promotions/{number}")
    assert page.locator("main img, main script").count() == 0
    assert page.locator("main a[href^='javascript']").count() == 0
    page.eval_on_selector(
        "#f-comment",
        "(area, text) => { area.removeAttribute('maxlength'); area.value = text + 'x'.repeat(5000) }",
        text,
    )
    page.click("main button:text-is('Reject')")
    assert page.input_value("#f-comment").startswith(text)
    assert rita.errors == ["Failed to load resource: the server responded with a status of 400 (Bad Request)"]


def test_it_is_decided_without_scripts(people: People, asked: Callable[..., int]) -> None:
    """Forms are forms."""
    rita = people("rita", java_script_enabled=False)
    page = rita.visit(f"/promotions/{asked()}")
    page.fill("#f-comment", "from a plain browser")
    page.click("main button:text-is('Approve')")
    assert "from a plain browser" in page.inner_text("#said")


def test_lists_are_narrowed_by_their_address(ada: Person, site: Site) -> None:
    """By status, namespace and model; an empty list says why it is empty."""
    page = ada.visit("/promotions")
    page.click("nav.tabs a:text-is('Refused')")
    assert "status=refused" in page.url
    assert page.locator(f"a[href='/promotions/{site.refused}']").count() == 1
    page.fill("#f-model", "clinic/tumours")
    page.click("main button:text-is('Filter')")
    assert "status=refused" in page.url
    assert page.locator("tbody tr").count() == 1
    page = ada.visit("/promotions?namespace=clinic&model=rash")
    assert "No such promotion" in page.inner_text("main")
    page = ada.visit("/promotions?namespace=nowhere", status=404)
    assert "There is no namespace nowhere." in page.inner_text(".note.error")


def test_who_has_no_rights_sees_none_of_it(eve: Person, site: Site) -> None:
    """Neither a promotion nor that there is one; the inbox says kindly what to do."""
    for place in ("/promotions", f"/promotions/{site.pending}", "/promotions/4711"):
        page = eve.visit(place, status=403)
        assert "tumours" not in page.content()
    assert "Nothing here is for you yet" in eve.visit("/inbox").inner_text("main")
