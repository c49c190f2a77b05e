"""Does a button that copies do so, with the browser's leave and without it?"""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import Person

REFERENCE, PLACE = "risk/fraud:12", "/models/risk/fraud/versions/12"
_WITHOUT = """
Object.defineProperty(navigator, "clipboard", {value: undefined});
document.addEventListener("copy", () => { window.copied = document.activeElement.value; });
"""


def press(person: Person) -> None:
    """Press the button beside the reference, by its keyboard, and see that it says so and then no more."""
    button = person.page.locator("main h1 ~ button.copy")
    assert button.get_attribute("aria-label") == "Copy the reference"
    button.focus()
    person.page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-label", "Copied")
    expect(button).to_have_attribute("aria-label", "Copy the reference")


def test_the_reference_comes_into_the_clipboard(people: Callable[..., Person]) -> None:
    """Exactly it, without blanks around; twice in a row leaves the button as it was."""
    ada = people("ada", permissions=["clipboard-read", "clipboard-write"])
    page = ada.visit(PLACE)
    for _ in range(2):
        press(ada)
    assert page.evaluate("navigator.clipboard.readText()") == REFERENCE
    button = page.locator("main h1 ~ button.copy")
    button.click()
    button.click()
    page.wait_for_timeout(2_000)
    assert button.get_attribute("aria-label") == "Copy the reference"
    assert ada.errors == []


def test_without_a_clipboard_it_copies_as_browsers_did_before(people: Callable[..., Person]) -> None:
    """Over plain HTTP a browser has none: nothing is left behind on the page, and the focus stays on the button."""
    ada = people("ada")
    ada.page.add_init_script(_WITHOUT)
    page = ada.visit(PLACE)
    press(ada)
    assert page.evaluate("window.copied") == REFERENCE
    assert page.locator("body > textarea").count() == 0
    assert page.evaluate("document.activeElement.classList.contains('copy')")
    assert ada.errors == []
