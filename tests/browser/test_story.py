"""Does the whole story work: push, compare, ask, approve as others, roll back, recall? With a mouse, and without one.

Each of the people has a browser of their own. What the pages say is checked on the way; what the registry holds, at the
end. Eve, who has no rights, looks at every page of it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Person
from tests.browser.hands import Hand, Keyboard, Mouse
from tests.browser.site import PASSWORD, Site, _files

People = Callable[..., Person]
EVALUATION = {"metrics": [{"name": "auc", "value": 0.97, "dataset": "ward-2026"}], "evaluator": "ward-suite"}
LISTS = ("/", "/models", "/inbox", "/promotions", "/quarantines", "/ledger", "/policies", "/namespaces")


def holotype(site: Site, folder: Path, *arguments: str) -> str:
    """Run the command line as ada, in a checkout, and return what it prints."""
    command = [sys.executable, "-c", "from holotype.cli import main; main()", *arguments]
    environment = site.server.client_environment | {"HOLOTYPE_TOKEN": site.tokens["ada"]}
    got = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    assert got.returncode == 0, got.stderr
    return got.stdout


def pushed(site: Site, folder: Path, model: str, seed: int) -> str:
    """Push a version through the command line, with the evaluation that the policy asks for."""
    files = _files(site, model.replace("/", "-"), seed)
    origin = ["--data", "s3://ward/story.parquet", "--param", f"depth={seed}"]
    told = holotype(site, folder, "push", str(files), model, "--metric", f"auc=0.9{seed}", *origin, "--json")
    reference = str(json.loads(told)["reference"])
    evidence = folder / "evaluation.json"
    evidence.write_text(json.dumps(EVALUATION))
    holotype(site, folder, "attest", reference, str(evidence), "--type", "evaluation")
    return reference


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A Git checkout with a commit, which the policy wants to know of."""
    for command in (("init", "-q"), ("commit", "-q", "--allow-empty", "-m", "first")):
        subprocess.run(
            ["git", "-c", "user.name=ada", "-c", "user.email=ada@clinic.example", *command], cwd=tmp_path, check=True
        )
    return tmp_path


def enter(people: People, kind: Callable[..., Hand], name: str) -> Hand:
    """Sign somebody in by the page."""
    person = people(None)
    hand = kind(person.visit("/sign-in"))
    hand.fill("Name", name)
    hand.fill("Password", PASSWORD)
    hand.press("Sign in")
    expect(hand.page.locator(".menu summary")).to_have_text(name)
    return hand


def released(site: Site, reference: str) -> None:
    """Bring a version into production, by the Python client."""
    with site.client("ada") as ada, site.client("rita") as rita, site.client("rob") as rob:
        rita.promote(reference, "staging")
        number = ada.promote(reference, "production", reason="first release").id
        assert number is not None
        for reviewer in (rita, rob):
            reviewer.approve(number, comment="checked")


def open_model(hand: Hand, model: str) -> None:
    """Go to the page of a model by the list of models."""
    hand.jump("m", "Models")
    hand.follow(model)


@pytest.mark.parametrize("kind", [Mouse, Keyboard], ids=["mouse", "keyboard"])
def test_the_whole_story(people: People, site: Site, checkout: Path, kind: Callable[..., Hand]) -> None:
    """From the terminal of who trained it into production, back again, and out of everybody's way."""
    model = f"clinic/story-{kind.__name__.lower()}"
    first, second = pushed(site, checkout, model, 1), pushed(site, checkout, model, 2)
    released(site, first)
    ada, rita, rob, mia = (enter(people, kind, name) for name in ("ada", "rita", "rob", "mia"))
    _compare(ada, model)
    _stage(rita, model)
    number = _ask(ada, model)
    for reviewer, said in ((rita, "evaluation checked"), (rob, "on duty")):
        _approve(reviewer, second, said)
    expect(ada.page.locator("#state")).to_contain_text("applied")  # by itself: she has touched nothing
    _roll_back(mia, model, first)
    _recall(mia)
    with site.client() as owner:
        assert owner.version(f"{model}:production").reference == first
        assert owner.version(second).quarantined_at is not None
        assert [one.comment for one in owner.promotion(number).approvals] == ["evaluation checked", "on duty"]
    _nothing_for_eve(people, model, number)


def _compare(hand: Hand, model: str) -> None:
    open_model(hand, model)
    for number in (1, 2):
        hand.check(f"Compare version {number}")
    hand.press("Compare the chosen ones (2)")
    expect(hand.page.locator("main")).to_contain_text("depth")


def _stage(hand: Hand, model: str) -> None:
    open_model(hand, model)
    hand.follow("2")
    hand.follow("Move to staging…")
    hand.fill("Reason", "smoke test passed")
    hand.press("Move to staging")


def _ask(hand: Hand, model: str) -> int:
    """Ask for production, and return the number of the promotion, whose page stays open."""
    open_model(hand, model)
    hand.follow("2")
    hand.follow("Ask for production…")
    hand.fill("Reason", "better on the ward")
    hand.press("Ask for production")
    return int(hand.page.url.rpartition("/")[2])


def _approve(hand: Hand, reference: str, said: str) -> None:
    hand.jump("i", "Inbox")
    hand.follow(reference)
    hand.fill("Comment", said)
    hand.press("Approve")


def _roll_back(hand: Hand, model: str, to: str) -> None:
    open_model(hand, model)
    hand.press("Roll back…")
    hand.fill("Reason", "wrong on the night shift")
    hand.press("Roll back production")
    expect(hand.page.get_by_role("status")).to_contain_text(f"{to} is in production again.")


def _recall(hand: Hand) -> None:
    """Quarantine the second version of the model whose page is open."""
    hand.follow("2")
    hand.follow("Quarantine…")
    hand.fill("Reason", "labels of the night shift")
    hand.press("Quarantine 1 version")
    expect(hand.page.get_by_role("status")).to_contain_text("It holds 1 version")


def _nothing_for_eve(people: People, model: str, number: int) -> None:
    """No page of the story is there for her, and no list tells of it."""
    eve = people("eve")
    version = f"/models/{model}/versions/2"
    pages = [f"/models/{model}", f"/models/{model}/history", f"/models/{model}/card", f"/models/{model}/access"]
    pages += [version, *[f"{version}/{part}" for part in ("files", "evidence", "provenance", "history", "bom")]]
    pages += [f"/promotions/{number}", f"/compare?version={model}:1&version={model}:2", f"/lineage?of={model}:2"]
    for place in (*pages, *LISTS):
        got = eve.page.goto(eve.site.url + place)
        assert got is not None
        if place in pages:
            assert got.status in (403, 404) or "cannot be shown" in eve.page.content(), (place, got.status)
        else:
            assert model.partition("/")[2] not in eve.page.content(), place
        for words in ("better on the ward", "ward/story.parquet", "evaluation checked", "night shift"):
            assert words not in eve.page.content(), place
