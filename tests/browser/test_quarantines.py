"""Is something recalled and released with a reason, by who may, after it was shown how far that reaches?"""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import Person
from tests.browser.site import _files

People = Callable[..., Person]


def family(person: Person, name: str) -> str:
    """Push a version that was made from a data set, one that was made from it, and return the data set's subject."""
    data = f"s3://lake/{name}.parquet"
    with person.site.client("ada") as ada:
        ada.push(_files(person.site, name, 1), f"risk/{name}", data=[data], code=None)
        ada.push(_files(person.site, name, 2), f"risk/{name}-tuned", parents=[f"risk/{name}:1"], code=None)
        ada.pull(f"risk/{name}-tuned:1", person.site.folder / "pulled" / name)
    return f"dataset:{data}"


def test_a_data_set_is_recalled_from_its_lineage_and_released(mia: Person) -> None:
    """What it reaches and who has it is shown before the reason is asked for; the release asks for one as well."""
    subject = family(mia, "leaked")
    page = mia.visit(f"/lineage?of={subject}")
    expect(page.locator("section.card", has_text="If it were recalled")).to_contain_text("reaches 2 versions")
    expect(page.locator("section.card", has_text="Who pulled them")).to_contain_text("ada pulled risk/leaked-tuned:1")
    page.get_by_text("Quarantine all of it").click()
    page.fill("#f-reason", "names of <b>patients</b> in it")
    page.get_by_role("button", name="Quarantine 2 versions").click()
    expect(page.get_by_role("status")).to_contain_text("It holds 2 versions")
    assert page.locator(".badge.stop", has_text="quarantined").count() == 2
    expect(page.locator(".facts")).to_contain_text("names of <b>patients</b> in it")
    here = page.url
    page = mia.visit("/quarantines")
    expect(page.locator("tbody tr").first).to_contain_text(subject)
    page.locator("tbody tr").first.get_by_role("link").first.click()
    assert page.url == here
    page.fill("#f-reason", "they were made up")
    page.get_by_role("button", name="Release").click()
    expect(page.locator("h1 .badge")).to_have_text("released")
    expect(page.locator(".facts")).to_contain_text("they were made up")
    assert page.locator("#f-reason").count() == 0
    assert subject not in mia.visit("/quarantines").inner_text("main")
    assert subject in mia.visit("/quarantines?everything=1").inner_text("main")
    assert mia.errors == []


def test_the_way_by_the_form_keeps_what_was_written(mia: Person) -> None:
    """A subject that is wrong is said beside the form, a recall that is there already shows where."""
    family(mia, "stale")
    page = mia.visit("/quarantines/new")
    page.fill("#f-subject", "risk/stale")
    page.get_by_role("button", name="Show what that reaches").click()
    expect(page.get_by_role("alert")).to_contain_text("names a model, not a version")
    page.fill("#f-subject", "risk/stale:latest")
    page.get_by_role("button", name="Show what that reaches").click()
    expect(page.locator("h1")).to_have_text("Recall risk/stale:1")
    assert page.locator("tbody tr").count() == 2
    with mia.site.client() as owner:
        owner.quarantine("risk/stale:1", reason="somebody was quicker")
    page.fill("#f-reason", "it is old")
    page.get_by_role("button", name="Quarantine 2 versions").click()
    expect(page.get_by_role("alert")).to_contain_text("is in quarantine")
    expect(page.locator(".note", has_text="somebody was quicker").first).to_be_visible()
    assert page.locator("#f-reason").count() == 0
    with mia.site.client() as owner:
        owner.release("risk/stale:1", reason="over")


def test_only_who_may_recalls_and_releases(people: People) -> None:
    """Others are told why not, and a form of their own is refused."""
    ada = people("ada")
    page = ada.visit("/quarantines/new?subject=risk/base:1")
    expect(page.get_by_role("button", name="Quarantine")).to_be_disabled()
    expect(page.locator(".cannot")).to_contain_text("Needs version:quarantine on all that it reaches")
    page = ada.visit("/quarantines/1")
    expect(page.get_by_role("button", name="Release")).to_be_disabled()
    token = page.locator("input[name=form_token]").first.input_value()
    for place in ("/quarantines/new", "/quarantines/1/release"):
        form = {"form_token": token, "subject": "risk/base:1", "reason": "mine"}
        assert page.request.post(ada.site.url + place, form=form, max_redirects=0).status == 403
    eve = people("eve")
    eve.visit("/quarantines", status=403)
    eve.visit("/quarantines/1", status=403)


def test_a_list_is_paged(mia: Person) -> None:
    """By fifty, without one twice."""
    with mia.site.client() as owner:
        for at in range(55):
            made = owner.quarantine(f"dataset:s3://paged/{at}", reason="r")
            owner.release(made.id, reason="r")
    page = mia.visit("/quarantines?everything=1")
    first = page.locator("tbody td:first-child").all_inner_texts()
    assert len(first) == 50
    page.get_by_role("link", name="Next page").click()
    second = page.locator("tbody td:first-child").all_inner_texts()
    assert second
    assert not set(first) & set(second)
    assert [int(one) for one in first + second] == sorted(map(int, first + second), reverse=True)
