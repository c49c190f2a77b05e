"""Do people see how versions differ, and does the address say all that they see?"""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from holotype.domain.provenance import Metric
from tests.browser.conftest import Person
from tests.browser.site import _files

People = Callable[..., Person]
THREE = "/compare?version=risk/fraud:production&version=risk/fraud:12&version=risk/fraud:3"
_EVIL = "<img src=x onerror=alert(1)>\"'{{7*7}}</script><script>alert(2)</script>"


def heads(person: Person) -> list[str]:
    """Return the versions over the columns, in their order."""
    return [text.strip() for text in person.page.locator(".compared thead .ref").all_inner_texts()]


def lines(person: Person, part: str) -> list[str]:
    """Return the names of the lines of a part."""
    found = person.page.locator(f"#{part} th[scope=row]").all_inner_texts()
    return [text.splitlines()[0].strip() for text in found]


def test_versions_are_added_removed_and_made_the_baseline(ada: Person) -> None:
    """Step by step from nothing; each step is an address that shows the same to whoever opens it."""
    page = ada.visit("/compare")
    expect(page.locator(".empty")).to_contain_text("Name 2 to 10 versions")
    for reference in ("risk/fraud:production", "risk/fraud:12", "risk/fraud:3"):
        page.fill("#f-version", reference)
        page.click("form:has(#f-version) button")
    assert heads(ada) == ["risk/fraud:11", "risk/fraud:12", "risk/fraud:3"]
    page.get_by_role("link", name="Make baseline risk/fraud:12").click()
    assert heads(ada) == ["risk/fraud:12", "risk/fraud:11", "risk/fraud:3"]
    page.get_by_role("link", name="Remove risk/fraud:3").click()
    assert heads(ada) == ["risk/fraud:12", "risk/fraud:11"]
    assert "version=risk%2Ffraud%3A12&version=risk%2Ffraud%3Aproduction" in page.url
    page.get_by_role("link", name="Remove risk/fraud:11").click()
    expect(page.locator(".chosen")).to_contain_text("risk/fraud:12")
    assert ada.errors == []


def test_only_differences_are_shown_until_everything_is_asked_for(ada: Person) -> None:
    """What is hidden is counted; a part of a name finds lines."""
    page = ada.visit(THREE)
    assert lines(ada, "parameters") == ["depth", "rate"]
    expect(page.locator(".shown")).to_contain_text("3 lines the same in all are hidden")
    expect(page.locator("#metrics")).to_contain_text("better")
    expect(page.locator("#lineage")).to_contain_text("the same in all: 2 lines")
    page.get_by_role("link", name="Show everything").click()
    assert "data.s3://lake/cards.parquet" in lines(ada, "lineage")
    page.fill("#f-find", "dep")
    page.click("form:has(#f-find) button")
    assert (lines(ada, "parameters"), page.locator("#metrics tr").count()) == (["depth"], 0)
    assert "all=1" in page.url
    page.fill("#f-find", "nowhere")
    page.click("form:has(#f-find) button")
    expect(page.locator(".empty")).to_contain_text("No line has that in its name")


def test_metrics_are_drawn_again_in_the_other_colours(ada: Person) -> None:
    """One plot for each metric, beside the table; the page's policy refuses none of it."""
    page = ada.visit(THREE)
    expect(page.locator(".metric canvas")).to_have_count(2)
    before = page.locator(".metric canvas").first.evaluate("canvas => canvas.toDataURL()")
    page.click("[data-does=theme]")
    expect(page.locator(".metric canvas")).to_have_count(2)
    assert page.locator(".metric canvas").first.evaluate("canvas => canvas.toDataURL()") != before
    assert ada.errors == []


def test_what_is_not_there_is_named_and_hides_nothing(people: People) -> None:
    """The others stay, and the one that is wrong can be taken away; who may read nothing gets nothing."""
    ada = people("ada")
    page = ada.visit("/compare?version=risk/fraud:11&version=risk/fraud:12&version=risk/fraud:99", status=404)
    expect(page.get_by_role("alert")).to_contain_text("There is no risk/fraud:99")
    page.get_by_role("link", name="Remove risk/fraud:99").click()
    assert heads(ada) == ["risk/fraud:11", "risk/fraud:12"]
    eleven = "&".join(f"version=risk/fraud:{number}" for number in range(1, 12))
    expect(ada.visit(f"/compare?{eleven}", status=400).get_by_role("alert")).to_contain_text("2 to 10 versions")
    people("eve").visit(THREE, status=403)


def test_what_people_wrote_is_shown_as_they_wrote_it(ada: Person) -> None:
    """Names and values of parameters, metrics, data and files are text, whatever they hold."""
    with ada.site.client("ada") as client:
        for seed in (1, 2):
            folder = _files(ada.site, "odd", seed)
            (folder / f"{seed}&lt;img '{{{{7+7}}}}.txt").write_text("x")
            client.push(
                folder, "risk/odd", params={_EVIL: f"{_EVIL}{seed}"}, data=[f"s3://{_EVIL}{seed}"],
                metrics=[Metric(_EVIL, seed, _EVIL)], code=None,
            )  # fmt: skip
    page = ada.visit("/compare?version=risk/odd:1&version=risk/odd:2")
    assert page.locator("main :is(img, script)").count() == 0
    assert _EVIL in page.inner_text("#parameters")
    assert "1&lt;img '{{7+7}}.txt" in page.inner_text("#files")
    expect(page.locator(".metric canvas")).to_have_count(1)
    assert ada.errors == []
