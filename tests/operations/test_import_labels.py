"""Do stages, aliases and words of imported versions become what they are over there, and is what people did kept?"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from holotype.catalogue.tables import models, versions
from holotype.domain.imports import ImportedLabels, ImportedModel, ImportedVersion, Labelling, registration_of
from holotype.domain.references import parse
from holotype.ledger.tables import ledger_entries
from holotype.ledger.verify_spans import spans_fault
from holotype.operations.change_version import change_version
from holotype.operations.import_labels import Outcome, import_labels
from holotype.operations.import_model import import_model
from holotype.operations.import_version import import_version
from holotype.operations.promote import promote
from holotype.operations.quarantine import quarantine
from holotype.operations.register import Content, register
from holotype.operations.remove_alias import remove_alias
from holotype.operations.resolve import resolve
from holotype.operations.set_alias import set_alias
from tests.support.governance import MOVES, STAGES, apply
from tests.support.registry import Desk

ORIGIN = "http://old.example:5000"
FRAUD = parse("fraud")
THEN = datetime(2021, 5, 1, 12, 30, 0, 123_000, tzinfo=UTC)
LATER = datetime(2022, 6, 1, 12, 30, 0, 456_000, tzinfo=UTC)


def bring(desk: Desk, *numbers: int, **more: Any) -> None:
    """Import versions of the model ``fraud``."""
    import_model(desk.call(), FRAUD, ImportedModel(ORIGIN, "fraud"))
    for number in numbers:
        file = desk.stored(b"weights %d" % number)
        made = ImportedVersion(ORIGIN, "fraud", number, "mlflow-artifacts:/0/r/artifacts/model", THEN, files=[file])
        import_version(desk.call(), FRAUD, made)


def label(number: int, stage: str = "None", **more: Any) -> ImportedLabels:
    """Return what is said of a version over there."""
    return ImportedLabels(number, registration_of(ORIGIN, "fraud", number, THEN), stage, **more)


def labelled(desk: Desk, *told: ImportedLabels, aliases: dict[str, int] | None = None) -> Outcome:
    """Import labels."""
    return import_labels(desk.call(), FRAUD, Labelling(ORIGIN, told, aliases))


def sound(desk: Desk) -> None:
    """The ledger tells of every label where it is."""
    with desk.registry.database.read() as tx:
        assert spans_fault(tx) is None


def test_stages_words_and_aliases_come_as_they_are(desk: Desk) -> None:
    """Gates are not asked; the moment of change is the old one; the ledger calls all of it imported."""
    bring(desk, 1, 3)
    done = labelled(
        desk,
        label(1, "Archived", changed_at=LATER),
        label(3, "production", description="d", tags={"a": "b"}, changed_at=LATER),
        aliases={"champion": 3, "first": 1, "über": 3},
    )
    assert (done.changed, done.left_out) == (6, [])
    found = resolve(desk.call(), parse("fraud:production"))
    assert (found.number, found.description, found.tags) == (3, "d", {"a": "b"})
    assert found.aliases == ("champion", "mlflow..fc.ber")
    assert resolve(desk.call(), parse("fraud:first")).stage == "archived"
    rows = desk.rows(sa.select(versions.c.changed_at).distinct())
    assert [row["changed_at"] for row in rows] == [int(LATER.timestamp() * 1_000) * 1_000]
    actions = {row["action"] for row in desk.rows(sa.select(ledger_entries.c.action))}
    assert actions >= {"version.imported", "stage.imported", "alias.imported", "words.imported"}
    sound(desk)


def test_the_same_labels_again_change_nothing(desk: Desk) -> None:
    """No entry is written, and nothing is said to have changed."""
    bring(desk, 1)
    told = (label(1, "Staging", description="d", tags={"a": "b"}),)
    labelled(desk, *told, aliases={"champion": 1})
    before = len(desk.rows(sa.select(ledger_entries.c.sequence)))
    again = labelled(desk, *told, aliases={"champion": 1})
    assert (again.changed, again.left_out) == (0, [])
    assert len(desk.rows(sa.select(ledger_entries.c.sequence))) == before


def test_what_changed_over_there_changes_here(desk: Desk) -> None:
    """Stages, words and aliases follow, as long as nobody here touched them; what is gone there goes here."""
    bring(desk, 1, 2)
    labelled(desk, label(1, "Production", description="old", tags={"a": "1"}), aliases={"champion": 1, "gone": 1})
    labelled(desk, label(1, "Archived", description="new"), label(2, "Production"), aliases={"champion": 2})
    first, second = (resolve(desk.call(), parse(f"fraud:{number}")) for number in (1, 2))
    assert (first.stage, first.description, first.tags, first.aliases) == ("archived", "new", {}, ())
    assert (second.stage, second.aliases) == ("production", ("champion",))
    sound(desk)


def test_a_single_stage_gets_the_highest_number(desk: Desk) -> None:
    """Of several versions in production over there, the highest is in production here; the others are told."""
    bring(desk, 1, 2, 3)
    done = labelled(desk, label(2, "Production"))
    assert done.changed == 1
    done = labelled(desk, label(1, "Production"), label(3, "Production"))
    assert {(one.subject, one.what) for one in done.left_out} == {
        ("default/fraud:1", "stage 'Production'"),
        ("default/fraud:2", "stage 'production'"),
    }
    stages = [row["stage"] for row in desk.rows(sa.select(versions.c.stage).order_by(versions.c.number))]
    assert stages == ["none", "none", "production"]
    sound(desk)


def test_a_stage_that_the_policy_lacks_is_left_out(desk: Desk) -> None:
    """It is said, not forced."""
    apply(desk, "format = 1\n[stages.none]\n[stages.live]\n[stages.archived]\n")
    bring(desk, 1)
    done = labelled(desk, label(1, "Staging"))
    assert [(one.what, one.why) for one in done.left_out] == [("stage 'Staging'", "the policy has no such stage")]
    assert resolve(desk.call(), parse("fraud:1")).stage == "none"


def test_what_people_moved_or_wrote_here_stays(desk: Desk) -> None:
    """Another import tells it as left out, and changes nothing of it."""
    bring(desk, 1, 2)
    labelled(desk, label(1, "Staging"), aliases={"champion": 1, "second": 1})
    promote(desk.call(), parse("fraud:1"), "archived")
    change_version(desk.call(), parse("fraud:1"), description="ours")
    set_alias(desk.call(), parse("fraud:2"), "champion")
    remove_alias(desk.call(), FRAUD, "second")
    set_alias(desk.call(), parse("fraud:2"), "ours")
    done = labelled(desk, label(1, "Production", description="theirs"), aliases={"champion": 1, "second": 1})
    assert done.changed == 0
    assert {one.what for one in done.left_out} == {
        "stage 'Production'", "description and tags", "alias 'champion' of version 1", "alias 'second' of version 1",
    }  # fmt: skip
    found = resolve(desk.call(), parse("fraud:1"))
    assert (found.stage, found.description, found.aliases) == ("archived", "ours", ())
    assert resolve(desk.call(), parse("fraud:2")).aliases == ("champion", "ours")
    sound(desk)


def test_a_protected_alias_is_left_out(desk: Desk) -> None:
    """It moves by promotion, whoever imports."""
    apply(desk, STAGES + MOVES + '[[aliases]]\npattern = "champ*"\n')
    bring(desk, 1)
    done = labelled(desk, aliases={"champion": 1, "other": 1})
    assert [one.why for one in done.left_out] == ["the policy protects it, so it moves by promotion"]
    assert resolve(desk.call(), parse("fraud:1")).aliases == ("other",)


def test_a_version_in_quarantine_gets_neither_stage_nor_alias(desk: Desk) -> None:
    """An import is no way into use."""
    bring(desk, 1)
    quarantine(desk.call(), "fraud:1", reason="x")
    done = labelled(desk, label(1, "Production"), aliases={"champion": 1})
    assert [one.why for one in done.left_out] == ["it is in quarantine", "the version is in quarantine"]
    assert labelled(desk, label(1, "Archived")).changed == 1


def test_another_version_under_the_number_is_left_alone(desk: Desk) -> None:
    """Labels reach only the version that came from there, at that moment."""
    register(desk.call(), FRAUD, Content([desk.stored(b"ours")]))
    done = labelled(desk, label(1, "Production"), label(7, "Production"), aliases={"champion": 1})
    assert {one.subject for one in done.left_out} == {"default/fraud:1", "default/fraud:7", "default/fraud"}
    assert done.changed == 0


@pytest.mark.parametrize("column", ["stage", "description"])
def test_the_model_bears_the_moment_of_over_there(desk: Desk, column: str) -> None:
    """Whatever was imported last, the model was changed when it was changed over there."""
    bring(desk, 1)
    told = label(1, "Staging") if column == "stage" else label(1, description="d")
    import_labels(desk.call(), FRAUD, Labelling(ORIGIN, [told], {"champion": 1}, LATER))
    changed = desk.rows(sa.select(models.c.changed_at))[0]["changed_at"]
    assert changed == int(LATER.timestamp() * 1_000) * 1_000
