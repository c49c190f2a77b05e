"""Do people see what a thing was made from and what was made from it, with and without scripts?"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from playwright.sync_api import expect

from tests.browser.conftest import Person
from tests.browser.site import _files

People = Callable[..., Person]
_GRAPH = "document.querySelector('.canvas')._cyreg.cy"
_PLACE = f"""name => {{
    const at = {_GRAPH}.nodes().filter((node) => node.data('name') === name)[0].renderedPosition();
    const box = document.querySelector('.canvas').getBoundingClientRect();
    return [box.x + at.x, box.y + at.y];
}}"""


def test_the_graph_leads_to_the_pages_of_its_things(ada: Person) -> None:
    """It is drawn both ways, zooms by buttons, and a data set leads to what was built on it."""
    page = ada.visit("/lineage?of=risk/fraud:production")
    expect(page.locator("[data-drawn='4']")).to_be_visible()
    expect(page.locator("h1")).to_have_text("Lineage of risk/fraud:11")
    before = page.evaluate(f"{_GRAPH}.zoom()")
    page.click("[data-zoom=in]")
    assert page.evaluate(f"{_GRAPH}.zoom()") > before
    page.click("[data-zoom=all]")
    page.mouse.click(*page.evaluate(_PLACE, "s3://lake/cards.parquet"))
    expect(page.locator("h1")).to_have_text("Lineage of s3://lake/cards.parquet")
    expect(page.locator("[data-drawn='15']")).to_be_visible()
    assert ada.errors == []


def test_it_turns_with_the_theme(ada: Person) -> None:
    """The colours are those of the page."""
    page = ada.visit("/lineage?of=risk/fraud:11")
    expect(page.locator("[data-drawn]")).to_be_visible()
    colour = f"{_GRAPH}.edges()[0].style('line-color')"
    before = page.evaluate(colour)
    page.click("[data-does=theme]")
    assert page.evaluate(colour) != before


def test_without_scripts_the_same_is_a_list(people: People) -> None:
    """Every thing is there, each a link, with how it is related."""
    page = people("ada", java_script_enabled=False).visit("/lineage?of=risk/fraud:11")
    expect(page.locator("[data-graph]")).to_be_hidden()
    expect(page.get_by_role("link", name="risk/base:1")).to_be_visible()
    expect(page.get_by_role("link", name="risk/card-gate:1").first).to_be_visible()
    page.get_by_role("link", name="s3://lake/cards.parquet").first.click()
    assert page.locator(".tree a", has_text="risk/fraud:").count() == 24


def test_it_says_where_it_is_cut_off(ada: Person) -> None:
    """The depth stands in the address; more of it is one click away."""
    page = ada.visit("/lineage?of=risk/base:1&depth=1")
    expect(page.locator(".cut")).to_contain_text("It may go on")
    assert page.locator(".tree a", has_text="risk/card-gate:1").count() == 0
    page.get_by_role("link", name="More steps").click()
    assert "depth=2" in page.url
    expect(page.locator(".tree a", has_text="risk/card-gate:1")).to_be_visible()
    expect(page.locator(".cut")).to_contain_text("It may go on")  # nobody looked behind the last step
    page.get_by_role("link", name="More steps").click()
    assert page.locator(".cut").count() == 0


def test_what_is_not_there_is_said_beside_the_form(people: People) -> None:
    """Nothing is lost of what was typed; who may read nothing gets nothing."""
    page = people("ada").visit("/lineage?of=risk/nothing:1", status=404)
    expect(page.get_by_role("alert")).to_contain_text("There is no model risk/nothing")
    expect(page.locator("#f-of")).to_have_value("risk/nothing:1")
    people("eve").visit("/lineage?of=risk/fraud:11", status=403)


def test_names_that_people_gave_are_text(ada: Person) -> None:
    """Of a data set and of a parent elsewhere, in the list and in the graph."""
    evil = '"><img src=x onerror=alert(1)>{{7*7}}'
    with ada.site.client("ada") as client:
        made = client.push(
            _files(ada.site, "strange", 1), "risk/strange", data=[f"s3://{evil}"], parents=[f"hub.example/{evil}"]
        )
    page = ada.visit(f"/lineage?of={made.reference}")
    expect(page.locator("[data-drawn='3']")).to_be_visible()
    assert page.locator("main img").count() == 0
    assert evil in page.inner_text(".tree")
    page.get_by_role("link", name="hub.example").click()
    expect(page.locator("h1")).to_contain_text("hub.example/")
    expect(page.locator(".tree a")).to_have_text(made.reference)
    ada.visit(f"/lineage?of=dataset:{quote(f's3://{evil}')}")
    assert ada.errors == []
