"""Can somebody who may write run code in the browser of somebody who looks? Every field, through every protocol."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Person, sign_in
from tests.browser.planted import ADDRESSES, COMPUTED, EXEMPT, Planted, addresses, by_forms, plant
from tests.browser.site import Site
from tests.browser.worded import NO_WORDS, recording, taken, taken_by_mlflow
from tests.support.pages import SHOWN, path_of

People = Callable[..., Person]
UNTOUCHED = {
    "/access", "/access/explain", "/access/grants", "/access/services", "/access/services/{service:str}",
    "/access/teams", "/access/teams/{team:str}", "/access/users", "/access/users/{user:str}", "/ledger/checkpoints",
    "/mlflow/{namespace:str}", "/password", "/search-help", "/settings",
}  # fmt: skip
"""Pages that show no word that somebody may choose freely."""
_LOOK = """() => ({
    taken: window.taken === 1,
    handlers: [...document.querySelectorAll('*')].filter((one) => [...one.attributes].some((each) =>
        /^on/.test(each.name) || /^\\s*(javascript|data|vbscript):/i.test(each.value) && each.name !== 'value'
        && !each.name.startsWith('data-'))).map((one) => one.outerHTML.slice(0, 200)),
    scripts: [...document.scripts].filter((one) => !one.src.startsWith(location.origin + '/static/')).length,
    frames: document.querySelectorAll('iframe, object, embed, base, main style, main link').length,
})"""


@pytest.fixture(scope="module")
def planted(site: Site, browser: Browser) -> Planted:
    """Whatever somebody can write, written: by the Python client, by MLflow's protocol, by the pages' own forms."""
    with recording() as sent:
        made = plant(site)
    made.sent |= sent
    with contextlib.closing(browser.new_context()) as context:
        mia = Person("mia", site, context, context.new_page(), [])
        sign_in(mia)
        by_forms(mia, made)
    return made


def test_every_page_is_looked_at_or_says_why_not() -> None:
    """A page that is added has an address among the planted, or a written reason."""
    assert set(ADDRESSES) | set(EXEMPT) == set(SHOWN)
    assert not set(ADDRESSES) & set(EXEMPT)
    for path, places in ADDRESSES.items():
        for place in places:
            assert path_of(re.sub(r"\{(titled|brought)\}", "hostile/x", place)) == path, place


def test_every_text_that_the_native_protocol_takes_is_planted_or_says_why_not(planted: Planted) -> None:
    """A text that is added to a body is planted, or is among those that hold no words of anybody."""
    assert sorted(taken() - planted.sent) == sorted(name for each in NO_WORDS.values() for name in each)


def test_every_text_that_mlflows_protocol_takes_is_planted_or_says_why_not(planted: Planted) -> None:
    """The same for each message that writes."""
    assert sorted(taken_by_mlflow() - planted.sent) == []


def test_nothing_that_was_written_runs_anywhere(people: People, planted: Planted) -> None:
    """On no page does a script run, a handler appear, an address that runs code stand, or a frame open."""
    mia = people("mia")
    seen = dict.fromkeys(ADDRESSES, False)
    for place in addresses(planted):
        page = mia.visit(place)
        page.wait_for_load_state("load")
        found = page.evaluate(_LOOK)
        assert found == {"taken": False, "handlers": [], "scripts": 0, "frames": 0}, place
        assert not any("Content Security Policy" in said for said in mia.errors), (place, mia.errors)
        words = page.content()
        assert COMPUTED not in words, place
        seen[path_of(place) or ""] |= "onerror=" in words or "onmouseover=" in words
    assert sorted(path for path, shown in seen.items() if not shown) == sorted(UNTOUCHED)


def test_what_is_asked_for_in_an_address_does_not_run_either(people: People) -> None:
    """Queries, cursors, names, dates: each comes back as text, or as an error."""
    mia = people("mia")
    places = ("/models?q={}", "/models?sort={}", "/versions?q={}&cursor={}", "/lineage?of={}", "/compare?version={}",
              "/models/hostile/trap/versions/{}", "/models/{}/x", "/ledger?actor={}&action={}", "/promotions/{}",
              "/policies/{}", "/mlflow/{}", "/mlflow/risk?at={}",
              "/models/hostile/trap/history?at={}", "/access?who={}", "/{}")  # fmt: skip
    for pattern in places:
        place = pattern.replace("{}", "%22%3E%3Cimg%20src%3Dx%20onerror%3Dwindow.taken%3D1%3E")
        got = mia.page.goto(mia.site.url + place)
        assert got is not None
        assert got.status < 500, place
        assert mia.page.evaluate(_LOOK)["taken"] is False, place


def test_files_of_people_are_downloaded_never_shown(people: People, planted: Planted) -> None:
    """Active content leaves as a download of bytes, whatever it is called."""
    mia = people("mia")
    mia.visit("/models/hostile/trap/versions/1/files")
    links = mia.page.eval_on_selector_all("main a[href*='evil.svg']", "all => all.map((one) => one.href)")
    assert links
    got = mia.context.request.get(next(one for one in links if "tensors" not in one))
    assert got.status == 200
    assert got.headers["content-disposition"].startswith("attachment")
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["x-content-type-options"] == "nosniff"


def test_a_page_of_another_site_does_nothing(people: People, tmp_path: Path) -> None:
    """A form that submits itself elsewhere comes without the cookie or is refused."""
    ada = people("ada")
    evil = tmp_path / "evil.html"
    evil.write_text(
        f"<form action='{ada.site.url}/tokens' method=post><input name=name value=stolen><input name=role value=reader>"
        "</form><script>document.forms[0].submit()</script>"
    )
    ada.page.goto(evil.as_uri())
    ada.page.wait_for_load_state("load")
    with ada.site.client("ada") as client:
        assert [one.name for one in client.tokens() if one.name == "stolen"] == []
