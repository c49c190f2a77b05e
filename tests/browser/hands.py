"""Two ways to use a page, one story: with a mouse, and with the keyboard alone.

    hand.follow("Models")          a link
    hand.press("Approve")          a button
    hand.check("Compare version 1")
    hand.fill("Comment", "…")      a field, by its label

Everything is found by the name that it has for somebody who cannot see it. The keyboard goes from one thing to the next
with Tab, as people do, and insists that what has the focus shows it.
"""

from __future__ import annotations

from typing import Protocol

from playwright.sync_api import Locator, Page

_STEPS = 250
_FOCUSED = """() => {
  const it = document.activeElement, style = getComputedStyle(it);
  const labelled = it.getAttribute("aria-label") ?? it.labels?.[0]?.innerText ?? it.innerText ?? "";
  return {name: labelled.trim(), tag: it.tagName.toLowerCase(), type: it.type ?? "",
          shown: it.tagName === "BODY" || style.outlineStyle !== "none" || style.boxShadow !== "none"};
}"""


class Hand(Protocol):
    """How somebody uses a page."""

    page: Page

    def follow(self, name: str) -> None:
        """Follow a link."""

    def press(self, name: str) -> None:
        """Press a button, or what opens and closes."""

    def check(self, name: str) -> None:
        """Check a box."""

    def fill(self, name: str, text: str) -> None:
        """Write into a field."""

    def jump(self, key: str, name: str) -> None:
        """Go to a part of the registry: by its key, or by its link."""


class Mouse:
    """Points and clicks."""

    def __init__(self, page: Page) -> None:
        """Use a page."""
        self.page = page

    def follow(self, name: str) -> None:
        """Click on a link."""
        self.page.get_by_role("main").get_by_role("link", name=name, exact=True).first.click()

    def press(self, name: str) -> None:
        """Click on a button."""
        self._pressed(name).first.click()

    def check(self, name: str) -> None:
        """Click on a box."""
        self.page.get_by_role("checkbox", name=name, exact=True).check()

    def fill(self, name: str, text: str) -> None:
        """Click into a field and write."""
        self.page.get_by_role("main").get_by_label(name, exact=True).fill(text)

    def jump(self, key: str, name: str) -> None:  # noqa: ARG002 - the keyboard's way is another
        """Click on a link of the navigation."""
        self.page.get_by_role("navigation").get_by_role("link", name=name).first.click()

    def _pressed(self, name: str) -> Locator:
        button = self.page.get_by_role("main").get_by_role("button", name=name, exact=True)
        return button.or_(self.page.locator("main summary", has_text=name))


class Keyboard:
    """Tab, Enter, Space and letters; nothing else."""

    def __init__(self, page: Page) -> None:
        """Use a page."""
        self.page = page

    def follow(self, name: str) -> None:
        """Go to a link and press Enter."""
        self._reach(name, "a")
        self._leave("Enter")

    def press(self, name: str) -> None:
        """Go to a button, or to what opens and closes, and press Enter."""
        if self._reach(name, "button", "summary") == "summary":
            self.page.keyboard.press("Enter")
        else:
            self._leave("Enter")

    def check(self, name: str) -> None:
        """Go to a box and press Space."""
        self._reach(name, "input")
        self.page.keyboard.press("Space")

    def fill(self, name: str, text: str) -> None:
        """Go to a field and write."""
        self._reach(name, "input", "textarea")
        self.page.keyboard.type(text)

    def jump(self, key: str, name: str) -> None:  # noqa: ARG002 - the mouse's way is another
        """Press g, and then the key."""
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("g")
        self._leave(key)

    def _reach(self, name: str, *tags: str) -> str:
        """Press Tab until something of this name has the focus, and return what it is."""
        passed = []
        for _ in range(_STEPS):
            self.page.keyboard.press("Tab")
            found = self.page.evaluate(_FOCUSED)
            passed.append(f"{found['tag']} {found['name'][:40]!r}")
            assert found["shown"], f"{passed[-1]} has the focus and does not show it"
            if found["name"] == name and found["tag"] in tags:
                return str(found["tag"])
        raise AssertionError(f"The keyboard does not reach {name!r}. It came by: {', '.join(dict.fromkeys(passed))}")

    def _leave(self, key: str) -> None:
        """Press what leads to another page, and wait for it."""
        with self.page.expect_navigation():
            self.page.keyboard.press(key)
