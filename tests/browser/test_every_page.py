"""Does every page hold what is promised of all: no error, no barrier, in either theme, on any window?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Person
from tests.browser.every import PAGES, Shown, address

Looks = Callable[..., Person]
AXE = (Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
_RUN = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations.map(
    (one) => `${one.id}: ${one.help}: ${one.nodes.map((node) => node.target.join(" ")).slice(0, 3).join(", ")}`)"""
_DRAWN = "time, [data-plots], [data-graph], [data-series], .tip, [data-verdict], [data-keeps]"
"""What scripts draw or compute on top of the words, and ages, which go on."""
_WORDS = """(drawn) => {
    for (const one of document.querySelectorAll(drawn)) one.remove();
    return document.querySelector("main").innerText.split(/\\s+/).join(" ");
}"""
_REFUSED = "Failed to load resource: the server responded with a status of"


@pytest.fixture(scope="module")
def sessions() -> dict[str, Any]:
    """The cookies of whoever signed in already: one sign-in each is enough for all pages."""
    return {}


@pytest.fixture
def looks(people: Callable[..., Person], sessions: dict[str, Any]) -> Looks:
    """Give ``looks(page, …)``: a browser of whoever looks at a page, with the page open; options are a context's."""

    def look(page: Shown, **options: Any) -> Person:
        if page.who and page.who not in sessions:
            sessions[page.who] = people(page.who).context.storage_state()
        person = people(None, storage_state=sessions.get(page.who), **options)
        person.visit(address(page, person.site), page.status if page.act is None else 200)
        if page.act is not None:
            page.act(person.page)
        return person

    return look


def unexpected(person: Person, page: Shown) -> list[str]:
    """Return what the console says and should not: of a page that is a refusal it says that it is one."""
    return [said for said in person.errors if page.status == 200 or not said.startswith(f"{_REFUSED} {page.status}")]


def words(person: Person) -> str:
    """Return what a page says, without what scripts draw."""
    return str(person.page.evaluate(_WORDS, _DRAWN))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_axe_finds_nothing_and_the_console_is_silent(looks: Looks, page: Shown, theme: str) -> None:
    """Names, roles, contrast, order of headings; scripts run, and the policy of the page refuses nothing of ours."""
    person = looks(page, color_scheme=theme, viewport=WIDE)
    person.page.wait_for_load_state("networkidle" if page.reads else "load")
    person.page.evaluate(AXE)
    found = person.page.evaluate(_RUN)
    person.shoot(f"{page.name}-{theme}")
    assert found == []
    assert unexpected(person, page) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_phone_shows_it_without_scrolling_sideways(looks: Looks, page: Shown) -> None:
    """What is wider scrolls by itself, not the page."""
    person = looks(page, viewport=PHONE)
    person.shoot(f"{page.name}-phone")
    wide = person.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE["width"]


@pytest.mark.parametrize("page", [one for one in PAGES if one.reads], ids=lambda page: page.name)
def test_it_reads_the_same_without_scripts(looks: Looks, page: Shown) -> None:
    """Every word, heading and row that is not live is there before any script ran."""
    without = words(looks(page, java_script_enabled=False))
    assert len(without.split()) > 5
    with_scripts = words(looks(page))
    if with_scripts != without:  # perhaps the ledger has grown in between
        without = words(looks(page, java_script_enabled=False))
    assert with_scripts == without
