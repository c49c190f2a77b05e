"""Does every page hold what is promised of all: no error, no barrier, in either theme, on any window?

Each page is opened once, wide and with scripts, and all checks share that visit: pytest runs the tests of a page one
after the other. What has to begin anew does: a page without scripts, and on a phone one where something is pressed.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Person, entering
from tests.browser.every import PAGES, Shown, address
from tests.browser.site import Site

Looks: TypeAlias = Callable[..., contextlib.AbstractContextManager[Person]]
AXE = (Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
READ = [one for one in PAGES if one.reads]
EVERY = READ + [one for one in PAGES if not one.reads]
"""All pages; those that can be read without scripts come first, so that they have one place in both lists."""
_RUN = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations.map(
    (one) => `${one.id}: ${one.help}: ${one.nodes.map((node) => node.target.join(" ")).slice(0, 3).join(", ")}`)"""
_DRAWN = "time, [data-plots], [data-graph], [data-series], .tip, [data-verdict], [data-keeps]"
"""What scripts draw or compute on top of the words, and ages, which go on."""
_WORDS = """(drawn) => {
    const hidden = [...document.querySelectorAll(drawn)];
    for (const one of hidden) one.style.setProperty("display", "none", "important");
    const words = document.querySelector("main").innerText.split(/\\s+/).join(" ");
    for (const one of hidden) one.style.removeProperty("display");
    return words;
}"""
_UNREACHED = """() => {
    const within = document.querySelector("dialog[open]") ?? document;
    const all = [...within.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
        .filter((one) => !one.disabled && one.checkVisibility({visibilityProperty: true}));
    const twice = (one) => all.some((other) => other.tabIndex >= 0 && one.href && other.href === one.href);
    return all.filter((one) => {
        if (one.tabIndex < 0) return !twice(one);
        one.focus();
        const style = getComputedStyle(one);
        return document.activeElement !== one || style.outlineStyle === "none" && style.boxShadow === "none";
    }).map((one) => one.outerHTML.slice(0, 120));
}"""
"""What can be used with a mouse and not with the keyboard, or does not show that it has the focus."""
_FITS = "(width) => document.documentElement.scrollWidth <= width"
_REFUSED = "Failed to load resource: the server responded with a status of"
each = pytest.mark.parametrize("page", EVERY, ids=lambda page: page.name, indirect=True, scope="module")
each_that_reads = pytest.mark.parametrize("page", READ, ids=lambda page: page.name, indirect=True, scope="module")


@pytest.fixture(scope="module")
def looks(browser: Browser, site: Site) -> Looks:
    """Give ``looks(page, …)``: a browser of whoever looks at a page, with the page open; options are a context's.

    One sign-in of each is enough for all pages.
    """
    sessions: dict[str, Any] = {}

    @contextlib.contextmanager
    def look(page: Shown, **options: Any) -> Iterator[Person]:
        with entering(browser, site) as enter:
            if page.who and page.who not in sessions:
                sessions[page.who] = enter(page.who).context.storage_state()
            person = enter(None, storage_state=sessions.get(page.who), **options)
            person.visit(address(page, site), page.status if page.act is None else 200)
            if page.act is not None:
                page.act(person.page)
            yield person

    return look


@pytest.fixture(scope="module")
def page(request: pytest.FixtureRequest) -> Shown:
    """One of the pages."""
    shown: Shown = request.param
    return shown


@pytest.fixture(scope="module")
def visit(page: Shown, looks: Looks) -> Iterator[Person]:
    """The visit of a page that its checks share: scripts have run, and the network is idle."""
    with looks(page, viewport=WIDE) as person:
        person.page.wait_for_load_state("networkidle" if page.reads else "load")
        person.page.evaluate(AXE)
        yield person


def unexpected(person: Person, page: Shown) -> list[str]:
    """Return what the console says and should not: of a page that is a refusal it says that it is one."""
    return [said for said in person.errors if page.status == 200 or not said.startswith(f"{_REFUSED} {page.status}")]


def words(person: Person) -> str:
    """Return what a page says, without what scripts draw."""
    return str(person.page.evaluate(_WORDS, _DRAWN))


@pytest.mark.parametrize("theme", ["light", "dark"])
@each
def test_axe_finds_nothing_and_the_console_is_silent(visit: Person, page: Shown, theme: Any) -> None:
    """Names, roles, contrast, order of headings; scripts run, and the policy of the page refuses nothing of ours."""
    visit.page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    visit.page.emulate_media(color_scheme=theme)
    found = visit.page.evaluate(_RUN)
    visit.shoot(f"{page.name}-{theme}")
    assert found == []
    assert unexpected(visit, page) == []


@each
def test_the_keyboard_reaches_everything_and_shows_where_it_is(visit: Person, page: Shown) -> None:
    """A link that is there twice is reached once; what opens is looked at where it was opened."""
    visit.page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    visit.page.keyboard.press("Tab")  # from now on what gets the focus shows it, as with every further key
    assert visit.page.evaluate(_UNREACHED) == []
    visit.page.evaluate("document.activeElement.blur()")


@each
def test_a_phone_shows_it_without_scrolling_sideways(visit: Person, looks: Looks, page: Shown) -> None:
    """What is wider scrolls by itself, not the page. Where something is pressed, it is pressed on the phone."""
    with looks(page, viewport=PHONE) if page.act is not None else contextlib.nullcontext(visit) as person:
        person.page.emulate_media(color_scheme="light")
        person.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        fits = person.until(_FITS, PHONE["width"])  # which what scripts draw does soon
        person.shoot(f"{page.name}-phone")
        assert fits


@each_that_reads
def test_it_reads_the_same_without_scripts(visit: Person, looks: Looks, page: Shown) -> None:
    """Every word, heading and row that is not live is there before any script ran."""
    visit.page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    with looks(page, java_script_enabled=False, viewport=WIDE) as plain:
        without = words(plain)
    assert len(without.split()) > 5
    if words(visit) == without:
        return
    with looks(page, viewport=WIDE) as newer, looks(page, java_script_enabled=False, viewport=WIDE) as plain:
        assert words(newer) == words(plain)  # perhaps the ledger has grown in between
