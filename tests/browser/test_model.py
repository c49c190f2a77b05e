"""Do people find, compare, describe and steer a model on its pages?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from holotype import Client
from holotype.domain.provenance import Metric
from tests.browser.conftest import Person
from tests.browser.site import Site

People = Callable[..., Person]
FRAUD = "/models/risk/fraud"
BAD = "\"><img src=x onerror=alert(1)><script>alert(2)</script>{{ 7*7 }}'"


def column(person: Person, place: int) -> list[str]:
    """Return the texts of a column of the table."""
    return [one.strip() for one in person.page.locator(f"main tbody tr > :nth-child({place})").all_inner_texts()]


def made(client: Client, site: Site, name: str, versions: int = 0) -> str:
    """Make a model of its own for a test, with so many versions, each of which has been in production."""
    client.create_model(f"risk/{name}", description="made by a test")
    folder = site.folder / f"model-{name}"
    folder.mkdir()
    for number in range(1, versions + 1):
        (folder / "weights.bin").write_bytes(f"{name} {number}".encode())
        client.push(folder, f"risk/{name}", code=None)
        for stage in ("staging", "production"):
            client.promote(f"risk/{name}:{number}", stage, reason="better")
    return f"/models/risk/{name}"


def test_versions_are_filtered_and_sorted_and_the_address_says_how(ada: Person) -> None:
    """What somebody sees can be sent to somebody else as an address."""
    page = ada.visit(FRAUD)
    assert column(ada, 2) == [str(number) for number in range(12, 0, -1)]
    page.fill("#query", "metric.auc>0.9")
    page.select_option("#stage", "none")
    page.click("main form.filters button >> nth=0")
    assert "q=metric.auc%3E0.9" in page.url
    assert column(ada, 2) == ["12", "9"]
    page.click("thead a:has-text('auc')")
    assert "sort=metric.auc" in page.url
    assert column(ada, 2) == ["9", "12"]
    assert page.input_value("#query") == "metric.auc>0.9"
    assert page.get_attribute("thead th:has-text('auc')", "aria-sort") == "ascending"


def test_columns_are_chosen_and_equal_ones_hidden(ada: Person) -> None:
    """Those that the newest versions have can be ticked, any other can be named; what is equal says little."""
    page = ada.visit(f"{FRAUD}?q=number%3C4")
    page.click("details.choice summary")
    page.uncheck("label:has-text('auc') input")
    page.check("label:has-text('depth') input")
    page.fill("#columns", "param.rate, metric.none")
    page.click("details.choice button")
    heads = page.locator("thead th").all_inner_texts()
    assert heads[4:8] == ["recall", "depth", "rate", "none"]
    assert column(ada, 6) == ["5", "4", "3"]
    page.check("text=Only what differs")
    page.click("main form.filters button >> nth=0")
    assert page.locator("thead th").all_inner_texts()[4:7] == ["recall", "depth", "rate"]
    assert "1 column is equal in all rows" in page.inner_text("main")
    page.click("text=Show it")
    assert page.locator("thead th").all_inner_texts()[4:8] == ["recall", "none", "depth", "rate"]


def test_versions_are_ticked_and_compared(ada: Person) -> None:
    """Two of them at least; the address names them."""
    page = ada.visit(FRAUD)
    button = page.locator("button:has-text('Compare the chosen ones')")
    assert button.is_disabled()
    page.check("input[value='risk/fraud:12']")
    assert button.is_disabled()
    page.check("input[value='risk/fraud:11']")
    assert button.inner_text() == "Compare the chosen ones (2)"
    button.click()
    page.wait_for_url("**/compare?*")
    assert page.url.endswith("/compare?version=risk%2Ffraud%3A12&version=risk%2Ffraud%3A11")


def test_a_metric_is_drawn_and_drawn_again_in_other_colours(ada: Person) -> None:
    """The plot tells what is under the pointer; the same numbers stand in the table below."""
    page = ada.visit(f"{FRAUD}/metrics?metric=recall")
    page.wait_for_selector(".plot canvas")
    box = page.locator(".plot .u-over").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] - 2, box["y"] + 20)
    assert page.inner_text(".tip") == "version 12: 0.9"
    assert page.inner_text(".legend").split() == ["version", "in", "production", "in", "archived"]
    page.mouse.move(box["x"] + box["width"] * 10 / 11, box["y"] + 20)
    assert page.inner_text(".tip") == "version 11: 0.883333, production"
    light = page.evaluate("document.querySelector('.plot canvas').toDataURL()")
    page.click("button[data-does=theme]")
    assert ada.until("before => document.querySelector('.plot canvas').toDataURL() !== before", light)
    assert page.locator(".plot canvas").count() == 1
    assert column(ada, 2)[0].split() == ["best", "0.9"]
    assert len(column(ada, 1)) == 12
    ada.shoot("model-metrics-turned")


def test_what_was_in_production_on_a_day(ada: Person) -> None:
    """Asked with the date picker, of a day before anything happened and of today."""
    page = ada.visit("/models/clinic/tumours/history")
    page.fill("#day", "2020-02-29")
    page.click("text=Look")
    assert "nothing of clinic/tumours was in production" in page.inner_text(".then")
    assert "Nothing happened until then" in page.inner_text("main")
    today = datetime.now(UTC).date().isoformat()
    page.fill("#day", today)
    page.click("text=Look")
    assert f"at={today}" in page.url
    assert "clinic/tumours:2 was in production" in page.inner_text(".then")
    assert "rob moved clinic/tumours:2 from staging to production" in page.inner_text(".timeline")


def test_words_are_changed_and_shown_as_words(ada: Person, site: Site) -> None:
    """Card, description and tags; whatever they hold, nothing of it runs, and a line taken away takes its tag away."""
    with site.client("ada") as client:
        place = made(client, site, "words")
        client.change_model("risk/words", tags={"old": "1", "long": "a\nb"})
    page = ada.visit(f"{place}/card")
    page.click("text=Edit card, description and tags")
    assert page.input_value("#f-tags") == "old=1"
    page.fill("#f-card", f"# Use\n\nFor **tests**. {BAD}")
    page.fill("#f-description", f"Says {BAD}")
    page.fill("#f-tags", f"team = risk\nnote={BAD}")
    page.click("text=Save")
    assert page.inner_text(".note") == "Saved."
    assert page.inner_text("article.card strong") == "tests"
    assert BAD in page.inner_text("article.card").replace("“", '"')
    assert "Says" in page.inner_text(".about")
    with site.client("ada") as client:
        assert client.model("risk/words").tags == {"team": "risk", "note": BAD, "long": "a\nb"}
    ada.visit(place)
    ada.visit(f"{place}/history")
    assert ada.errors == []


def test_what_is_refused_stays_in_the_form(ada: Person, site: Site) -> None:
    """Nobody writes a card twice."""
    with site.client("ada") as client:
        place = made(client, site, "refused")
    page = ada.visit(f"{place}/card?edit=true")
    page.fill("#f-card", "a long text")
    page.fill("#f-tags", "k" * 300)
    page.click("text=Save")
    assert page.locator(".note.error").count() == 1
    assert page.input_value("#f-card") == "a long text"
    assert page.input_value("#f-tags") == "k" * 300


def test_a_model_gets_another_name(ada: Person, site: Site) -> None:
    """Its page moves with it; a name that is taken is refused where it was asked for."""
    with site.client("ada") as client:
        place = made(client, site, "before")
    page = ada.visit(f"{place}/card")
    page.fill("#f-name", "fraud")
    page.click("button:has-text('Rename')")
    assert "There is a model risk/fraud already" in page.inner_text(".note.error")
    page.fill("#f-name", "after")
    page.click("button:has-text('Rename')")
    page.wait_for_url("**/models/risk/after/card")
    assert page.inner_text(".note") == "It is risk/after now."
    ada.visit(place, status=404)


def test_a_model_is_deleted_and_brought_back(mia: Person, site: Site) -> None:
    """Whoever deletes is asked once more; what is in use stays."""
    with site.client("ada") as client:
        place = made(client, site, "fleeting")
    page = mia.visit(f"{FRAUD}/card")
    page.on("dialog", lambda dialog: dialog.accept())
    page.click("text=Delete the model")
    assert "risk/fraud:1" in page.inner_text(".note.error")
    mia.visit(f"{place}/card")
    page.click("text=Delete the model")
    page.wait_for_url(f"**{place}")
    assert "This model was deleted" in page.inner_text("main")
    mia.shoot("model-deleted")
    page.click("text=Bring it back")
    assert page.inner_text(".note") == "risk/fleeting is back."
    assert page.locator("h1").inner_text().strip() == "risk/fleeting"


def test_production_is_rolled_back_with_a_reason(rita: Person, site: Site) -> None:
    """It goes back to the version before, and the history says why."""
    with site.client() as owner:
        place = made(owner, site, "back", versions=2)
    page = rita.visit(place)
    page.click("summary:has-text('Roll back')")
    rita.shoot("model-roll-back")
    page.fill("#f-reason", "too slow")
    page.click("button:has-text('Roll back production')")
    assert "risk/back:1 is in production again." in page.inner_text(".note")
    assert page.locator("tr.now a.ref").inner_text() == "1"
    rita.visit(f"{place}/history")
    assert "too slow" in page.inner_text(".timeline li >> nth=0") + page.inner_text(".timeline li >> nth=1")


def test_buttons_say_why_they_are_not_for_somebody(ada: Person, rita: Person) -> None:
    """And a part that is not for them is not offered, nor shown."""
    page = ada.visit(f"{FRAUD}/card")
    assert page.locator("button:has-text('Roll back')").is_disabled()
    assert page.locator("button:has-text('Delete the model')").is_disabled()
    assert "model:delete on risk/fraud" in page.inner_text("main")
    assert page.locator(".tabs >> text=Access").count() == 0
    ada.visit(f"{FRAUD}/access", status=403)
    page = rita.visit(f"{FRAUD}/card")
    assert page.locator("button:has-text('Edit')").is_disabled()
    rita.visit(f"{FRAUD}/card?edit=true")
    assert page.locator("textarea").count() == 0


@pytest.mark.parametrize("tab", ["", "/metrics", "/metrics/series?metric=auc", "/history", "/card", "/access"])
def test_who_may_see_nothing_is_told_of_nothing(eve: Person, tab: str) -> None:
    """A model that is hidden looks like one that is not there."""
    page = eve.visit(FRAUD + tab, status=404)
    assert "There is no model risk/fraud" in page.inner_text("body")


def test_who_may_what_is_explained(mia: Person) -> None:
    """Every grant that covers the model, and why somebody may do something or not."""
    page = mia.visit(f"{FRAUD}/access")
    assert [who for who in column(mia, 1) if who in {"user:ada", "user:rita"}] == ["user:ada", "user:rita"]
    page.fill("#who", "ada")
    page.select_option("#action", "version:promote")
    page.click("text=Explain")
    assert page.inner_text(".then .badge") == "no"
    assert "ada may not version:promote on risk/fraud" in page.inner_text(".then")


def test_names_of_metrics_are_only_names(ada: Person, site: Site) -> None:
    """Whatever a tracker called them: as column, as choice, as plot and in the address."""
    with site.client("ada") as client:
        place = made(client, site, "quaint")
        (site.folder / "quaint.bin").write_bytes(b"quaint")
        metrics = [Metric(BAD, 0.5, BAD, BAD), Metric("a,b@c/d", 0.25)]
        client.push(site.folder / "quaint.bin", "risk/quaint", metrics=metrics, params={BAD: BAD}, code=None)
    page = ada.visit(place)
    page.click("details.choice summary")
    for box in page.locator("details.choice input[type=checkbox]").all():
        box.check()
    page.click("details.choice button")
    assert column(ada, 5) == ["0.25"]
    assert set(page.locator("main tbody td.num").all_inner_texts()) >= {"0.25", "0.5"}
    page.click("thead th:nth-child(5) a")
    assert column(ada, 5) == ["0.25"]
    ada.visit(f"{place}/metrics")
    page.wait_for_selector(".plot canvas")
    for chip in [one.get_attribute("href") for one in page.locator(".chips a").all()]:
        ada.visit(str(chip))
        page.wait_for_selector(".plot canvas")
    assert ada.errors == []
