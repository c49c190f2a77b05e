"""Do the rules of a namespace change whole, in order, and only when they fit what is there?"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from holotype.domain import built_in
from holotype.domain.entities import Actor, Right
from holotype.domain.permissions import ROLES, Permission
from holotype.domain.references import parse
from holotype.errors import Conflict, Denied, IdempotencyMismatch, InUse, InvalidPolicy, NotFound, Unavailable
from holotype.governance import policies
from holotype.governance.tables import policies as rows
from holotype.ledger.tables import ledger_entries
from holotype.operations.apply_policy import apply_policy
from holotype.operations.call import Call
from holotype.operations.delete import delete_version
from holotype.operations.promote import promote
from holotype.operations.resolve import resolve
from holotype.operations.restore import restore_version
from holotype.operations.set_alias import set_alias
from holotype.operations.show_policy import list_policies, show_policy
from holotype.operations.try_policy import try_policy
from tests.support.counting import statements
from tests.support.registry import Desk

OWN = """
format = 1
[stages.none]
[stages.canary]
[stages.live]
single = true
replaced_to = "attic"
[stages.attic]
[[moves]]
from = ["none", "attic"]
to = "canary"
[[moves]]
from = ["canary"]
to = "live"
[[moves]]
from = ["none", "canary", "live"]
to = "attic"
"""


def apply(desk: Desk, text: str, **more: object) -> tuple[policies.Applied, bool]:
    """Apply a policy to the namespace of the tests."""
    return apply_policy(desk.call(), "default", text, **more)  # type: ignore[arg-type]


def events(desk: Desk) -> list[object]:
    """Return what the ledger says about policies."""
    where = ledger_entries.c.action == "policy.applied"
    return [row["data"] for row in desk.rows(sa.select(ledger_entries.c.data).where(where))]


def test_a_policy_is_in_force_once_it_is_applied_and_old_ones_stay_readable(desk: Desk) -> None:
    """Numbers count up from the built-in one, and the ledger has each, with its digest and reason."""
    assert show_policy(desk.call(), "default").number == 0
    first, changed = apply(desk, OWN, reason="our stages")
    assert (first.number, changed, first.created_by) == (1, True, "ada")
    second, _ = apply(desk, OWN + "# more\n")
    assert show_policy(desk.call(), "default").text == OWN + "# more\n"
    assert show_policy(desk.call(), "default", number=1).text == OWN
    assert show_policy(desk.call(), "default", number=0).text == built_in.text("default")
    assert [one.number for one in list_policies(desk.call(), "default", limit=10)] == [2, 1, 0]
    assert [one.number for one in list_policies(desk.call(), "default", limit=1, before=2)] == [1]
    assert len(events(desk)) == 2
    assert first.digest in str(events(desk)[0])
    assert "our stages" in str(events(desk)[0])
    with pytest.raises(NotFound):
        show_policy(desk.call(), "default", number=3)
    with desk.registry.database.read() as tx:
        assert policies.policy(tx, 1, 1).stages.keys() == {"none", "canary", "live", "attic"}
        assert policies.policy(tx, 1, second.number).number == 2


def test_the_same_text_again_is_no_event(desk: Desk) -> None:
    """Neither that of the built-in policy, nor of the last one."""
    assert apply(desk, built_in.text("default"))[1] is False
    apply(desk, OWN)
    again, changed = apply(desk, OWN)
    assert (again.number, changed, len(events(desk))) == (1, False, 1)


def test_a_request_that_is_sent_again_takes_effect_once(desk: Desk) -> None:
    """Also when another policy came between, and the key is not used for another text."""
    made, _ = apply_policy(desk.call(key="one"), "default", OWN)
    apply(desk, built_in.text("default"))
    again, changed = apply_policy(desk.call(key="one"), "default", OWN)
    assert (again.number, changed) == (made.number, True)
    assert show_policy(desk.call(), "default").number == 2
    with pytest.raises(IdempotencyMismatch):
        apply_policy(desk.call(key="one"), "default", OWN + "#\n")


def test_who_expects_another_policy_is_refused(desk: Desk) -> None:
    """So that nobody undoes what they did not see."""
    apply(desk, OWN, expected=0)
    with pytest.raises(Conflict, match="Policy 1 by ada is in force"):
        apply(desk, built_in.text("strict"), expected=0)
    assert show_policy(desk.call(), "default").number == 1


def test_of_two_writers_at_once_one_is_told(desk: Desk) -> None:
    """Both expect the same policy: one wins, the others learn of it, and nothing is lost."""
    texts = [f"{OWN}# {number}\n" for number in range(6)]
    calls = [desk.call(actor=f"writer-{number}") for number in range(6)]

    def go(number: int) -> str:
        try:
            return str(apply_policy(calls[number], "default", texts[number], expected=0)[0].number)
        except Conflict:
            return "refused"

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(go, range(6))) == ["1", *["refused"] * 5]
        blind = list(pool.map(lambda text: apply(desk, text)[0].number, texts))
    assert len(blind) == 6
    numbers = [row["number"] for row in desk.rows(sa.select(rows.c.number))]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))  # type: ignore[type-var]
    assert len(events(desk)) == len(numbers)


def test_a_fault_changes_nothing(desk: Desk) -> None:
    """Not in the table and not in the ledger."""
    with pytest.raises(InvalidPolicy, match="Line 6: "):
        apply(desk, OWN.replace("single", "singel"))
    with pytest.raises(InvalidPolicy, match=r"Line \d+: The expression"):
        apply(desk, OWN + '[[moves.gates]]\ngate = "expression"\nwhen = "1 +"\n')
    fake = "-----BEGIN PUBLIC KEY-----\n" + "A" * 64 + "\n-----END PUBLIC KEY-----"
    with pytest.raises(InvalidPolicy, match="Line 20: The key 'k'"):
        apply(desk, f'{OWN}[[keys]]\nname = "k"\npublic = """{fake}"""\n')
    assert (desk.rows(sa.select(rows)), events(desk)) == ([], [])


def test_stages_that_hold_versions_are_not_dropped(desk: Desk) -> None:
    """The refusal says which version is where; moved out of there, the policy fits."""
    desk.register(model="other")
    version = desk.register()
    promote(desk.call(), parse("fraud:1"), "archived")
    with pytest.raises(InUse, match=f"{version.reference} is in archived"):
        apply(desk, OWN)
    delete_version(desk.call(), parse("fraud:1"))
    apply(desk, OWN)
    with pytest.raises(Conflict, match="would come back into archived"):
        restore_version(desk.call(), parse("fraud:1"))
    desk.register(content=b"next")
    promote(desk.call(), parse("fraud:2"), "canary")
    with pytest.raises(InUse, match="fraud:2 is in canary"):
        apply(desk, built_in.text("default"))


def test_a_stage_that_holds_several_versions_cannot_become_single(desk: Desk) -> None:
    """The refusal says of which model."""
    apply(desk, OWN)
    for content in (b"a", b"b"):
        number = desk.register(content=content).number
        promote(desk.call(), parse(f"fraud:{number}"), "canary")
    with pytest.raises(InUse, match="Several versions of default/fraud are in canary"):
        apply(desk, OWN.replace("[stages.canary]", "[stages.canary]\nsingle = true"))


def test_an_alias_cannot_become_a_stage(desk: Desk) -> None:
    """It would mean two things; in whatever case of letters it was written."""
    desk.register()
    set_alias(desk.call(), parse("fraud:1"), "Canary")
    with pytest.raises(InUse, match="default/fraud has an alias Canary"):
        apply(desk, OWN)


def test_versions_move_as_the_policy_says_and_are_found_by_its_stages(desk: Desk) -> None:
    """What replaced versions go to, and what a label means, follow from it."""
    apply(desk, OWN)
    for content in (b"a", b"b"):
        number = desk.register(content=content).number
        for stage in ("canary", "live"):
            assert promote(desk.call(), parse(f"fraud:{number}"), stage).status == "applied"
    assert resolve(desk.call(), parse("fraud:live")).number == 2
    assert resolve(desk.call(), parse("fraud:attic")).number == 1


def test_only_who_may_write_a_policy_does(desk: Desk) -> None:
    """Who does not see the namespace learns of nothing; an admin of it alone may."""
    desk.register()
    with pytest.raises(Denied):
        apply_policy(_limited(desk, "maintainer", "default"), "default", OWN)
    with pytest.raises(NotFound):
        apply_policy(_limited(desk, "admin", "elsewhere"), "default", OWN)
    with pytest.raises(NotFound):
        show_policy(_limited(desk, "admin", "elsewhere"), "default")
    with pytest.raises(NotFound):
        try_policy(_limited(desk, "admin", "elsewhere"), "default", OWN)
    assert show_policy(_limited(desk, "reader", "default", "fraud"), "default").number == 0
    assert apply_policy(_limited(desk, "admin", "default"), "default", OWN)[1]


def _limited(desk: Desk, role: str, namespace: str, model: str | None = None) -> Call:
    actor = Actor("bob", 2, rights=(Right(ROLES[role], namespace, model),))
    return Call(desk.registry, actor, "test", now=desk.call().now)


def test_a_policy_is_tried_before_it_is_applied(desk: Desk) -> None:
    """Each version is asked about each move out of its stage; what is in the way is said, and nothing is written."""
    desk.register()
    desk.register(model="other")
    strict = try_policy(desk.call(), "default", built_in.text("strict"))
    found = {(one.version.reference, one.target): one for one in strict.trials}
    assert found.keys() == {
        (f"default/{model}:1", target) for model in ("fraud", "other") for target in ("staging", "archived")
    }
    assert found["default/fraud:1", "archived"].passed
    refused = found["default/fraud:1", "staging"]
    assert not refused.passed
    assert "provenance-complete" in {one.gate for one in refused.verdicts if not one.passed}
    promote(desk.call(), parse("fraud:1"), "archived")
    assert "default/fraud:1 is in archived" in try_policy(desk.call(), "default", OWN).obstacles[0]
    assert {one.target for one in try_policy(desk.call(), "default", OWN, model="other").trials} == {"canary", "attic"}
    assert (desk.rows(sa.select(rows)), events(desk)) == ([], [])


def test_a_trial_comes_in_pages_and_shows_what_the_caller_may_see(desk: Desk) -> None:
    """The newest versions first; those of other models are not there for who may not read them."""
    for name in ("a", "b", "c"):
        desk.register(model=name)
    text = built_in.text("default")
    first = try_policy(desk.call(), "default", text, limit=2)
    assert {one.version.model for one in first.trials} == {"c", "b"}
    second = try_policy(desk.call(), "default", text, limit=2, before=first.after)
    assert ({one.version.model for one in second.trials}, second.after) == ({"a"}, None)
    limited = try_policy(_limited(desk, "reader", "default", "b"), "default", OWN)
    assert ({one.version.model for one in limited.trials}, limited.obstacles) == ({"b"}, ())
    assert try_policy(_limited(desk, "reader", "default", "b"), "default", OWN, limit=1).after is None
    for name in ("a", "absent"):
        hidden = try_policy(_limited(desk, "reader", "default", "b"), "default", OWN, model=name, limit=1)
        assert (hidden.trials, hidden.after) == ((), None)


def test_the_policy_in_force_costs_one_small_statement(desk: Desk) -> None:
    """And is parsed once, however often it is asked for."""
    apply(desk, OWN)
    with desk.registry.database.read() as tx:
        first = policies.in_force(tx, 1)
        with statements(desk.registry.database) as sent:
            assert policies.in_force(tx, 1) is first
    assert len(sent) == 1
    assert "text" not in sent[0][0].lower().split("from")[0]


def test_a_policy_that_this_release_cannot_read_lets_nothing_through(desk: Desk) -> None:
    """And can be replaced."""
    desk.register()
    apply(desk, OWN)
    with desk.registry.database.write() as tx:
        tx.execute(rows.update().values(text="format = 9", digest="sha256:other"))
    with pytest.raises(Unavailable, match="Policy 1 cannot be read"):
        promote(desk.call(), parse("fraud:1"), "staging")
    assert show_policy(desk.call(), "default").text == "format = 9"
    assert apply(desk, OWN)[0].number == 2
    assert Permission.POLICY_WRITE not in ROLES["maintainer"]
