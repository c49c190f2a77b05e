"""Does the page of a promotion show what one decides by: evidence, the comparison, and all that was said?"""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Person
from tests.browser.site import Site

MODEL = "clinic/tumours"


def first_of(site: Site) -> int:
    """Return the promotion that brought the first version of the model into production."""
    with site.client() as owner:
        (found,) = [one for one in owner.promotions(model=MODEL, status="applied") if one.target == "production"]
    return found.id or 0


def test_evidence_and_the_incumbent_stand_beside_the_gates(rob: Person, site: Site) -> None:
    """Who brought which evidence; parameters and metrics beside what would be replaced, and which is better."""
    page = rob.visit(f"/promotions/{site.pending}")
    gates, compared = page.locator("#gates"), page.locator("section", has=page.locator("#compared-title"))
    expect(gates.locator("h3")).to_have_text("Evidence behind them")
    expect(gates.locator("ul.plain li", has_text="evaluation")).to_contain_text("ada")
    expect(compared.locator("h2")).to_have_text("Beside what it would replace")
    heads = compared.locator("thead th")
    assert [f"{MODEL}:2" in heads.nth(1).inner_text(), f"{MODEL}:4" in heads.nth(2).inner_text()] == [True, True]
    depth = compared.locator("tr", has=page.get_by_role("rowheader", name="depth", exact=True))
    assert depth.locator("td").all_inner_texts() == ["2", "4"]
    auc = compared.locator("tr", has=page.get_by_role("rowheader", name="auc"))
    assert "on ward-2026, higher is better" in auc.locator("th").inner_text()
    assert auc.locator("td").first.inner_text() == "0.92"
    assert auc.locator("td.better").inner_text().split("\n") == ["0.94", "↑ +0.02 (+2.2 %) better"]
    loss = compared.locator("tr", has=page.get_by_role("rowheader", name="loss"))
    assert loss.locator("td.better, td.worse").count() == (1 if "is better" in loss.inner_text() else 0)
    gates.get_by_role("link", name="evaluation").click()
    assert "ward-suite" in page.inner_text("main")
    page.go_back()
    compared.get_by_role("link", name="The whole comparison").click()
    assert f"Compare {MODEL}:2, {MODEL}:4" in page.title()
    assert rob.errors == []


def test_where_nothing_held_the_stage_nothing_is_compared(rob: Person, site: Site) -> None:
    """The page says so instead."""
    page = rob.visit(f"/promotions/{first_of(site)}")
    section = page.locator("section", has=page.locator("#compared-title"))
    expect(section).to_contain_text("Nothing held production when this was asked for")
    assert section.locator("table").count() == 0


def test_fifty_comments_make_a_page(rob: Person, site: Site) -> None:
    """The one before them is a link away, and is not lost among those that came later."""
    number = first_of(site)
    with site.client("ada") as ada:
        for one in range(1, 52):
            ada.comment(number, f"remark {one} of many")
    page = rob.visit(f"/promotions/{number}")
    said = page.locator("#said .prose", has_text="of many")
    assert said.all_inner_texts() == [f"remark {one} of many" for one in range(2, 52)]
    page.click("text=Earlier comments")
    assert "earlier=" in page.url
    assert said.all_inner_texts() == ["remark 1 of many"]
    assert page.locator("text=Earlier comments").count() == 0
