"""Does registering keep what the invariants promise?"""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
import sqlalchemy as sa

from holotype.catalogue.tables import documents, files, metrics, models, parameters, parents, versions
from holotype.domain import digest
from holotype.domain.entities import Version
from holotype.domain.manifest import File
from holotype.domain.permissions import ROLES
from holotype.domain.provenance import Data, Metric, Parent, Provenance
from holotype.domain.references import parse
from holotype.errors import (
    Conflict,
    Denied,
    IdempotencyMismatch,
    Invalid,
    InvalidName,
    InvalidPath,
    MissingContent,
    NotFound,
    SizeMismatch,
)
from holotype.ledger.tables import ledger_entries
from holotype.operations.delete import delete_version
from holotype.operations.register import Content, register
from holotype.operations.show import show_files, show_manifest, show_version
from tests.support.registry import Desk

MODEL = parse("fraud")


def test_the_first_version_makes_the_model(desk: Desk) -> None:
    """Number 1, stage none, and two events: the model and the version."""
    version = desk.register(description="first", tags={"team": "risk"})
    assert (version.number, version.stage, version.reference) == (1, "none", "default/fraud:1")
    assert version.tags == {"team": "risk"}
    actions = [row["action"] for row in desk.rows(sa.select(ledger_entries).order_by(ledger_entries.c.sequence))]
    assert actions[-2:] == ["model.created", "version.registered"]


def test_the_digest_is_that_of_the_manifest_bytes(desk: Desk) -> None:
    """What ``show_manifest`` returns has exactly the digest of the version."""
    version = desk.register()
    document = show_manifest(desk.call(), parse("fraud:1"))
    assert digest.of(document.content) == version.digest


def test_same_content_and_provenance_is_the_same_version(desk: Desk) -> None:
    """Pushing again returns the version that is there and writes nothing."""
    first = desk.register()
    before = len(desk.rows(sa.select(ledger_entries)))
    content = Content([desk.held(b"weights")])
    again, created = register(desk.call(), MODEL, content)
    assert (again.digest, again.number, created) == (first.digest, 1, False)
    assert len(desk.rows(sa.select(ledger_entries))) == before


def test_pushing_again_with_other_words_changes_the_words_alone(desk: Desk) -> None:
    """An alias, a tag, a description or a card given the second time is not dropped; what is not given stays."""
    first = desk.register(description="first", tags={"a": "1"})
    again = desk.register(tags={"b": "2"}, aliases=["champion"], card="# Card")
    assert (again.number, again.digest, again.aliases) == (1, first.digest, ("champion",))
    assert (again.description, again.tags) == ("first", {"a": "1", "b": "2"})
    assert show_version(desk.call(), parse("fraud:1")).card == "# Card"
    actions = [row["action"] for row in desk.rows(sa.select(ledger_entries).order_by(ledger_entries.c.sequence))]
    assert actions[-2:] == ["version.changed", "alias.set"]
    before = len(actions)
    desk.register(tags={"b": "2"}, aliases=["champion"])
    assert len(desk.rows(sa.select(ledger_entries))) == before


def test_other_provenance_is_another_version(desk: Desk) -> None:
    """The same bytes from another training run are another version."""
    desk.register()
    assert desk.register(origin=Provenance(parameters={"depth": 6})).number == 2


def test_what_can_be_searched_is_written_beside_the_documents(desk: Desk) -> None:
    """Files, parameters and metrics become rows; the documents keep the exact bytes."""
    origin = Provenance({"depth": 6, "loss": "log"}, [Metric("auc", 0.93, "holdout")], [Data("s3://train")])
    desk.register(origin=origin)
    assert [row["path"] for row in desk.rows(sa.select(files))] == ["model.bin"]
    assert {(row["name"], row["text"], row["number"]) for row in desk.rows(sa.select(parameters))} == {
        ("depth", "6", 6.0),
        ("loss", "log", None),
    }
    assert [(row["value"], row["dataset"], row["slice"]) for row in desk.rows(sa.select(metrics))] == [
        (0.93, "holdout", "")
    ]
    (kept,) = desk.rows(sa.select(documents))
    (row,) = desk.rows(sa.select(versions))
    for document, name in (("manifest", "digest"), ("config", "config_digest"), ("provenance", "provenance_digest")):
        assert digest.of(bytes(kept[document])) == row[name]
    shown = show_version(desk.call(), parse("fraud:1"))
    assert shown.provenance is not None
    assert b'"auc"' in shown.provenance


def test_bytes_that_were_never_uploaded_are_refused_and_no_number_is_used(desk: Desk) -> None:
    """No dangling version, no gap, no half-made model."""
    unknown = File("x.bin", digest.of(b"unknown"), 7)
    with pytest.raises(MissingContent):
        register(desk.call(), MODEL, Content([unknown]))
    assert desk.rows(sa.select(models)) == []
    assert desk.register().number == 1


def test_bytes_of_another_namespace_cannot_be_claimed(desk: Desk) -> None:
    """Knowing a digest is not enough: this namespace must have uploaded the bytes."""
    from holotype.operations.create_namespace import create_namespace  # noqa: PLC0415 - used in this claim alone

    create_namespace(desk.call(), "other")
    with pytest.raises(MissingContent):
        register(desk.call(), parse("other/fraud"), Content([desk.held(b"weights")]))


def test_a_wrong_size_is_refused(desk: Desk) -> None:
    """The size in the manifest is what the store holds."""
    with pytest.raises(SizeMismatch):
        register(desk.call(), MODEL, Content([replace(desk.held(b"weights"), size=8)]))


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a\\b", "con.txt"])
def test_a_path_that_escapes_is_refused(desk: Desk, path: str) -> None:
    """Nothing is registered."""
    with pytest.raises(InvalidPath):
        register(desk.call(), MODEL, Content([replace(desk.held(b"weights"), path=path)]))
    assert desk.rows(sa.select(versions)) == []


def test_a_version_without_files_is_refused(desk: Desk) -> None:
    """An empty push is a mistake."""
    with pytest.raises(Invalid, match="at least one file"):
        register(desk.call(), MODEL, Content([]))


def test_an_unknown_namespace_is_refused_with_the_command_that_makes_it(desk: Desk) -> None:
    """A typo does not make a namespace."""
    with pytest.raises(NotFound) as caught:
        register(desk.call(), parse("rsik/fraud"), Content([desk.held(b"weights")]))
    assert "holotype namespace create rsik" in (caught.value.hint or "")


def test_a_reader_may_not_register(desk: Desk) -> None:
    """The verb itself asks, whatever the gateway did."""
    content = Content([desk.held(b"weights")])
    with pytest.raises(Denied):
        register(desk.call(rights=ROLES["reader"]), MODEL, content)


def test_the_same_key_answers_the_same_and_other_content_is_refused(desk: Desk) -> None:
    """A retried request is answered again; a reused key is a mistake."""
    content = Content([desk.held(b"weights")])
    first = register(desk.call(key="k"), MODEL, content)
    assert register(desk.call(key="k"), MODEL, content)[0].id == first[0].id
    other = Content([desk.held(b"other")])
    with pytest.raises(IdempotencyMismatch):
        register(desk.call(key="k"), MODEL, other)
    assert register(desk.call(actor="bob", key="j"), MODEL, other)[0].number == 2


def test_a_retry_is_answered_though_the_label_of_a_parent_moved(desk: Desk) -> None:
    """What was asked is the same request, whatever its labels name by then."""
    desk.register("base")
    child = Content([desk.held(b"child")], Provenance(parents=[Parent("base:latest", "fine-tuned")]))
    first, _ = register(desk.call(key="k"), MODEL, child)
    desk.register("base", content=b"better base")
    again, _ = register(desk.call(key="k"), MODEL, child)
    assert (again.id, again.digest) == (first.id, first.digest)


def test_aliases_are_set_with_the_version(desk: Desk) -> None:
    """One transaction, one commit; an alias that reads as a stage refuses the whole."""
    assert desk.register(aliases=["champion"]).aliases == ("champion",)
    with pytest.raises(InvalidName):
        desk.register(content=b"v2", aliases=["production"])
    assert len(desk.rows(sa.select(versions))) == 1


def test_parents_are_pinned_to_number_and_digest(desk: Desk) -> None:
    """A movable label in a parent means what it named when the child was registered."""
    base = desk.register("base")
    child = desk.register(origin=Provenance(parents=[Parent("base:latest", "fine-tuned")]))
    desk.register("base", content=b"newer")
    row = desk.rows(sa.select(parents).where(parents.c.version_id == child.id))[0]
    assert (row["reference"], row["digest"], row["parent_id"]) == ("default/base:1", base.digest, base.id)


def test_a_parent_elsewhere_stays_as_it_was_written(desk: Desk) -> None:
    """Models of other registries are lineage too."""
    desk.register(origin=Provenance(parents=[Parent("hf://org/model", "adapter")]))
    assert desk.rows(sa.select(parents))[0]["reference"] == "hf://org/model"


def test_a_parent_of_ours_that_does_not_exist_is_refused(desk: Desk) -> None:
    """A typo in the number of a model that we have is a mistake; a wrong digest too."""
    base = desk.register("base")
    with pytest.raises(NotFound):
        desk.register(origin=Provenance(parents=[Parent("base:9")]))
    with pytest.raises(Conflict):
        desk.register(origin=Provenance(parents=[Parent("base:1", digest=digest.of(b"x"))]))
    assert base.number == 1


def test_the_content_of_a_deleted_version_points_to_restore(desk: Desk) -> None:
    """It is not registered a second time under a new number."""
    desk.register()
    delete_version(desk.call(), parse("fraud:1"))
    with pytest.raises(Conflict) as caught:
        desk.register()
    assert "holotype restore default/fraud:1" in (caught.value.hint or "")


def test_a_hundred_parallel_registrations_get_the_numbers_one_to_a_hundred(desk: Desk) -> None:
    """No gap and no duplicate; each is in the ledger once."""
    contents = [Content([desk.held(f"weights {i}".encode())]) for i in range(100)]
    calls = [desk.call() for _ in contents]
    results: list[Version] = []

    def work(part: int) -> None:
        results.extend(register(calls[i], MODEL, contents[i])[0] for i in range(part, 100, 10))

    threads = [threading.Thread(target=work, args=(part,)) for part in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(version.number for version in results) == list(range(1, 101))
    registered = sa.select(ledger_entries).where(ledger_entries.c.action == "version.registered")
    assert len(desk.rows(registered)) == 100


def test_files_come_in_pages(desk: Desk) -> None:
    """The next page starts after the last path."""
    many = [replace(desk.held(b"weights"), path=f"part-{i:03}.bin") for i in range(7)]
    register(desk.call(), MODEL, Content(many))
    first = show_files(desk.call(), parse("fraud:1"), limit=5)
    rest = show_files(desk.call(), parse("fraud:1"), after=first[-1].path, limit=5)
    assert [file.path for file in first + rest] == [f"part-{i:03}.bin" for i in range(7)]
