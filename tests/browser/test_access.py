"""Can an administrator let people and machines in and keep them out, and does everybody else see only their own?"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

import holotype
from holotype.errors import Unauthenticated
from tests.browser.conftest import Person

People = Callable[..., Person]


def press(page: Page, name: str, *, sure: bool = True, within: str = "main") -> None:
    """Press a button, and answer what it asks."""
    page.once("dialog", lambda asked: asked.accept() if sure else asked.dismiss())
    page.locator(within).get_by_role("button", name=name, exact=True).first.click()


def said(page: Page) -> str:
    """Return what the last action said."""
    return page.inner_text("main .note")


def test_a_new_person_gets_in_with_a_secret_that_is_shown_once(mia: Person, people: People) -> None:
    """Create, hand over, choose a password, be given a role; the secret is in no address and no cookie."""
    page = mia.visit("/access/users")
    page.fill("#f-name", "noa")
    press(page, "Create")
    assert page.url.endswith("/access/users/noa")
    assert "noa is here" in said(page)
    with page.expect_response(re.compile("set-up")) as answered:
        press(page, "Make a set-up secret")
    secret = page.inner_text("[data-secret]")
    assert secret.startswith("setup_")
    assert answered.value.headers["cache-control"] == "no-store"
    assert secret not in page.url
    assert secret not in str(mia.context.cookies())
    assert secret not in mia.visit("/access/users/noa").content()

    noa = people(None)
    page = noa.visit("/sign-in/set-up")
    page.fill("#f-secret", secret)
    page.fill("#f-password", "a long phrase of noa's")
    page.fill("#f-again", "a long phrase of noa's")
    page.click("main button")
    page.wait_for_url(noa.site.url + "/")
    assert "You have no grant yet" in noa.visit("/access").inner_text("main")
    page = mia.visit("/access/users/noa")
    page.fill("#g-scope", "risk/fraud-*")
    page.select_option("#g-role", "contributor")
    press(page, "Give it")
    assert "noa is contributor on risk/fraud-* now" in said(page)
    assert page.url.endswith("/access/users/noa")
    assert "risk/fraud-*" in noa.visit("/access").inner_text("main table")
    page = noa.visit("/sign-in/set-up")
    page.fill("#f-secret", secret)
    page.fill("#f-password", "another long phrase")
    page.fill("#f-again", "another long phrase")
    page.click("main button")
    assert page.locator("main .note.error").count() == 1


def test_who_is_disabled_is_out_at_once_and_let_in_again(mia: Person, people: People) -> None:
    """Their next click leads to the sign-in; asked first, and a "no" changes nothing."""
    eve = people("eve")
    page = mia.visit("/access/users/eve")
    press(page, "Disable", sure=False)
    assert "active" in page.inner_text("main h1")
    press(page, "Disable")
    assert "disabled" in page.inner_text("main h1")
    eve.page.goto(eve.site.url + "/access")
    assert "/sign-in" in eve.page.url
    press(page, "Let in again")
    assert "let in again" in said(page)
    people("eve").visit("/access")


def test_a_team_gives_what_it_has_to_who_enters_it(mia: Person, eve: Person) -> None:
    """Members come and go; with the team go its grants."""
    page = mia.visit("/access/teams")
    page.fill("#f-name", "night-shift")
    page.fill("#f-members", "rob, rita")
    press(page, "Create")
    assert "2 members" in page.inner_text("main")
    page.fill("#g-scope", "clinic")
    press(page, "Give it")
    eve.visit("/models/clinic/tumours", status=404)
    page.fill("#f-add", "eve")
    press(page, "Take in")
    assert "eve in taken" in said(page)
    told = eve.visit("/access").inner_text("main table >> nth=0")
    assert "through night-shift" in told
    assert "night-shift" in eve.visit("/access/teams").inner_text("main table")
    assert "rita" in eve.visit("/access/teams/night-shift").inner_text("main table")
    page.locator("tr", has_text="eve").get_by_role("button", name="Take out").click()
    eve.visit("/access/teams/night-shift", status=404)
    press(page, "Delete the team")
    assert "is gone" in said(page)
    mia.visit("/access/teams/night-shift", status=404)


def test_a_machine_gets_a_token_whose_secret_is_shown_once(mia: Person, ada: Person) -> None:
    """It works; its owner sees it without the secret, and revokes it; a form that is sent again makes no second one."""
    page = mia.visit("/access/services")
    page.fill("#f-name", "nightly")
    page.fill("#f-owner", "ada")
    press(page, "Create")
    page.fill("#g-scope", "risk")
    press(page, "Give it")
    page = ada.visit("/access/services/nightly")
    page.fill("#f-name", "deploy")
    page.fill("#f-scope", "risk")
    with page.expect_response(re.compile("/tokens$")) as answered:
        press(page, "Make it")
    secret = page.inner_text("[data-secret]")
    assert answered.value.headers["cache-control"] == "no-store"
    assert secret not in page.url + str(ada.context.cookies())
    with holotype.Client(ada.site.url, secret) as machine:
        assert machine.whoami().principal == "nightly"
        page.reload()  # which sends the form again
        assert "made the token" in said(page)
        assert secret not in page.content()
        page = ada.visit("/access/services/nightly")
        assert page.locator("tr", has_text="deploy").count() == 1
        press(page, "Revoke")
        assert "is revoked" in said(page)
        with pytest.raises(Unauthenticated):
            machine.whoami()


def test_a_service_account_is_stopped_by_its_owner_and_started_by_an_administrator(mia: Person, ada: Person) -> None:
    """What somebody may not do is a button that says why."""
    with ada.site.client() as owner:
        owner.create_service("stopper", owner="ada")
    page = ada.visit("/access/services/stopper")
    press(page, "Stop it")
    assert "disabled" in page.inner_text("main h1")
    again = page.get_by_role("button", name="Start it again")
    assert again.is_disabled()
    assert "Needs access:write" in page.inner_text("main .cannot")
    page = mia.visit("/access/services/stopper")
    press(page, "Start it again")
    assert "active" in page.inner_text("main h1")
    page.fill("#f-owner", "rob")
    press(page, "Change")
    assert "rob answers for stopper now" in said(page)
    ada.visit("/access/services/stopper", status=404)


def test_a_grant_is_given_narrowed_to_stages_and_revoked(mia: Person) -> None:
    """The list says it, is narrowed by whom and where, and a refusal of the verb is told on the page."""
    page = mia.visit("/access/grants")
    page.click("main summary")
    page.fill("#g-who", "rob")
    page.select_option("#g-role", "reviewer")
    page.fill("#g-scope", "clinic/tumours")
    page.fill("#g-stages", "staging, production")
    press(page, "Give it")
    assert "towards production, staging only" in said(page)
    page = mia.visit("/access/grants?who=rob&namespace=clinic")
    row = page.locator("tr", has_text="clinic/tumours")
    assert "production" in row.inner_text()
    page.once("dialog", lambda asked: asked.accept())
    row.get_by_role("button", name="Revoke").click()
    assert "is revoked" in said(page)
    assert "who=rob" in page.url
    page.click("main summary")
    page.fill("#g-who", "nobody-of-that-name")
    page.fill("#g-scope", "clinic")
    press(page, "Give it")
    assert "There is no user or service nobody-of-that-name" in said(page)


def test_the_last_administrator_stays(mia: Person) -> None:
    """The verb refuses, and its reason is on the page that the button was on."""
    page = mia.visit("/access/users/owner")
    press(page, "Disable")
    try:
        assert "disabled" in page.inner_text("main h1")
        page = mia.visit("/access/users/mia")
        press(page, "Disable")
        assert "Nobody would be left" in said(page)
    finally:
        press(mia.visit("/access/users/owner"), "Let in again")


def test_why_somebody_may_or_may_not_is_explained(mia: Person, ada: Person) -> None:
    """A sentence with the grant; else those that come closest, and the roles that would do."""
    page = mia.visit("/access/explain?who=rita&action=promotion%3Aapprove&thing=clinic%2Ftumours&stage=production")
    words = page.inner_text("main section")
    assert "rita may promotion:approve on clinic/tumours towards production, by grant" in words
    page = ada.visit("/access")
    page.select_option("#f-action", "policy:write")
    page.fill("#f-thing", "risk/")
    press(page, "Explain")
    words = page.inner_text("main section")
    assert "ada may not policy:write on risk" in words
    assert "lacks policy:write" in words
    assert "Roles that have policy:write: admin" in words
    assert "who=ada" in page.url
    assert "is not a model name" in ada.visit(
        "/access/explain?who=ada&action=model:read&thing=%3Cb%3E", 400
    ).inner_text("main")


def test_others_see_their_own_and_nothing_of_anybody_else(ada: Person, eve: Person) -> None:
    """No list of people, tokens or rules; of grants only one's own, of what is hidden no word."""
    for person in (ada, eve):
        for place in ("/access/users", "/access/users/mia", "/access/tokens", "/access/trusts"):
            person.visit(place, status=403)
        tabs = person.visit("/access").inner_text("main .tabs")
        assert "Users" not in tabs
        assert "Tokens" not in tabs
    words = ada.visit("/access/grants").inner_text("main")
    assert "contributor" in words
    assert "rita" not in words
    assert ada.page.get_by_role("button", name="Give a role").is_disabled()
    assert ada.page.get_by_role("button", name="Revoke").count() == 0
    ada.visit("/access/grants?who=rita", status=403)
    page = eve.visit("/access/explain?who=rita&action=model:read&thing=risk/fraud", 400)
    assert "There is no model risk/fraud" in page.inner_text("main")


def test_names_and_scopes_of_others_stay_text(mia: Person) -> None:
    """A token's name is any text; a bad name is refused with a sentence, and shown as it was written."""
    hostile = '<img src=x onerror="document.title=1">'
    with mia.site.client() as owner:
        owner.create_service("texts")
        owner.grant("texts", "reader", "registry")
        owner.create_token(hostile, principal="texts")
    for place in ("/access/services/texts", "/access/tokens?principal=texts"):
        page = mia.visit(place)
        assert hostile in page.inner_text("main table")
        assert page.locator("main img").count() == 0
        press(page, "Revoke", sure=False)
    page = mia.visit("/access/users")
    page.fill("#f-name", hostile)
    press(page, "Create")
    assert "<img" in said(page)
    assert page.locator("main img").count() == 0
    assert mia.errors == []


def test_lists_page(mia: Person) -> None:
    """Users, grants and members go on behind the fiftieth, and back to the first page."""
    with mia.site.client() as owner:
        names = [f"page-{number:03}" for number in range(60)]
        for name in names:
            owner.create_user(name)
        owner.create_team("many", members=names)
        for name in names:
            owner.grant(name, "reader", "risk")
    for place, rows in (("/access/users", 50), ("/access/teams/many", 50), ("/access/grants?namespace=risk", 50)):
        page = mia.visit(place)
        shown = page.locator("main table >> nth=0").locator("tbody tr")
        assert shown.count() == rows, place
        first = shown.first.locator("td, th").first  # not the whole row: it tells an age, which goes on
        name = first.inner_text()
        page.click("text=Next page")
        assert first.inner_text() != name, place
        page.click("text=First page")
        assert first.inner_text() == name
