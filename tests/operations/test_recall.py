"""Does a recall reach everything that was built on something, and nothing else?"""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from holotype.catalogue.tables import versions
from holotype.domain.entities import Actor, Right, Version
from holotype.domain.permissions import ROLES
from holotype.domain.provenance import Data, Parent, Provenance
from holotype.domain.references import parse
from holotype.errors import AlreadyExists, Conflict, Denied, Invalid, NotFound, Quarantined
from holotype.ledger.tables import ledger_entries
from holotype.operations.call import Call
from holotype.operations.impact import impact
from holotype.operations.list_quarantines import list_quarantines
from holotype.operations.promote import promote
from holotype.operations.quarantine import quarantine
from holotype.operations.read_file import read_file
from holotype.operations.release import release
from holotype.operations.set_alias import set_alias
from holotype.operations.show_quarantine import show_quarantine
from tests.support.counting import statements
from tests.support.registry import Desk

LAKE = "s3://lake/2026"


def family(desk: Desk) -> list[Version]:
    """Register base:1 (on the lake), tuned:1 (on base), small:1 (on tuned) and other:1, which has nothing of it."""
    made = [desk.register("base", b"base", Provenance(data=[Data(LAKE)]))]
    made.append(desk.register("tuned", b"tuned", Provenance(parents=[Parent("base:1", "fine-tuned")])))
    made.append(desk.register("small", b"small", Provenance(parents=[Parent("tuned:1", "quantised")])))
    made.append(desk.register("other", b"other"))
    return made


def held(desk: Desk) -> set[object]:
    """Return the references of the versions in quarantine."""
    from holotype.catalogue.versions import by_ids  # noqa: PLC0415 - looks behind the verbs

    ids = [row["id"] for row in desk.rows(sa.select(versions.c.id).where(versions.c.quarantined_at.is_not(None)))]
    with desk.registry.database.read() as tx:
        return {one.reference for one in by_ids(tx, ids)}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("subject", "reached"),
    [
        (f"dataset:{LAKE}", {"base", "tuned", "small"}),
        ("base:1", {"base", "tuned", "small"}),
        ("parent:base:1", {"tuned", "small"}),
        ("tuned:latest", {"tuned", "small"}),
        ("parent:hub.example/llama", set()),
    ],
)
def test_a_recall_reaches_what_was_built_on_it(desk: Desk, subject: str, reached: set[str]) -> None:
    """Whatever names it, and what impact said beforehand is what happens."""
    family(desk)
    before = impact(desk.call(), subject)
    made = quarantine(desk.call(), subject, reason="poisoned")
    assert held(desk) == {f"default/{name}:1" for name in reached}
    assert made.versions == before.count == len(reached)
    assert {one.reference for one in before.versions} == held(desk)


def test_an_external_parent_is_recalled_by_the_name_it_was_recorded_under(desk: Desk) -> None:
    """A parent elsewhere has no version here; what was made from it has."""
    desk.register("tuned", b"t", Provenance(parents=[Parent("hub.example/llama-3@main", "fine-tuned")]))
    quarantine(desk.call(), "parent:hub.example/llama-3@main", reason="licence withdrawn")
    assert held(desk) == {"default/tuned:1"}


def test_what_is_recalled_is_not_pulled(desk: Desk) -> None:
    """The error says why; an administrator who says that they know gets it, others do not."""
    family(desk)
    quarantine(desk.call(), "base:1", reason="poisoned")
    with pytest.raises(Quarantined, match="poisoned"):
        read_file(desk.call(), parse("small:1"), "model.bin")
    with pytest.raises(Denied):
        read_file(desk.call(rights=ROLES["maintainer"]), parse("small:1"), "model.bin", quarantined=True)
    assert read_file(desk.call(), parse("small:1"), "model.bin", quarantined=True).file.path == "model.bin"
    assert read_file(desk.call(), parse("other:1"), "model.bin").version.number == 1


def test_what_is_built_on_it_later_is_held_at_once(desk: Desk) -> None:
    """By data set, by parent, and by a parent that is held itself."""
    family(desk)
    quarantine(desk.call(), f"dataset:{LAKE}", reason="poisoned")
    late = desk.register("late", b"late", Provenance(data=[Data(LAKE)]))
    later = desk.register("later", b"later", Provenance(parents=[Parent("late:1", "distilled")]))
    free = desk.register("free", b"free", Provenance(parents=[Parent("other:1", "distilled")]))
    assert late.quarantined_at is not None
    assert later.quarantined_at is not None
    assert free.quarantined_at is None
    release(desk.call(), f"dataset:{LAKE}", reason="it was fine")
    assert held(desk) == set()


def test_the_same_content_is_held_under_every_name(desk: Desk) -> None:
    """Registering it again as another model is no way around a recall; after the release it is like any other."""
    desk.register("other", b"poison")
    made = quarantine(desk.call(), "other:1", reason="poisoned")
    assert desk.register("copy", b"poison").quarantined_at is not None
    assert held(desk) == {"default/other:1", "default/copy:1"}
    with pytest.raises(Quarantined):
        read_file(desk.call(), parse("copy:1"), "model.bin")
    release(desk.call(), str(made.id), reason="was none")
    assert held(desk) == set()
    assert desk.register("third", b"poison").quarantined_at is None


def test_release_frees_only_what_no_other_quarantine_holds(desk: Desk) -> None:
    """Two recalls overlap; the second goes on when the first ends."""
    family(desk)
    first = quarantine(desk.call(), f"dataset:{LAKE}", reason="poisoned")
    quarantine(desk.call(), "tuned:1", reason="biased")
    ended = release(desk.call(), str(first.id), reason="checked")
    assert ended.released_by == "ada"
    assert held(desk) == {"default/tuned:1", "default/small:1"}
    with pytest.raises(Quarantined, match=r"biased \(default/tuned:1\)"):
        read_file(desk.call(), parse("small:1"), "model.bin")
    with pytest.raises(Conflict):
        release(desk.call(), str(first.id), reason="again")


def test_the_ledger_tells_the_act_and_the_history_of_each_version(desk: Desk) -> None:
    """One entry for the quarantine and one for each version, at one moment."""
    family(desk)
    quarantine(desk.call(), "base:1", reason="poisoned")
    told = desk.rows(sa.select(ledger_entries).order_by(ledger_entries.c.sequence))[-4:]
    assert [row["action"] for row in told] == ["quarantine.opened", *["version.quarantined"] * 3]
    assert {row["subject"] for row in told[1:]} == {"default/base:1", "default/tuned:1", "default/small:1"}
    assert len({row["time"] for row in told}) == 1


def test_no_alias_is_set_on_it(desk: Desk) -> None:
    """An alias is a way into use."""
    family(desk)
    quarantine(desk.call(), "base:1", reason="poisoned")
    with pytest.raises(Quarantined):
        set_alias(desk.call(), parse("small:1"), "champion")
    with pytest.raises(Quarantined):
        desk.register("late", b"late", Provenance(parents=[Parent("base:1", "merged")]), aliases=["champion"])


def test_nothing_is_recalled_without_a_reason_twice_or_without_the_right(desk: Desk) -> None:
    """And a retry with the same key answers what was done."""
    family(desk)
    with pytest.raises(Invalid):
        quarantine(desk.call(), "base:1", reason="  ")
    with pytest.raises(Denied):
        quarantine(desk.call(rights=ROLES["reviewer"]), "base:1", reason="x")
    with pytest.raises(NotFound):
        quarantine(desk.call(), "nothing:1", reason="x")
    first = quarantine(desk.call(key="k"), "base:1", reason="x")
    assert quarantine(desk.call(key="k"), "base:1", reason="x") == first
    with pytest.raises(AlreadyExists):
        quarantine(desk.call(), "base:latest", reason="x")
    assert [one.id for one in list_quarantines(desk.call(), limit=10)] == [first.id]


def _maintainer(desk: Desk, model: str) -> Call:
    call = desk.call()
    right = Right(ROLES["maintainer"], "default", model)
    return Call(call.registry, Actor("mia", 7, rights=(right,)), now=call.now)


def test_a_part_of_the_registry_is_recalled_by_who_maintains_all_that_is_reached(desk: Desk) -> None:
    """What holds for versions to come, anywhere, needs the right on the whole registry."""
    family(desk)
    with pytest.raises(Denied):
        quarantine(_maintainer(desk, "tuned"), "tuned:1", reason="x")  # small was built on it
    with pytest.raises(Denied):
        quarantine(_maintainer(desk, "small"), f"dataset:{LAKE}", reason="x")
    quarantine(_maintainer(desk, "small"), "small:1", reason="x")
    assert held(desk) == {"default/small:1"}


def test_who_may_not_read_a_version_learns_nothing_of_its_recall(desk: Desk) -> None:
    """Neither from a list, nor from the impact of what they may see."""
    family(desk)
    quarantine(desk.call(), "tuned:1", reason="x")
    assert list_quarantines(_maintainer(desk, "other"), limit=10) == []
    assert [one.subject for one in list_quarantines(_maintainer(desk, "small"), limit=10)] == ["hidden"]
    seen = impact(_maintainer(desk, "small"), f"dataset:{LAKE}")
    assert (seen.count, [one.reference for one in seen.versions]) == (1, ["default/small:1"])
    with pytest.raises(NotFound):
        release(_maintainer(desk, "other"), "1", reason="x")


@pytest.mark.parametrize(
    "subject", ["", "dataset:", "parent:", "base", "dataset:a\nb", "dataset:" + "x" * 3_000, "a/b/c:1"]
)
def test_what_cannot_be_recalled_is_refused(desk: Desk, subject: str) -> None:
    """With the forms there are."""
    with pytest.raises(Invalid):
        quarantine(desk.call(), subject, reason="x")
    with pytest.raises(Invalid):
        impact(desk.call(), subject)


def test_a_recall_of_something_hidden_does_not_name_it(desk: Desk) -> None:
    """Who reads a part of what was built on it learns of their part alone, also when they try to end it."""
    base, secret = desk.register(model="vault"), desk.register(model="hidden")
    parents = [Parent(one.reference, "fine-tuned") for one in (base, secret)]
    desk.register("shown", b"child", Provenance(parents=parents))
    made = quarantine(desk.call(), "default/vault:1", reason="licence")
    call = _maintainer(desk, "shown")
    seen = list_quarantines(call, limit=9)
    assert [(one.id, one.subject, one.versions) for one in seen] == [(made.id, "hidden", 1)]
    with pytest.raises(Denied) as caught:
        release(call, str(made.id), reason="mine")
    assert "vault" not in str(caught.value)
    with pytest.raises(NotFound, match="There is no model default/vault"):
        release(call, "default/vault:1", reason="mine")
    assert [one.subject for one in list_quarantines(_maintainer(desk, "vault"), limit=9)] == ["default/vault:1"]
    outer = quarantine(desk.call(), "parent:meta/llama:3", reason="licence")
    assert release(desk.call(), str(outer.id), reason="over").subject == "parent:meta/llama:3"


def test_impact_says_how_far_and_whether_the_caller_may(desk: Desk) -> None:
    """How many in each stage, what is in use first however few are shown, and the quarantine that is there already."""
    family(desk)
    promote(desk.call(), parse("small:1"), "staging")
    seen = impact(desk.call(), f"dataset:{LAKE}", limit=1)
    assert (seen.count, seen.stages) == (3, {"none": 2, "staging": 1})
    assert [one.reference for one in seen.versions] == ["default/small:1"]
    assert (seen.allowed, seen.quarantine) == (True, None)
    made = quarantine(desk.call(), f"dataset:{LAKE}", reason="poisoned")
    assert impact(desk.call(), f"dataset:{LAKE}").quarantine == made
    assert not impact(_maintainer(desk, "tuned"), "tuned:1").allowed  # small was built on it
    assert impact(_maintainer(desk, "small"), "small:1").allowed
    assert not impact(_maintainer(desk, "small"), f"dataset:{LAKE}").allowed


def test_a_quarantine_shows_what_it_holds(desk: Desk) -> None:
    """Also after its release; to each as much as they may read, and whether they may end it."""
    family(desk)
    made = quarantine(desk.call(), "tuned:1", reason="poisoned")
    seen = show_quarantine(desk.call(), made.id)
    assert (seen.quarantine, seen.count, seen.stages, seen.allowed) == (made, 2, {"none": 2}, True)
    assert [one.reference for one in show_quarantine(desk.call(), made.id, limit=1).versions] == ["default/tuned:1"]
    part = show_quarantine(_maintainer(desk, "small"), made.id)
    assert (part.quarantine.subject, part.quarantine.versions, part.allowed) == ("hidden", 1, False)
    assert [one.reference for one in part.versions] == ["default/small:1"]
    with pytest.raises(NotFound):
        show_quarantine(_maintainer(desk, "other"), made.id)
    release(desk.call(), str(made.id), reason="over")
    assert show_quarantine(desk.call(), made.id).count == 2


def test_a_page_of_quarantines_costs_the_same_for_everybody(desk: Desk) -> None:
    """However many there are, and whoever may read only a part of what they hold."""
    family(desk)
    quarantine(desk.call(), "tuned:1", reason="x")
    costs = []
    for _ in range(2):
        with statements(desk.registry.database) as sent:
            list_quarantines(_maintainer(desk, "small"), everything=True, limit=50)
        costs.append(len(sent))
        for _ in range(5):
            release(desk.call(), "tuned:1", reason="checked")
            quarantine(desk.call(), "tuned:1", reason="x")
    assert costs[1] <= costs[0] <= 6
