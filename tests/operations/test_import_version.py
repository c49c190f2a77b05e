"""Does a version come from another registry as it was there, once, and under its number?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from holotype.catalogue.tables import models, versions
from holotype.domain import titles
from holotype.domain.entities import Actor
from holotype.domain.imports import ImportedLabels, ImportedModel, ImportedVersion, Labelling
from holotype.domain.references import parse
from holotype.domain.runs import TrackedRun
from holotype.egress.sources.reading import parse as read_sources
from holotype.errors import Conflict, Denied, Invalid, InvalidName, MissingContent, NotFound
from holotype.ledger.tables import ledger_entries
from holotype.operations.call import Call
from holotype.operations.copy_in import Pace, copy_in
from holotype.operations.delete import delete_version
from holotype.operations.import_labels import import_labels
from holotype.operations.import_model import import_model
from holotype.operations.import_version import Outcome, import_version
from holotype.operations.register import Content, register
from holotype.operations.resolve import resolve
from tests.support.fake_tracker import Tracker, run, tracking
from tests.support.registry import EVERYTHING, Desk, open_desk

ORIGIN, FRAUD, RUN = "http://old.example:5000", parse("fraud"), "a" * 32
THEN = datetime(2021, 5, 1, 12, 30, 0, 123_000, tzinfo=UTC)
LATER = datetime(2022, 6, 1, 12, 30, 0, 456_000, tzinfo=UTC)


def told(desk: Desk, number: int = 1, **more: Any) -> ImportedVersion:
    """Return a version as another registry has it, whose bytes are held."""
    given = {"uri": "mlflow-artifacts:/0/r/artifacts/model", "created_at": THEN, "files": [desk.stored(b"weights")]}
    return ImportedVersion(ORIGIN, "fraud", number, **given | more)


def bring(desk: Desk, number: int = 1, **more: Any) -> Outcome:
    """Import a version and its model."""
    import_model(desk.call(), FRAUD, ImportedModel(ORIGIN, "fraud", created_at=THEN, changed_at=LATER))
    return import_version(desk.call(), FRAUD, told(desk, number, **more))


def test_number_author_and_moments_are_those_of_over_there(desk: Desk) -> None:
    """The ledger has the moment of the import, and the old one in its data."""
    made = bring(desk, 7, author="ada", changed_at=LATER, description="d", tags={"a": "b"}).version
    assert made is not None
    assert (made.number, made.created_by, made.created_at, made.description) == (7, "ada", THEN, "d")
    row = desk.rows(sa.select(versions.c.changed_at, versions.c.created_at))[0]
    assert row["changed_at"] == int(LATER.timestamp() * 1_000) * 1_000
    entry = desk.rows(sa.select(ledger_entries).where(ledger_entries.c.action == "version.imported"))[0]
    assert entry["actor"] == "ada"
    assert '"registered_at":"2021-05-01T12:30:00.123000Z"' in str(entry["data"])


def test_the_next_version_gets_a_number_that_was_never_given_out(desk: Desk) -> None:
    """Gaps stay gaps; what the other registry gave out is known to this one."""
    bring(desk, 7)
    import_model(desk.call(), FRAUD, ImportedModel(ORIGIN, "fraud", next_number=12))
    assert register(desk.call(), FRAUD, Content([desk.stored(b"ours")]))[0].number == 12


def test_the_same_version_again_is_the_version_that_was_there(desk: Desk) -> None:
    """Whatever its run has learnt since; nothing is written."""
    first = bring(desk, 3)
    before = len(desk.rows(sa.select(ledger_entries.c.sequence)))
    again = import_version(desk.call(), FRAUD, told(desk, 3, run=TrackedRun("r", "0", parameters={"new": "1"})))
    assert (again.created, again.version) == (False, first.version)
    assert len(desk.rows(sa.select(ledger_entries.c.sequence))) == before


def test_another_version_under_the_number_is_a_conflict(desk: Desk) -> None:
    """Ours, or one that was made there at another moment."""
    register(desk.call(), FRAUD, Content([desk.stored(b"ours")]))
    with pytest.raises(Conflict, match="another version"):
        import_version(desk.call(), FRAUD, told(desk, 1))
    bring(desk, 2)
    with pytest.raises(Conflict, match="another version"):
        import_version(desk.call(), FRAUD, told(desk, 2, created_at=LATER))


def test_what_was_deleted_here_stays_deleted(desk: Desk) -> None:
    """An import brings nothing back."""
    bring(desk, 1)
    delete_version(desk.call(), parse("fraud:1"))
    with pytest.raises(Conflict, match="deleted here"):
        import_version(desk.call(), FRAUD, told(desk, 1))


@pytest.mark.parametrize(("number", "files"), [(0, None), (-1, None), (2**31, None)])
def test_no_other_number_is_one(desk: Desk, number: int, files: None) -> None:
    """Numbers count from 1 to what the database holds."""
    del files
    with pytest.raises(Invalid):
        bring(desk, number)


def test_bytes_have_to_be_here(desk: Desk) -> None:
    """A digest that somebody names is not bytes that they have."""
    file = replace(desk.stored(b"weights"), digest="sha256:" + "0" * 64)
    with pytest.raises(MissingContent):
        bring(desk, 1, files=[file])


def test_what_describes_a_version_has_to_be_in_its_files(desk: Desk) -> None:
    """Nobody attaches a signature of another model."""
    file = desk.stored(b"flavors: {}", "MLmodel")
    with pytest.raises(Invalid, match="is not what the file"):
        bring(desk, 1, files=[file], documents={"MLmodel": b"other"})
    with pytest.raises(Invalid, match="is not what the file"):
        bring(desk, 1, files=[file], documents={"conda.yaml": b"other"})


def test_a_version_without_bytes_is_external_or_does_not_come(desk: Desk) -> None:
    """As the caller says."""
    assert bring(desk, 1, files=[], external=False) == Outcome(None, False)
    made = bring(desk, 1, files=[]).version
    assert made is not None
    assert (made.file_count, resolve(desk.call(), parse("fraud:1")).number) == (0, 1)


def test_a_model_that_is_ours_keeps_its_words(desk: Desk) -> None:
    """What people here wrote is told as left out; a title that leads elsewhere is refused."""
    register(desk.call(), FRAUD, Content([desk.stored(b"ours")]))
    done = import_model(desk.call(), FRAUD, ImportedModel(ORIGIN, "fraud", description="theirs"))
    assert (done.created, done.changed, done.left_out[0].why) == (False, False, "they were written here")
    with pytest.raises(Invalid, match="is kept as"):
        import_model(desk.call(), FRAUD, ImportedModel(ORIGIN, "Fraud Model"))
    with pytest.raises(InvalidName):
        import_model(desk.call(), parse(titles.name_of("x" * 2_000)), ImportedModel(ORIGIN, "x" * 2_000))


def test_words_of_an_imported_model_follow(desk: Desk) -> None:
    """Until somebody here writes others."""
    import_model(desk.call(), FRAUD, ImportedModel(ORIGIN, "fraud", "old", {"a": "1"}, THEN, THEN))
    done = import_model(desk.call(), FRAUD, ImportedModel(ORIGIN, "fraud", "new", {"b": "2"}, THEN, LATER))
    assert (done.changed, done.model.description, done.model.tags) == (True, "new", {"b": "2"})
    row = desk.rows(sa.select(models.c.created_at, models.c.changed_at))[0]
    assert row == {"created_at": int(THEN.timestamp() * 1e3) * 1000, "changed_at": int(LATER.timestamp() * 1e3) * 1000}
    again = import_model(desk.call(), FRAUD, ImportedModel(ORIGIN, "fraud", "new", {"b": "2"}, THEN, LATER))
    assert again.changed is False


def test_a_version_needs_its_model_and_an_administrator(desk: Desk) -> None:
    """The model comes first; a maintainer is not enough."""
    with pytest.raises(NotFound):
        import_version(desk.call(), FRAUD, told(desk, 1))
    bring(desk, 1)
    weak = replace(desk.call(), actor=Actor("ada", 1, EVERYTHING - {"admin:operate"}))  # type: ignore[operator]
    for verb, wanted in ((import_version, told(desk, 2)), (import_labels, Labelling(ORIGIN))):
        with pytest.raises(Denied):
            verb(weak, FRAUD, wanted)  # type: ignore[operator]


@pytest.fixture
def tracker() -> Iterator[Tracker]:
    """A polite tracking server with one run."""
    with tracking({f"7/{RUN}/artifacts/model/weights.bin": b"weights"}) as made:
        made.runs[RUN] = run(RUN, f"mlflow-artifacts:/7/{RUN}/artifacts", params=[], metrics=[], tags=[])
        yield made


def test_what_an_import_source_covers_comes_with_its_bytes(database_url: str, tracker: Tracker, tmp_path: Path) -> None:
    """The number, the author and the moment are those of over there; labels come with the next import."""
    text = f'[[source]]\nname="t"\nkind="mlflow"\nurl="{tracker.url}"\nnamespaces=["*"]\n'
    with open_desk(database_url, tmp_path / "blobs", egress_allow=tracker.url) as opened:
        source = read_sources(text, Path("import-sources.toml"), {})
        desk = replace(opened, registry=replace(opened.registry, sources=source))
        made = told(desk, 5, files=[], uri=f"runs:/{RUN}/model", author="ada", external=False)
        import_model(desk.call(), FRAUD, ImportedModel(ORIGIN, "fraud"))
        first, again = (import_version(desk.call(), FRAUD, made) for _ in range(2))
        assert (first.pending, first.version, first.created) == (True, None, True)
        assert (again.pending, again.version, again.created) == (True, None, False)
        now = Call(desk.registry, Actor("ada", 1, EVERYTHING), "test", now=desk.registry.clock())
        copy_in(now, lambda: None, Pace(attempts=3, later=0.0))
        done = import_version(desk.call(), FRAUD, made).version
        assert done is not None
        assert (done.number, done.created_by, done.created_at, done.file_count) == (5, "ada", THEN, 1)
        wanted = ImportedLabels(5, made.registration, "Production", changed_at=LATER)
        outcome = import_labels(desk.call(), FRAUD, Labelling(ORIGIN, [wanted], {"champ": 5}))
        assert (outcome.changed, outcome.left_out) == (2, [])
        assert resolve(desk.call(), parse("fraud:champ")).stage == "production"
