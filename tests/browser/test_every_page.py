"""Does every page hold what is promised of all: no error, no barrier, in either theme, on any window?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Person
from tests.browser.every import PAGES, Shown, address

People = Callable[..., Person]
AXE = (Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
_RUN = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations.map(
    (one) => `${one.id}: ${one.help}: ${one.nodes.map((node) => node.target.join(" ")).slice(0, 3).join(", ")}`)"""


def opened(people: People, page: Shown, **options: Any) -> Person:
    """Open a page as whoever looks at it."""
    person = people(page.who or None, **options)
    person.visit(address(page, person.site))
    return person


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_axe_finds_nothing_and_the_console_is_silent(people: People, page: Shown, theme: str) -> None:
    """Names, roles, contrast, order of headings; scripts run, and the policy of the page refuses nothing of ours."""
    person = opened(people, page, color_scheme=theme, viewport=WIDE)
    person.page.wait_for_load_state("networkidle" if page.reads else "load")
    person.page.evaluate(AXE)
    found = person.page.evaluate(_RUN)
    person.shoot(f"{page.name}-{theme}")
    assert found == []
    assert person.errors == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_phone_shows_it_without_scrolling_sideways(people: People, page: Shown) -> None:
    """What is wider scrolls by itself, not the page."""
    person = opened(people, page, viewport=PHONE)
    person.shoot(f"{page.name}-phone")
    wide = person.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE["width"]


@pytest.mark.parametrize("page", [one for one in PAGES if one.reads], ids=lambda page: page.name)
def test_it_reads_the_same_without_scripts(people: People, page: Shown) -> None:
    """Where nothing is live, the words are there before any script ran."""
    with_scripts = opened(people, page).page.inner_text("main h1")
    without = opened(people, page, java_script_enabled=False).page
    assert without.inner_text("main h1") == with_scripts
