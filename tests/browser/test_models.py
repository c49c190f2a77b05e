"""Are models found, narrowed, sorted, and is a view kept?"""

from __future__ import annotations

from tests.browser.conftest import Person


def test_a_query_is_completed_narrowed_sorted_and_kept(ada: Person) -> None:
    """The address carries all of it, so that it can be sent to somebody."""
    page = ada.visit("/models")
    page.fill("#query", "name")
    page.wait_for_selector("#query-words option[value='namespace:']", state="attached")
    page.fill("#query", "metric.auc>0.8")
    page.keyboard.press("Enter")
    page.click(".facet a:text-is('risk')")
    assert page.input_value("#query") == "metric.auc>0.8 namespace:risk"
    page.click("th a:has-text('Changed')")
    listed = page.locator("tbody tr a:first-child").all_inner_texts()
    assert "risk/fraud" in listed
    page.fill("#saved-name", "good ones of risk")
    page.click("aside button:has-text('Save')")
    assert "q=metric.auc%3E0.8+namespace%3Arisk" in page.url
    assert "sort=changed" in page.url
    ada.visit("/models")
    page.click("text=good ones of risk")
    assert page.locator("tbody tr a:first-child").all_inner_texts() == listed
    page.click("[aria-label='Forget good ones of risk']")
    assert page.locator("text=good ones of risk").count() == 1  # what is said about it


def test_an_empty_list_says_why(ada: Person, eve: Person) -> None:
    """No match, a query that cannot be read, and nothing that one may see are three sentences."""
    assert "matches" in ada.visit("/models?q=tag.team:nobody").inner_text(".empty")
    assert "could not be read" in ada.visit("/models?q=stage:", status=400).inner_text(".empty")
    assert "Not for you" in eve.visit("/models", status=403).inner_text("h1")


def test_two_versions_are_chosen_to_be_compared(ada: Person) -> None:
    """They stand in the address."""
    page = ada.visit("/versions?q=name%3Arisk%2Ffraud&sort=-number")
    for reference in ("risk/fraud:12", "risk/fraud:11"):
        page.check(f"input[value='{reference}']")
    page.click("text=Compare the chosen ones")
    assert "version=risk%2Ffraud%3A12&version=risk%2Ffraud%3A11" in page.url


def test_the_keyboard_searches_jumps_and_lists_its_keys(ada: Person) -> None:
    """`/`, `g m`, `?` and Escape."""
    page = ada.visit("/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("m")
    page.wait_for_url("**/models")
    page.keyboard.press("?")
    assert page.is_visible("#keys")
    page.keyboard.press("Escape")
    assert not page.is_visible("#keys")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.closest('tr') !== null")


def test_the_theme_is_kept(ada: Person) -> None:
    """Whoever chose one has it on every page, before any script runs."""
    page = ada.visit("/")
    before = page.evaluate(
        "getComputedStyle(document.body).backgroundColor + getComputedStyle(document.documentElement).backgroundColor"
    )
    page.click("[data-does=theme]")
    ada.visit("/models")
    assert page.get_attribute("html", "data-theme") in {"light", "dark"}
    after = page.evaluate(
        "getComputedStyle(document.body).backgroundColor + getComputedStyle(document.documentElement).backgroundColor"
    )
    assert before != after
