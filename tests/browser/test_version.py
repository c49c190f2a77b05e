"""Can people see what a version is, look into it, move it, name it, write about it, and only where they may?"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

from tests.browser.conftest import Person
from tests.browser.site import Site

People = Callable[..., Person]
_COUNT = iter(range(1, 1_000))


def pushed(site: Site, space: str = "risk", *, who: str = "ada", **more: object) -> str:
    """Push the first version of a model of its own, and return where its page is."""
    name = f"{space}/look-{next(_COUNT)}"
    place = site.folder / name
    (place / "deep" / "er").mkdir(parents=True)
    (place / "model.bin").write_bytes(name.encode())
    (place / "deep" / "page.html").write_text("<script>document.title = 'taken'</script>")
    (place / "deep" / "er" / "a b#c%2f.txt").write_text("notes")
    with site.client(who) as client:
        client.push(place, name, **{"code": None, "metrics": {"auc": 0.9}} | more)  # type: ignore[arg-type]
    return f"/models/{name}/versions/1"


def reference(place: str) -> str:
    """Return the reference of the version whose page is at a place."""
    _, _, space, model, _, number = place.split("/")
    return f"{space}/{model}:{number}"


def test_a_version_says_what_it_is(ada: Person) -> None:
    """Reference, digest, labels, and how each kind of client uses it; all of it can be copied."""
    with ada.site.client() as owner:
        known = owner.version("clinic/tumours:4")
    page = ada.visit("/models/clinic/tumours/versions/challenger")
    assert page.inner_text("h1") == "clinic/tumours:4"
    copies = [one.get_attribute("data-copies") for one in page.query_selector_all("main [data-copies]")]
    assert {
        "clinic/tumours:4",
        known.digest,
        "holotype pull clinic/tumours:4",
        'client.pull("clinic/tumours:4", "model/")',
        "models:/tumours/4",
        f"export MLFLOW_TRACKING_URI={ada.site.url}/mlflow/clinic",
    } <= set(copies)
    assert "challenger names version 4 now" in page.inner_text("main")
    page.click("text=The address of this version")
    assert page.url.endswith("/versions/4")
    ada.visit(f"/models/clinic/tumours/versions/{known.digest}")
    page = ada.visit("/models/clinic/tumours/versions/99", status=404)
    assert page.inner_text("main code").startswith("holotype ")
    assert page.get_attribute("main a", "href") == "/models"
    assert ada.errors == [one for one in ada.errors if "404" in one]


def test_a_prompt_shows_its_text_and_how_it_is_loaded(ada: Person) -> None:
    """What MLflow's clients register as a prompt is no model without metrics; what its tags claim is its file."""
    text = "Hello {{name}}, <b>how</b> is {{town}}?"
    tags = {"mlflow.prompt.is_prompt": "true", "mlflow.prompt.text": text, "_mlflow_prompt_type": "text"}
    listed = [{"key": key, "value": value} for key, value in tags.items()]
    root, bears = f"{ada.site.url}/mlflow/risk/api/2.0/mlflow", {"Authorization": f"Bearer {ada.site.tokens['ada']}"}
    with httpx2.Client(headers=bears) as client:
        client.post(f"{root}/registered-models/create", json={"name": "greet", "tags": listed[:1]}).raise_for_status()
        made = {"name": "greet", "source": "dummy-source", "tags": listed}
        client.post(f"{root}/model-versions/create", json=made).raise_for_status()
    page = ada.visit("/models/risk/greet/versions/1")
    assert page.inner_text("[aria-labelledby='prompt-title'] pre") == text
    assert page.query_selector("#metrics-title") is None
    assert page.query_selector("""[data-copies='mlflow.genai.load_prompt("prompts:/greet/1")']""") is not None
    assert "mlflow.prompt" not in ada.visit("/models").inner_text("main")
    false = pushed(ada.site, tags=tags)
    assert ada.visit(false).query_selector("#prompt-title") is None


def test_neighbours_and_comparisons_are_a_click_away(ada: Person) -> None:
    """The version before, the next, and what is in production."""
    page = ada.visit("/models/clinic/tumours/versions/4")
    assert page.get_attribute("text=Compare with production", "href") == (
        "/compare?version=clinic%2Ftumours%3A2&version=clinic%2Ftumours%3A4"
    )
    assert page.get_attribute("text=Lineage", "href") == "/lineage?of=clinic%2Ftumours%3A4"
    page.click("[rel=prev]")
    assert page.inner_text("h1") == "clinic/tumours:3"
    page.click("[rel=next]")
    assert page.inner_text("h1") == "clinic/tumours:4"


def test_metrics_stand_by_data_set_and_slice(ada: Person) -> None:
    """With the direction in which they get better."""
    text = ada.visit("/models/clinic/tumours/versions/4").inner_text("table.measures")
    assert text.index("ward-2026") < text.index("auc")
    assert "higher is better" in text


def test_many_parameters_are_shown_when_somebody_asks(ada: Person) -> None:
    """The first hundred at once, all of them under an address of their own."""
    place = pushed(ada.site, params={f"p{one:03}": one for one in range(150)})
    page = ada.visit(place)
    assert "p099" in page.inner_text("main")
    assert "p149" not in page.inner_text("main")
    page.click("text=Show all")
    assert "p149" in page.inner_text("main")


def test_a_reviewer_moves_a_version_after_seeing_what_the_gates_say(rita: Person) -> None:
    """From the page through the preview back to the page, with the reason on record."""
    place = pushed(rita.site)
    page = rita.visit(place)
    page.click("text=Move to staging…")
    assert {one.inner_text() for one in page.query_selector_all(".verdict")} == {"passed"}
    page.fill("#f-reason", "looks <b>good</b>")
    page.click("main form button")
    page.wait_for_url(rita.site.url + place)
    assert page.inner_text(".titled .stage") == "staging"
    assert "is in staging" in page.inner_text(".note")
    assert "looks <b>good</b>" in page.inner_text(".asked")
    assert rita.errors == []


def test_what_gates_refuse_leads_to_the_promotion(ada: Person) -> None:
    """The preview says so before; asked all the same, the refusal is a promotion of its own."""
    place = pushed(ada.site, "clinic", data=["s3://ward/scans.parquet"])
    with ada.site.client() as owner:
        owner.open_override(reference(place), "staging", ["provenance-complete"], reason="a test")
        owner.promote(reference(place), "staging", reason="a test")
    page = ada.visit(place + "/promote?to=production")
    assert "1 gate stands in the way" in page.inner_text("main")
    page.click("text=Ask anyway")
    page.wait_for_url("**/promotions/*")
    with ada.site.client() as owner:
        assert owner.promotion(int(page.url.rpartition("/")[2])).status == "refused"


def test_what_waits_is_shown_with_its_promotion_and_its_approvals(rita: Person) -> None:
    """In the place of the button; who approved stands with what they said."""
    page = rita.visit("/models/clinic/tumours/versions/4")
    assert page.get_attribute("aside a:text('to production')", "href") == f"/promotions/{rita.site.pending}"
    text = rita.visit("/models/clinic/tumours/versions/2").inner_text(".asked")
    assert all(word in text for word in ("rita", "evaluation checked", "rob", "on duty", "first release"))


def test_somebody_without_the_right_reads_why(rita: Person) -> None:
    """Buttons that are not for a reviewer are there, disabled, with the sentence."""
    page = rita.visit("/models/risk/fraud/versions/12")
    told = page.inner_text("main")
    for permission in ("alias:write", "version:write", "version:quarantine", "version:delete"):
        assert f"Needs {permission} on risk/fraud" in told
    assert page.is_disabled("text=Set an alias")


def test_somebody_without_any_right_sees_nothing(people: People) -> None:
    """Neither the page nor its parts nor a file; a stranger is asked to sign in."""
    eve = people("eve")
    place = "/models/risk/fraud/versions/12"
    for part in ("", "/files", "/files/config.json", "/provenance", "/evidence", "/history", "/bom", "/manifest"):
        eve.visit(place + part, status=404)
    nobody = people(None)
    nobody.visit(place + "/files/config.json")
    assert "/sign-in?next=" in nobody.page.url


def test_an_alias_is_set_and_taken_away(ada: Person) -> None:
    """What cannot be one is refused on the same page."""
    place = pushed(ada.site)
    page = ada.visit(place)
    page.fill("#f-alias", "candidate")
    page.click("aside button:text('Set')")
    page.wait_for_selector(".titled .badge:text('candidate')")
    page.fill("#f-alias", "production")
    page.click("aside button:text('Set')")
    page.wait_for_selector(".note.error")
    page.on("dialog", lambda dialog: dialog.accept())
    page.click("[aria-label='Remove the alias candidate']")
    page.wait_for_selector("text=The alias candidate is gone.")
    assert page.query_selector(".titled .badge") is None


def test_words_are_changed_and_hostile_ones_do_nothing(ada: Person) -> None:
    """Card, description and tags; what is refused stays in the form."""
    place = pushed(ada.site)
    page = ada.visit(place)
    page.click("text=Edit card, description and tags")
    page.fill("#f-card", "# Use\n<script>document.title='taken'</script>\n![p](https://evil.example/p.png)")
    page.fill("#f-description", "<img src=x onerror=\"document.title='taken'\"> a forest")
    page.fill("#f-tags", "team=risk\nodd=<b>bold</b>")
    page.click("text=Save")
    page.wait_for_selector("text=Saved.")
    assert "<script>" in page.inner_text("article")
    assert page.query_selector("article img, article script") is None
    assert "<b>bold</b>" in page.inner_text("aside")
    assert page.title() != "taken"
    ada.visit(place + "?edit=true")
    page.fill("#f-tags", "team=risk")
    page.click("text=Save")
    page.wait_for_selector("text=Saved.")
    assert "bold" not in page.inner_text("aside")
    ada.visit(place + "?edit=true")
    page.fill("#f-tags", "=no key")
    page.click("text=Save")
    page.wait_for_selector(".note.error")
    assert page.input_value("#f-tags") == "=no key"
    assert [one for one in ada.errors if "400" not in one] == []


def test_files_are_a_tree_that_is_opened_a_folder_at_a_time(ada: Person) -> None:
    """The address says the folder; the way back is above."""
    page = ada.visit(pushed(ada.site) + "/files")
    assert [one.inner_text() for one in page.query_selector_all("tbody th")] == ["deep/", "model.bin"]
    page.click("text=deep/")
    assert page.url.endswith("/files?folder=deep")
    page.click("text=er/")
    assert page.inner_text("tbody th") == "a b#c%2f.txt"
    page.click(".path a:text('deep')")
    assert [one.inner_text() for one in page.query_selector_all("tbody th")] == ["er/", "page.html"]
    ada.visit(page.url.removeprefix(ada.site.url).replace("deep", "nothing"))
    assert "There is no such folder." in page.inner_text("main")


@pytest.mark.parametrize(("path", "content"), [("deep/page.html", b"<script>"), ("deep/er/a b#c%2f.txt", b"notes")])
def test_a_file_is_downloaded_and_never_shown(ada: Person, path: str, content: bytes) -> None:
    """Whatever it is: as an attachment of bytes, under its own name, written to the ledger as a pull."""
    folder, _, name = path.rpartition("/")
    page = ada.visit(pushed(ada.site) + f"/files?folder={folder}")
    with page.expect_download() as begun:
        page.click(f"[aria-label='Download {name}']")
    assert begun.value.suggested_filename.replace("_", "%") == name.replace("_", "%")
    assert Path(begun.value.path()).read_bytes().startswith(content)
    got = ada.context.request.get(begun.value.url)
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["content-disposition"].startswith("attachment")
    assert got.headers["x-content-type-options"] == "nosniff"
    part = ada.context.request.get(begun.value.url, headers={"range": "bytes=1-2"})
    assert (part.status, part.body()) == (206, got.body()[1:3])


def test_many_files_are_paged(ada: Person) -> None:
    """A folder of hundreds opens as one of ten."""
    place = ada.site.folder / "many"
    place.mkdir()
    for number in range(130):
        (place / f"{number:03}.bin").write_bytes(b"same")
    with ada.site.client("ada") as client:
        client.push(place, "risk/many", code=None)
    page = ada.visit("/models/risk/many/versions/1/files")
    assert len(page.query_selector_all("tbody tr")) == 100
    page.click("text=Next page")
    assert page.inner_text("tbody th") == "100.bin"


def test_a_file_lists_its_tensors(ada: Person) -> None:
    """From the list of files; what names none says which formats do."""
    page = ada.visit("/models/risk/fraud/versions/12/files")
    page.click("text=safetensors >> nth=-1")
    row = page.inner_text("tbody tr >> nth=0")
    assert all(word in row for word in ("layer.0.weight", "F32", "16 × 16", "1.0 KiB"))
    ada.visit("/models/risk/fraud/versions/12/tensors?path=config.json", status=400)
    ada.visit("/models/risk/fraud/versions/12/tensors?path=nothing", status=404)


def test_what_is_in_quarantine_is_held_back(people: People) -> None:
    """The banner says why; nobody downloads it, but an administrator who says so."""
    place = "/models/clinic/rash/versions/1"
    ada = people("ada")
    page = ada.visit(place)
    assert "labels swapped" in page.inner_text(".note.error")
    assert page.locator("button:text('Set an alias')").is_disabled()
    assert "no alias names it anew" in page.inner_text("aside")
    assert "held back" in ada.visit(place + "/files").inner_text("tbody")
    ada.visit(place + "/files/config.json", status=409)
    mia = people("mia")
    page = mia.visit(place + "/files")
    with page.expect_download() as begun:
        page.click("[aria-label='Download config.json']")
    assert "quarantined=true" in begun.value.url


def test_provenance_leads_to_where_things_came_from(ada: Person) -> None:
    """Parents that are here by their page, data sets by their lineage; the document itself is a download."""
    page = ada.visit("/models/risk/fraud/versions/12/provenance")
    assert page.get_attribute("text=risk/base:1", "href") == "/models/risk/base/versions/1"
    assert page.get_attribute("text=s3://lake/cards.parquet", "href") == (
        "/lineage?of=dataset%3As3%3A%2F%2Flake%2Fcards.parquet"
    )
    with page.expect_download() as begun:
        page.click("text=Download it as JSON")
    assert json.loads(Path(begun.value.path()).read_text())["parents"][0]["reference"] == "risk/base:1"


@pytest.mark.parametrize(("link", "begins"), [("Bill of materials", b"{"), ("Model card", b"---"), ("Manifest", b'{"')])
def test_papers_are_downloads(ada: Person, link: str, begins: bytes) -> None:
    """What the registry writes about a version."""
    page = ada.visit("/models/clinic/tumours/versions/4")
    with page.expect_download() as begun:
        page.click(f"aside a:text('{link}')")
    assert Path(begun.value.path()).read_bytes().startswith(begins)


def test_evidence_is_attached_and_read(ada: Person) -> None:
    """What it says is shown as text, whatever it says; what is refused stays in the form."""
    page = ada.visit(pushed(ada.site) + "/evidence")
    page.click("summary:text('Attach evidence')")
    page.fill("#f-type", "evaluation")
    page.fill("#f-payload", '{"metrics": []}')
    page.click("main form button:text('Attach')")
    page.wait_for_selector(".note.error")
    assert page.input_value("#f-payload") == '{"metrics": []}'
    page.fill("#f-type", "acme.org/fairness")
    page.fill("#f-payload", json.dumps({"said": "</pre><script>document.title='taken'</script>"}))
    page.click("main form button:text('Attach')")
    page.wait_for_url("**/evidence/*")
    assert "<script>" in page.inner_text("pre.payload")
    assert page.title() != "taken"
    with page.expect_download() as begun:
        page.click("text=Download the payload")
    assert b"</pre><script>" in Path(begun.value.path()).read_bytes()
    page.click("text=All evidence")
    assert "acme.org/fairness" in page.inner_text("tbody")
    assert [one for one in ada.errors if "400" not in one] == []


def test_an_evaluation_and_a_scan_are_told_as_tables(ada: Person) -> None:
    """Beside their JSON."""
    page = ada.visit(f"/models/clinic/tumours/versions/2/evidence/{ada.site.evaluation}")
    assert "0.97" in page.inner_text("tbody")
    page = ada.visit("/models/clinic/tumours/versions/2/evidence?type=scan")
    page.click("tbody a >> nth=0")
    assert "clean" in page.inner_text("[aria-label=Findings]")
    ada.visit("/models/clinic/tumours/versions/2/evidence/999999", status=404)
    ada.visit("/models/clinic/tumours/versions/2/evidence/x", status=404)


def test_each_entry_of_the_history_is_proved(ada: Person) -> None:
    """It is in the tree, and leads to its own page."""
    page = ada.visit("/models/clinic/tumours/versions/2/history")
    assert {one.inner_text() for one in page.query_selector_all("td:last-child .badge")} <= {"signed", "in the tree"}
    assert "hashed anew" in page.inner_text("main")
    head = page.get_by_role("button", name="Copy the tree head").get_attribute("data-copies") or ""
    assert (len(head), page.inner_text("main p .digest code")) == (64, f"{head[:12]}…")
    page.click("tbody a >> nth=0")
    assert "/ledger/" in page.url


def test_a_version_is_deleted_and_comes_back(people: People) -> None:
    """By a maintainer; meanwhile its page says so, and its history stays."""
    mia = people("mia")
    place = pushed(mia.site)
    page = mia.visit(place)
    page.on("dialog", lambda dialog: dialog.accept())
    page.click("text=Delete")
    page.wait_for_selector("text=This version was deleted")
    mia.visit(place + "/files")
    assert "was deleted" in page.inner_text("main")
    page = mia.visit(place + "/history")
    assert "deleted" in page.inner_text("tbody")
    mia.visit(place)
    page.click("text=Bring it back")
    page.wait_for_selector("text=is back.")
    assert mia.errors == []
