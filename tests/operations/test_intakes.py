"""Do the bytes of a promised version come, whatever happens on the way, and only those?"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from holotype.artifacts.tables import uploads
from holotype.catalogue import contents, intakes, models, versions
from holotype.catalogue.tables import sources
from holotype.domain import digest
from holotype.domain.entities import Actor, Intake, Version
from holotype.domain.permissions import Permission
from holotype.domain.provenance import Provenance
from holotype.domain.references import parse
from holotype.egress.sources.places import ImportSource
from holotype.egress.sources.reading import parse as read_sources
from holotype.errors import Denied, NotFound
from holotype.ledger.tables import ledger_entries
from holotype.operations.call import Call
from holotype.operations.copy_in import Pace, copy_in
from holotype.operations.create_model import create_model
from holotype.operations.delete import delete_model
from holotype.operations.read_file import read_file
from holotype.operations.restore import restore_model
from holotype.operations.retry_intake import retry_intake
from holotype.operations.take_in import Wanted, take_in
from tests.support.fake_tracker import HOSTILE, Tracker, run, tracking, with_a_gap
from tests.support.fixtures import Backend
from tests.support.registry import EVERYTHING, Desk, open_desk

RUN = "a" * 32
LOGGED = f"m-{'b' * 32}"
AT = f"7/{RUN}/artifacts"
MLMODEL = b"artifact_path: model\nflavors:\n  sklearn:\n    sklearn_version: 1.5.0\n"
LARGE = bytes(range(256)) * 4_096
MODEL = parse("default/fraud")
HERE = Path("import-sources.toml")
NOW = Pace(attempts=3, later=0.0)


@pytest.fixture
def tracker() -> Iterator[Tracker]:
    """A polite tracking server with one run."""
    files = {f"{AT}/model/MLmodel": MLMODEL, f"{AT}/model/data/weights.bin": LARGE, f"{AT}/other.txt": b"no"}
    with tracking(files) as made:
        tags = [{"key": "mlflow.source.git.commit", "value": "c" * 40}]
        made.runs[RUN] = run(
            RUN,
            f"mlflow-artifacts:/{AT}",
            params=[{"key": "depth", "value": "6"}],
            metrics=[{"key": "auc", "value": 0.93, "timestamp": 1, "step": "0"}],
            tags=tags,
        )
        made.models[LOGGED] = {
            "model": {"info": {"artifact_uri": f"mlflow-artifacts:/{AT}/model", "source_run_id": RUN}}
        }
        yield made


@pytest.fixture
def desk(backend: Backend, tracker: Tracker) -> Iterator[Desk]:
    """A registry for which the tracking server is an import source, with the model ``fraud``."""
    with open_desk(backend.database_url, backend.store_url, egress_allow=tracker.url, part_size=2**17) as opened:
        create_model(opened.call(), MODEL)
        source = read_sources(f'[[source]]\nname="t"\nkind="mlflow"\nurl="{tracker.url}"\nnamespaces=["*"]\n', HERE, {})
        yield replace(opened, registry=replace(opened.registry, sources=source))


def ask(desk: Desk, uri: str = f"runs:/{RUN}/model", **wanted: Any) -> Intake:
    """Ask for a version from the import source."""
    found = asyncio.run(take_in(present(desk), MODEL, Wanted(uri, **wanted)))
    assert isinstance(found, Intake)
    return found


def present(desk: Desk) -> Call:
    """Make a call of this moment: intakes wait by the server's own clock."""
    return Call(desk.registry, Actor("ada", 1, EVERYTHING), "test", now=desk.registry.clock())


def bring(desk: Desk, times: int = 1, pace: Pace = NOW) -> None:
    """Let a server work on what waits, so many times."""
    for _ in range(times):
        copy_in(present(desk), lambda: None, pace)


def state(desk: Desk, number: int = 1) -> Intake | None:
    """Return an intake as it is now."""
    with desk.registry.database.read() as tx:
        return intakes.get(tx, models.get(tx, "default", "fraud").id, number)


def version(desk: Desk, number: int = 1) -> Version:
    """Return a version of the model."""
    with desk.registry.database.read() as tx:
        return versions.find(tx, parse(f"default/fraud:{number}"))


def held(desk: Desk, number: int = 1) -> dict[str, str]:
    """Return the files of a version: digests by path."""
    with desk.registry.database.read() as tx:
        found = contents.page_of_files(tx, version(desk, number).id, after="", limit=100)
    return {file.path: file.digest for file in found}


def origin(desk: Desk, number: int = 1) -> Provenance:
    """Return the provenance of a version."""
    with desk.registry.database.read() as tx:
        kept = contents.provenance(tx, version(desk, number))
    assert kept is not None
    return msgspec.json.decode(kept.content, type=Provenance)


WHOLE = {"MLmodel": digest.of(MLMODEL), "data/weights.bin": digest.of(LARGE)}


@pytest.mark.parametrize(
    "uri", [f"runs:/{RUN}/model", f"models:/{LOGGED}", f"mlflow-artifacts:/{AT}/model", "URL"], ids=str
)
def test_a_promised_version_comes_whole(desk: Desk, tracker: Tracker, uri: str) -> None:
    """Under its number, with its words, by whoever asked for it, at that moment; and nothing beside the model."""
    uri = uri.replace("URL", f"{tracker.url}/api/2.0/mlflow-artifacts/artifacts/{AT}/model")
    asked = ask(desk, uri, description="promised", tags={"team": "risk"})
    bring(desk)
    made = version(desk)
    assert held(desk) == WHOLE
    assert (made.number, made.created_by, made.created_at) == (1, "ada", asked.created_at)
    assert (made.description, made.tags) == ("promised", {"team": "risk"})
    assert state(desk) is None


def test_a_promised_version_keeps_its_link_without_a_run(desk: Desk) -> None:
    """Files of nobody's run may have one, as those of a run that the tracking server does not know."""
    ask(desk, f"mlflow-artifacts:/{AT}/model", run_link="https://runs.example/1")
    ask(desk, f"mlflow-artifacts:/{AT}/model", run_link="https://runs.example/2", run_id="lost")
    bring(desk, times=2)
    kept = [row["run_link"] for row in desk.rows(sa.select(sources).order_by(sources.c.version_id))]
    assert kept == ["https://runs.example/1", "https://runs.example/2"]


def test_its_bytes_are_read_like_any_others(desk: Desk) -> None:
    """What was copied in is what the source had."""
    ask(desk)
    bring(desk)

    found = read_file(desk.call(), parse("default/fraud:1"), "data/weights.bin").file
    assert desk.registry.store.read(found.digest, 0, found.size) == LARGE


def test_what_the_run_knows_comes_with_it(desk: Desk, tracker: Tracker) -> None:
    """Parameters, metrics, the commit, and where people see the run."""
    ask(desk, run_id=RUN)
    bring(desk)
    known = origin(desk)
    assert known.parameters.keys() == {"depth"}
    assert [metric.value for metric in known.metrics] == [0.93]
    assert known.run is not None
    assert (known.run.id, known.run.tracker) == (RUN, tracker.url)
    assert known.source is not None
    assert not known.source.external


def test_a_source_that_is_away_is_asked_again(desk: Desk, tracker: Tracker) -> None:
    """The intake waits and says why; once the source is back, the version comes."""
    ask(desk)
    tracker.status = 503
    bring(desk)
    waiting = state(desk)
    assert waiting is not None
    assert (waiting.status, "503" in waiting.reason) == ("pending", True)
    tracker.status = 200
    bring(desk)
    assert held(desk) == WHOLE


def test_a_source_that_stays_away_is_given_up(desk: Desk, tracker: Tracker) -> None:
    """With the reason, in the ledger too; nobody asks any more."""
    ask(desk)
    tracker.status = 503
    bring(desk, 5)
    failed = state(desk)
    assert failed is not None
    assert (failed.status, "503" in failed.reason) == ("failed", True)
    actions = [
        row["action"] for row in desk.rows(sa.select(ledger_entries.c.action).order_by(ledger_entries.c.sequence))
    ]
    assert actions[-2:] == ["intake.begun", "intake.failed"]


def test_a_large_file_goes_on_where_it_was_cut_off(desk: Desk, tracker: Tracker) -> None:
    """Parts that are here are not asked for again, and each attempt that brought something counts anew."""
    ask(desk)
    tracker.cut_after = 2**17 + 1_000
    bring(desk, 12)
    assert held(desk) == WHOLE
    spans = [one.partition("bytes=")[2] for one in tracker.asked if "weights" in one]
    assert spans == ["", *(f"{part * 2**17}-" for part in range(1, 8))]
    assert tracker.sent < len(LARGE) + 8 * 2**17
    assert desk.rows(sa.select(uploads.c.id).where(uploads.c.completed_at.is_(None))) == []


def test_a_source_without_ranges_sends_it_again(desk: Desk, tracker: Tracker) -> None:
    """What is here already is passed over, so that the file is right all the same."""
    ask(desk)
    tracker.ranges, tracker.cut_after = False, 2**18 + 1_000
    bring(desk)
    tracker.cut_after = None
    bring(desk, 2)
    assert held(desk) == WHOLE


def test_a_file_that_changed_meanwhile_is_copied_anew(desk: Desk, tracker: Tracker) -> None:
    """Never half of one state and half of another."""
    ask(desk)
    tracker.etag, tracker.cut_after = '"one"', 2**18 + 1_000
    bring(desk)
    other = bytes(reversed(LARGE))
    tracker.files[f"{AT}/model/data/weights.bin"] = other
    tracker.etag, tracker.cut_after = '"two"', None
    bring(desk, 2)
    assert held(desk)["data/weights.bin"] == digest.of(other)


@pytest.mark.parametrize("more", [b"more", b"m" * 2**18])
def test_a_file_that_is_larger_than_listed_never_becomes_a_version(desk: Desk, tracker: Tracker, more: bytes) -> None:
    """What was listed is what is copied."""
    ask(desk)
    tracker.more = more
    bring(desk, 8)
    failed = state(desk)
    assert failed is not None
    assert failed.status == "failed"
    assert "more bytes" in failed.reason


def test_a_file_that_is_smaller_than_listed_never_becomes_a_version(desk: Desk, tracker: Tracker) -> None:
    """Nor does one that ends early, however politely."""
    path = f"{AT}/model/MLmodel"
    tracker.listing = lambda _: {"files": [{"path": "MLmodel", "is_dir": False, "file_size": len(MLMODEL) + 1}]}
    assert path in tracker.files
    ask(desk)
    bring(desk, 8)
    failed = state(desk)
    assert failed is not None
    assert (failed.status, "fewer bytes" in failed.reason) == ("failed", True)


@pytest.mark.parametrize("how", HOSTILE)
def test_a_hostile_listing_is_refused_before_a_byte_is_asked_for(desk: Desk, tracker: Tracker, how: str) -> None:
    """The intake fails at once, with the reason."""
    tracker.listing = HOSTILE[how]
    ask(desk)
    bring(desk)
    failed = state(desk)
    assert failed is not None
    assert failed.status == "failed"
    assert not any("artifacts/artifacts/" in one.partition("?")[0] for one in tracker.asked)


@pytest.mark.parametrize(
    "uri",
    [
        "file:///etc",
        "/etc/passwd",
        "../..",
        "mlflow-artifacts:/../..",
        "s3://elsewhere/x",
        "http://169.254.169.254/x",
        "",
    ],
)
def test_a_source_that_sends_us_elsewhere_is_not_followed(desk: Desk, tracker: Tracker, uri: str) -> None:
    """Where a run says that its files lie has to be covered by an import source too."""
    tracker.runs[RUN]["run"]["info"]["artifact_uri"] = uri
    ask(desk)
    bring(desk)
    failed = state(desk)
    assert failed is not None
    assert failed.status == "failed"


def test_what_is_not_there_fails_at_once(desk: Desk) -> None:
    """No second try changes that."""
    ask(desk, f"runs:/{'d' * 32}/model")
    bring(desk)
    failed = state(desk)
    assert failed is not None
    assert failed.status == "failed"


def test_a_source_that_refuses_us_is_named_and_its_token_is_not(desk: Desk, tracker: Tracker) -> None:
    """Whoever asked for the version reads which source, and no secret."""
    tracker.token = "other"
    sources = tuple(replace(one, secrets={"token": "s3cr3t"}) for one in desk.registry.sources)
    desk = replace(desk, registry=replace(desk.registry, sources=sources))
    ask(desk)
    bring(desk)
    failed = state(desk)
    assert failed is not None
    assert "401" in failed.reason
    assert "s3cr3t" not in failed.reason
    assert "s3cr3t" not in repr(sources)


def test_a_redirect_is_not_followed(desk: Desk, tracker: Tracker) -> None:
    """A source that answers with another address is a source that does not answer."""
    tracker.status = 302
    ask(desk)
    bring(desk)
    waiting = state(desk)
    assert waiting is not None
    assert "302" in waiting.reason


def test_a_deleted_intake_stops(desk: Desk, tracker: Tracker) -> None:
    """Nothing is registered, and the number stays taken."""
    asked = ask(desk)
    tracker.cut_after = 2**18
    bring(desk)
    with desk.registry.database.write() as tx:
        intakes.remove(tx, asked.id)
    tracker.cut_after = None
    bring(desk, 2)
    assert state(desk) is None
    assert ask(desk).number == 2


def test_words_that_changed_meanwhile_are_those_of_the_version(desk: Desk) -> None:
    """An intake is described like a version."""
    asked = ask(desk, description="before")
    with desk.registry.database.write() as tx:
        intakes.change(tx, asked.id, desk.registry.clock(), description="after", tags={"a": "b"})
    bring(desk)
    assert (version(desk).description, version(desk).tags) == ("after", {"a": "b"})


def test_an_import_source_that_is_gone_fails_what_it_promised(desk: Desk) -> None:
    """With a reason that says so."""
    ask(desk)
    bring(replace(desk, registry=replace(desk.registry, sources=())))
    failed = state(desk)
    assert failed is not None
    assert "No import source" in failed.reason


def test_a_source_of_another_namespace_is_not_asked(desk: Desk, tracker: Tracker) -> None:
    """Not even for what was promised before it changed."""
    ask(desk)
    other: tuple[ImportSource, ...] = tuple(replace(one, namespaces=("risk",)) for one in desk.registry.sources)
    bring(replace(desk, registry=replace(desk.registry, sources=other)))
    assert tracker.asked == []


def test_what_failed_is_tried_again_when_somebody_asks(desk: Desk, tracker: Tracker) -> None:
    """From where it was: what is here already is not asked for twice."""
    asked = ask(desk)
    tracker.files[f"{AT}/model/other"] = b"x"
    tracker.listing = lambda folder: with_a_gap(tracker, folder)
    bring(desk, 6)
    failed = state(desk)
    assert failed is not None
    assert failed.status == "failed"
    tracker.files[f"{AT}/model/gone"] = b"here again"
    before = len([one for one in tracker.asked if "weights" in one])
    assert retry_intake(present(desk), parse("default/fraud:1")).status == "pending"
    bring(desk)
    assert held(desk).keys() == {*WHOLE, "gone", "other"}
    assert len([one for one in tracker.asked if "weights" in one]) == before
    assert asked.number == version(desk).number


def test_only_what_failed_is_tried_again(desk: Desk) -> None:
    """A pending one is left as it is, and a number that is no intake is not found."""
    asked = ask(desk)
    assert retry_intake(present(desk), parse("default/fraud:1")) == asked
    for label in ("2", "production"):
        with pytest.raises(NotFound):
            retry_intake(present(desk), parse(f"default/fraud:{label}"))
    reader = Actor("eve", 2, frozenset({Permission.MODEL_READ}))
    with pytest.raises(Denied):
        retry_intake(replace(present(desk), actor=reader), parse("default/fraud:1"))


def test_nothing_is_copied_for_a_model_that_was_deleted(desk: Desk, tracker: Tracker) -> None:
    """What was promised of it is gone with it; its numbers go on where they were when it is back."""
    ask(desk)
    delete_model(desk.call(), MODEL)
    bring(desk)
    assert tracker.asked == []
    restore_model(desk.call(), MODEL)
    assert state(desk) is None
    assert ask(desk).number == 2
