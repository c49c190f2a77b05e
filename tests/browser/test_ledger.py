"""Can somebody find in the ledger what happened, and have their own browser verify it?"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route

from holotype.client.auditing.verify import read_keys, verify_export
from tests.browser.conftest import Person

People = Callable[..., Person]
HOSTILE = '<img src=x onerror="document.title=1">{{ 7*7 }}'


def verdict(page: Page, place: str = "main") -> tuple[str, str]:
    """Wait until the browser has said what it found; return that, and its words."""
    found = page.locator(f"{place} [data-verdict]:not([data-verdict=''])").first
    found.wait_for()
    return found.get_attribute("data-verdict") or "", found.inner_text()


def test_entries_are_narrowed_and_the_address_says_how(mia: Person) -> None:
    """Each condition is a field; a page follows the other, and whoever gets the address sees the same."""
    page = mia.visit("/ledger")
    page.fill("#f-actor", "ada")
    page.select_option("#f-action", "version.registered")
    page.click("main form button")
    assert "actor=ada" in page.url
    assert "action=version.registered" in page.url
    rows = page.locator("main tbody tr").all_inner_texts()
    assert rows
    assert all(re.search(r"ada\s+registered", row) for row in rows)
    page = mia.visit("/ledger")
    first = page.locator("main tbody tr a").first.inner_text()
    page.click("text=Next page")
    assert page.locator("main tbody tr a").first.inner_text() != first
    page.click("text=First page")
    assert "cursor" not in page.url
    page = mia.visit("/ledger?since=nonsense", status=400)
    assert "neither a day nor a moment" in page.inner_text("main")
    assert "No entry that you may see" in mia.visit("/ledger?subject=nobody").inner_text("main")


def test_a_browser_verifies_an_entry_up_to_the_signature(mia: Person) -> None:
    """It hashes what is on the page, follows the proof, and checks who signed the tree head."""
    page = mia.visit("/ledger/12")
    good, words = verdict(page)
    assert good == "good", words
    assert "The checkpoint signs that tree head" in words
    assert "holds" in page.inner_text("main")
    assert mia.errors == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (r'(id="hashed">.*?)ada', r"\1adb"),
        (r"(hashes&#34;:\[&#34;)[0-9a-f]{4}", r"\g<1>0000"),
        (r"(root&#34;:&#34;)[0-9a-f]{4}", r"\g<1>0000"),
        (r"(note&#34;:&#34;.*?\\n.*?\\n)....", r"\g<1>AAAA"),
        (r"(note&#34;:&#34;.*?\\u2014 [^ ]* .{8})....", r"\g<1>AAAA"),
    ],
    ids=["entry", "hash", "head", "checkpoint", "signature"],
)
def test_a_browser_finds_what_a_server_changed(mia: Person, tmp_path: Path, right: str, wrong: str) -> None:
    """A letter of the entry, or anything of its proof: the server may say what it likes."""
    with mia.site.client() as owner:
        owner.export_ledger(tmp_path / "ledger.jsonl")  # which signs a checkpoint of what there is
    page = mia.visit("/ledger?actor=ada&action=version.registered")
    number = page.locator("main tbody tr a").first.inner_text().replace(",", "")
    bent: list[int] = []

    def bend(route: Route) -> None:
        got = route.fetch()
        body, count = re.subn(right, wrong, got.text(), count=1, flags=re.DOTALL)
        bent.append(count)
        route.fulfill(response=got, body=body)

    page.route(f"**/ledger/{number}", bend)
    page.goto(f"{mia.site.url}/ledger/{number}")
    assert bent == [1]
    assert verdict(page)[0] == "bad"


def test_without_scripts_the_server_verifies_and_says_how_to_do_it_elsewhere(people: People) -> None:
    """Its own verdict, the proof, and the commands are words on the page."""
    page = people("mia", java_script_enabled=False).visit("/ledger/12")
    words = page.inner_text("main")
    assert "holds" in words
    assert "holotype audit show 12" in words
    assert "holotype audit verify ledger.jsonl --key key.txt" in words


def test_that_the_ledger_only_grew_is_proved_in_the_browser(mia: Person) -> None:
    """From a checkpoint of the list, and from any two sizes."""
    page = mia.visit("/ledger/checkpoints")
    page.locator("main tbody tr >> text=Compare").first.click()
    good, words = verdict(page, "[data-consistency]")
    assert (good, "is the beginning of that over" in words) == ("good", True), words
    for first, second in ((1, 2), (3, 50), (32, 33), (63, 64), (7, 7)):
        page = mia.visit(f"/ledger/checkpoints?first={first}&second={second}")
        assert verdict(page, "[data-consistency]")[0] == "good", (first, second)
        assert page.locator("[data-consistency] .digest [data-copies]").count() == 2
    page = mia.visit("/ledger/checkpoints?first=9999999", status=400)
    assert "9999999" in page.inner_text("main")


def test_a_checkpoint_that_somebody_kept_is_compared_with_today(mia: Person) -> None:
    """The real one leads to the ledger of today; one of another history or registry, or of the future, does not."""
    with mia.site.client() as owner:
        kept = owner.checkpoint()
        owner.create_model("default/after-the-checkpoint")
        owner.export_ledger(mia.site.folder / "later.jsonl")
    lines = kept.split("\n")
    forged = "\n".join([*lines[:2], lines[2][::-1].lstrip("=") + "=", *lines[3:]])
    for note, expected in (
        (kept, "is the beginning of that of today"),
        (forged, "history was rewritten"),
        (kept.replace(lines[0], "holotype/other"), "another registry"),
        (kept.replace(f"\n{lines[1]}\n", "\n99999999\n"), "it is smaller"),
        ("no checkpoint", "not a checkpoint"),
    ):
        page = mia.visit("/ledger/checkpoints")
        page.fill("#f-note", note)
        page.click("form[data-keeps] button")
        found = verdict(page, "form[data-keeps]")
        assert expected in found[1], found
        assert found[0] == ("good" if note == kept else "bad")


def test_the_ledger_is_downloaded_with_the_session_and_verified_elsewhere(mia: Person, tmp_path: Path) -> None:
    """The whole file arrives, and holds with a key of the registry."""
    page = mia.visit("/ledger/checkpoints")
    with page.expect_download() as started:
        page.click("text=Download the whole ledger")
    assert started.value.suggested_filename == "ledger.jsonl"
    started.value.save_as(tmp_path / "ledger.jsonl")
    with mia.site.client() as owner:
        key = owner.checkpoint_keys()[0].verifier
    assert verify_export(tmp_path / "ledger.jsonl", read_keys([key])).holds
    page.fill("#f-model", "risk/fraud")
    with page.expect_download() as started:
        page.click("text=Download its part")
    assert started.value.suggested_filename == "ledger-risk-fraud.jsonl"


def test_who_sees_a_part_sees_no_more_of_it_here(ada: Person, eve: Person) -> None:
    """What is about access, and the whole export, are not for a contributor; nothing is for who has no rights."""
    page = ada.visit("/ledger")
    assert "signed in" not in page.inner_text("main")
    assert page.locator("text=Download the whole ledger").count() == 0
    page = ada.visit("/ledger/checkpoints")
    assert page.get_by_role("button", name="Download the whole ledger").is_disabled()
    assert "Nothing here" in ada.visit("/ledger/1", status=404).inner_text("main")
    ada.visit("/ledger/export", status=403)
    ada.visit("/ledger/0", status=404)
    ada.visit("/ledger/x", status=404)
    for place in ("/ledger", "/ledger/12", "/ledger/checkpoints", "/ledger/export"):
        eve.visit(place, status=403)


def test_what_people_wrote_stays_text(ada: Person) -> None:
    """In the list, in an entry, and in the bytes that are hashed, which still verify."""
    with ada.site.client("ada") as client:
        client.change_model("risk/base", description=HOSTILE)
    page = ada.visit("/ledger?model=risk%2Fbase&action=model.changed")
    page.locator("main tbody tr a").first.click()
    assert HOSTILE in page.inner_text("main").replace('\\"', '"')
    ada.site.client().export_ledger(ada.site.folder / "hostile.jsonl")
    page.reload()
    assert verdict(page)[0] == "good"
    assert page.title() != "1"
    page = ada.visit("/ledger?subject=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E&actor=%22%3E%3Cscript%3E")
    assert page.locator("main img, main script").count() == 0
    assert ada.errors == []
