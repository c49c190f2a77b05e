"""Is a policy tried before it is applied, and does nobody change the rules who may not?"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.conftest import Person
from tests.browser.site import POLICY, Site


@pytest.fixture
def as_before(site: Site) -> Iterator[None]:
    """Give the risk namespace the policy back that it had: other tests go by it."""
    with site.client() as owner:
        before = owner.policy("risk").text
        yield
        owner.apply_policy(before, "risk")


@pytest.mark.usefixtures("as_before")
def test_a_policy_is_tried_then_applied(mia: Person) -> None:
    """A typo is refused with its line; what it would do is shown; only the very text that was tried is applied."""
    page = mia.visit("/policies/risk/edit?start=default")
    page.fill("#f-text", POLICY.replace("at_least", "at_leats"))
    page.click("text=Try it")
    assert "at_leats" in page.inner_text(".note.error")
    assert page.locator("text=Apply it").is_disabled()
    page.fill("#f-text", POLICY)
    page.fill("#f-reason", "as in the clinic")
    page.click("text=Try it")
    assert "What it would do" in page.inner_text("main")
    assert page.locator("tr", has_text="risk/fraud:12").count() >= 1
    page.fill("#f-text", POLICY + "\n# not tried\n")
    page.click("text=Apply it")
    assert "Change the policy" in page.inner_text("h1")
    page.click("text=Apply it")
    assert "is in force" in page.inner_text(".note")
    assert "as in the clinic" in page.inner_text("main")


def test_who_may_not_write_it_may_read_and_try_it(ada: Person) -> None:
    """The button says what it takes."""
    page = ada.visit("/policies/clinic/edit")
    page.click("text=Try it")
    assert "What it would do" in page.inner_text("main")
    assert page.locator("text=Apply it").is_disabled()
    assert "policy:write" in page.inner_text(".cannot")


def test_settings_are_for_administrators_and_hold_no_secret(mia: Person, ada: Person) -> None:
    """Others see whether the server is well."""
    assert "sign_in_lifetime" in mia.visit("/settings").inner_text("main")
    shown = ada.visit("/settings").inner_text("main")
    assert "sign_in_lifetime" not in shown
    assert "well" in shown
