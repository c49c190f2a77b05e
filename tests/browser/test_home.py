"""Does somebody see at once what concerns them, and where to begin?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Person
from tests.support.server import Running, serving


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server that nobody has pushed anything to."""
    with serving(tmp_path_factory.mktemp("empty")) as running:
        yield running


def number(text: str) -> int:
    """Return the number that a tile begins with."""
    found = re.match(r"\d+", text.strip())
    assert found is not None, text
    return int(found[0])


def test_every_number_leads_to_the_list_behind_it(rob: Person) -> None:
    """As many as it says are there."""
    page = rob.visit("/")
    tiles = {place: number(page.inner_text(f".tile[href='{place}']")) for place in ("/inbox", "/quarantines")}
    production = number(page.inner_text(".tile[href^='/versions']"))
    page.click(".tile[href^='/versions']")
    assert page.locator("main tbody tr").count() == production > 0
    assert rob.visit("/inbox").locator(".requests li").count() == tiles["/inbox"]
    assert rob.visit("/quarantines").locator("main tbody tr").count() == tiles["/quarantines"] == 1


def test_it_says_what_happened_in_words_that_lead_there(ada: Person) -> None:
    """The newest entries, without those of the server's own scans."""
    page = ada.visit("/")
    lately = page.inner_text(".timeline")
    assert "holotype attached" not in lately
    page.click(".timeline .ref[href^='/models/'] >> nth=0")
    assert "/models/" in page.url


def test_an_empty_registry_says_how_to_begin(browser: Browser, empty: Running) -> None:
    """With the commands, and the address of this very server."""
    context = browser.new_context()
    context.add_cookies([{"name": "holotype_session", "value": empty.token, "url": empty.url}])
    page = context.new_page()
    page.goto(empty.url)
    assert "First steps" in page.inner_text("main")
    assert f"holotype login {empty.url}" in page.inner_text("main")
    page.screenshot(path=Path("build") / "screenshots" / "home-empty.png", full_page=True)
    context.close()


def test_who_has_no_rights_is_told_so_kindly(eve: Person) -> None:
    """Nothing of what is there."""
    page = eve.visit("/")
    assert "Nothing here is for you yet" in page.inner_text("main")
    assert "tumours" not in page.content()
