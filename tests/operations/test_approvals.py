"""Do moves that people have to approve happen when the right people did, and never otherwise?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from holotype.access import principals
from holotype.domain.entities import Actor, Promotion
from holotype.domain.references import parse
from holotype.errors import Conflict, Denied, InUse, Invalid, NotFound
from holotype.ledger.tables import ledger_entries
from holotype.operations.approve import approve
from holotype.operations.call import Call
from holotype.operations.delete import delete_model, delete_version
from holotype.operations.expire_promotions import expire_promotions
from holotype.operations.list_promotions import Wanted, list_promotions
from holotype.operations.promote import promote
from holotype.operations.reject import reject
from holotype.operations.resolve import resolve
from holotype.operations.show_promotion import show_promotion
from holotype.operations.withdraw import withdraw
from tests.support.governance import GOOD, MOVES, STAGES, TWO, Crew, apply, attest, crew
from tests.support.registry import Desk

POLICY = STAGES + MOVES + TWO + GOOD


def team(desk: Desk) -> Crew:
    """Return people under a policy that wants an AUC and two approvals, with a version of dora's in staging."""
    people = crew(desk)
    apply(desk, POLICY)
    ready(desk, people, 1)
    return people


def ready(desk: Desk, people: Crew, number: int) -> None:
    """Bring a version of dora's to staging, with an evaluation that is good enough."""
    desk.register(content=b"v%d" % number)
    with desk.registry.database.write() as tx:
        tx.exec_driver_sql(f"UPDATE versions SET created_by = 'dora' WHERE number = {number}")
    promote(people.call("rita"), parse(f"fraud:{number}"), "staging")
    attest(desk, f"fraud:{number}", 0.95)


def ask(people: Crew, number: int = 1, *, by: str = "dora", reason: str = "better") -> int:
    """Ask for production, and return the number of the request."""
    made = promote(people.call(by), parse(f"fraud:{number}"), "production", reason=reason)
    assert made.status == "pending", made
    assert made.id is not None
    return made.id


def stage(desk: Desk, number: int = 1) -> str:
    """Return where a version is."""
    return resolve(desk.call(), parse(f"fraud:{number}")).stage


def actions(desk: Desk) -> list[object]:
    """Return what the ledger says, in order."""
    return [row["action"] for row in desk.rows(sa.select(ledger_entries).order_by(ledger_entries.c.sequence))]


def verdict(found: Promotion, gate: str) -> str:
    """Return what a gate says in a promotion."""
    return next(one.status for one in found.verdicts if one.gate == gate)


def test_a_request_holds_what_it_rests_on(desk: Desk) -> None:
    """Digest, target, reason, evidence, policy, verdicts, incumbent and expiry."""
    people = team(desk)
    found = show_promotion(people.call("dora"), ask(people))
    assert (found.status, found.source, found.target, found.reason) == ("pending", "staging", "production", "better")
    assert found.version.digest == resolve(desk.call(), parse("fraud:1")).digest
    assert (found.policy, found.requested_by, found.incumbent_id) == (1, "dora", None)
    assert found.evidence
    assert verdict(found, "metric") == "passed"
    assert verdict(found, "approvals") == "missing"
    assert found.created_at is not None
    assert found.expires_at == found.created_at + timedelta(days=2)
    assert stage(desk) == "staging"


def test_two_persons_bring_it_to_production(desk: Desk) -> None:
    """The first approval waits, the second moves, and the ledger has it in one transaction."""
    people = team(desk)
    asked = ask(people)
    assert approve(people.call("rita"), asked, comment="fine").status == "pending"
    assert stage(desk) == "staging"
    done = approve(people.call("rob"), asked)
    assert (done.status, done.version.stage, len(done.approvals)) == ("applied", "production", 2)
    assert actions(desk)[-4:] == ["promotion.requested", "promotion.approved", "promotion.approved", "version.moved"]
    last = desk.rows(sa.select(ledger_entries).order_by(ledger_entries.c.sequence.desc()).limit(1))[0]
    assert '"approved_by":["rita","rob"]' in str(last["data"])


def test_one_person_counts_once(desk: Desk) -> None:
    """Approving again changes nothing and is no second event."""
    people = team(desk)
    asked = ask(people)
    approve(people.call("rita"), asked)
    again = approve(people.call("rita"), asked)
    assert (again.status, len(again.approvals)) == ("pending", 1)
    assert actions(desk).count("promotion.approved") == 1


def test_who_asked_does_not_count_and_neither_does_who_registered(desk: Desk) -> None:
    """Four eyes: the requester and the author are refused, and so are their service accounts."""
    people = team(desk)
    asked = ask(people, by="rita")
    with pytest.raises(Denied, match="does not count"):
        approve(people.call("rita"), asked)
    with pytest.raises(Denied, match="does not count"):
        approve(people.call("bot"), asked)  # dora registered the version; the machine is hers
    assert show_promotion(people.call("dora"), asked).approvals == ()


def test_a_machine_counts_as_its_owner(desk: Desk) -> None:
    """A person and her machine are one approval, whichever comes first."""
    people = team(desk)
    people.person("rosas-bot", "reviewer", owner="rosa")
    asked = ask(people)
    approve(people.call("rosas-bot"), asked)
    assert approve(people.call("rosa"), asked).status == "pending"
    assert approve(people.call("rob"), asked).status == "applied"


def test_only_the_named_may_approve(desk: Desk) -> None:
    """An approval from outside the team that the policy names is refused, and one from inside counts."""
    people = crew(desk)
    people.person("tess", "reviewer", team="risk")
    apply(
        desk,
        POLICY.replace('from = ["role:reviewer", "role:maintainer", "role:admin"]', 'from = ["team:risk"]').replace(
            "count = 2", "count = 1"
        ),
    )
    ready(desk, people, 1)
    asked = ask(people)
    with pytest.raises(Denied, match="team:risk"):
        approve(people.call("rita"), asked)
    assert approve(people.call("tess"), asked).status == "applied"


def test_who_lost_the_right_counts_no_more(desk: Desk) -> None:
    """An approval of somebody who was disabled meanwhile is not counted at the quorum."""
    people = team(desk)
    asked = ask(people)
    approve(people.call("rita"), asked)
    with desk.registry.database.write() as tx:
        principals.change(tx, people.known["rita"][0].id, disabled_at=1)
    assert approve(people.call("rob"), asked).status == "pending"
    assert approve(people.call("rosa"), asked).status == "applied"


def test_a_contributor_may_ask_and_not_approve(desk: Desk) -> None:
    """Asking takes one right, approving another."""
    people = team(desk)
    people.person("dan", "contributor")
    asked = ask(people)
    with pytest.raises(Denied):
        approve(people.call("dan"), asked)
    with pytest.raises(Denied):
        reject(people.call("dan"), asked, comment="no")


def test_a_rejection_ends_it_with_a_comment(desk: Desk) -> None:
    """Nothing moves, nobody can approve it any more, and a new request may be made."""
    people = team(desk)
    asked = ask(people)
    approve(people.call("rita"), asked)
    with pytest.raises(Invalid, match="comment"):
        reject(people.call("rob"), asked, comment=" ")
    done = reject(people.call("rob"), asked, comment="drifts")
    assert (done.status, done.note, stage(desk)) == ("rejected", "drifts", "staging")
    with pytest.raises(Conflict, match="rejected"):
        approve(people.call("rosa"), asked)
    assert ask(people) != asked


def test_who_asked_may_withdraw(desk: Desk) -> None:
    """So may their machine and an administrator; nobody else."""
    people = team(desk)
    asked = ask(people)
    with pytest.raises(Denied, match="dora"):
        withdraw(people.call("rita"), asked)
    assert withdraw(people.call("bot"), asked).status == "withdrawn"
    assert withdraw(people.call("root"), ask(people)).status == "withdrawn"
    assert actions(desk)[-1] == "promotion.withdrawn"
    assert stage(desk) == "staging"


def test_one_open_request_a_version_and_target(desk: Desk) -> None:
    """A second is a conflict that names the first; the same request sent twice is answered twice."""
    people = team(desk)
    first = promote(people.call("dora", key="k"), parse("fraud:1"), "production")
    again = promote(people.call("dora", key="k"), parse("fraud:1"), "production")
    assert again.id == first.id
    with pytest.raises(Conflict, match=f"promotion {first.id}"):
        promote(people.call("rita"), parse("fraud:1"), "production")


def test_a_retried_approval_is_answered_again(desk: Desk) -> None:
    """An answer that was lost: the same key approves once, and says what is so now."""
    people = team(desk)
    asked = ask(people)
    approve(people.call("rita", key="a"), asked)
    approve(people.call("rob"), asked)
    again = approve(people.call("rita", key="a"), asked)
    assert (again.status, len(again.approvals)) == ("applied", 2)


def test_a_request_whose_gates_fail_is_refused_at_once(desk: Desk) -> None:
    """Nobody is bothered with it; the refusal is a result and in the ledger, with every verdict."""
    people = team(desk)
    attest(desk, "fraud:1", 0.5)
    done = promote(people.call("dora"), parse("fraud:1"), "production")
    assert (done.status, verdict(done, "metric"), stage(desk)) == ("refused", "failed", "staging")
    assert actions(desk)[-1] == "promotion.refused"
    assert show_promotion(people.call("rita"), done.id or 0).status == "refused"


def test_a_request_expires(desk: Desk) -> None:
    """Whoever comes too late is told, and the worker ends it too; nothing moves."""
    people = team(desk)
    late, asked = timedelta(days=3), ask(people)
    approve(people.call("rita"), asked)
    call = people.call("rob")
    done = approve(Call(call.registry, call.actor, now=call.now + late), asked)
    assert (done.status, stage(desk)) == ("expired", "staging")
    second = ask(people)
    assert expire_promotions(desk.call()) == 0
    call = desk.call()
    assert expire_promotions(Call(call.registry, call.actor, now=call.now + late)) == 1
    assert show_promotion(people.call("dora"), second).status == "expired"
    assert actions(desk).count("promotion.expired") == 2


def test_who_asks_again_after_the_time_is_over_makes_a_new_request(desk: Desk) -> None:
    """Also before the worker came by: the former one ends."""
    people = team(desk)
    first, call = ask(people), people.call("dora")
    call = Call(call.registry, call.actor, now=call.now + timedelta(days=3))
    again = promote(call, parse("fraud:1"), "production")
    assert (again.status, show_promotion(people.call("dora"), first).status) == ("pending", "expired")
    assert again.id != first


def test_what_waits_is_not_deleted(desk: Desk) -> None:
    """Neither the version nor its model, until the request has ended."""
    people = crew(desk)
    apply(desk, STAGES + MOVES + '[[aliases]]\npattern = "champion"\n[[aliases.approvals]]\ncount = 1\n')
    desk.register(content=b"v1")
    asked = promote(people.call("dora"), parse("fraud:1"), "champion")
    for verb, where in ((delete_version, "fraud:1"), (delete_model, "fraud")):
        with pytest.raises(InUse, match=f"promotion {asked.id} to champion waits"):
            verb(people.call("root"), parse(where))
    withdraw(people.call("dora"), asked.id or 0)
    delete_version(people.call("root"), parse("fraud:1"))


def test_new_evidence_that_makes_a_gate_fail_voids_the_approvals(desk: Desk) -> None:
    """It says so; the request goes on waiting, and new approvals on better evidence move it."""
    people = team(desk)
    asked = ask(people)
    approve(people.call("rita"), asked)
    attest(desk, "fraud:1", 0.5)
    found = show_promotion(people.call("dora"), asked)
    assert (found.status, verdict(found, "metric")) == ("pending", "failed")
    assert "metric" in found.note
    assert "metric" in (found.approvals[0].voided or "")
    assert actions(desk)[-1] == "promotion.voided"
    assert approve(people.call("rob"), asked).status == "pending"
    assert approve(people.call("rosa"), asked).status == "pending"
    assert stage(desk) == "staging"
    attest(desk, "fraud:1", 0.96)
    approve(people.call("rita"), asked)
    last = approve(people.call("rob"), asked)
    assert (last.status, stage(desk)) == ("applied", "production")


def test_evidence_that_changes_no_verdict_leaves_the_approvals(desk: Desk) -> None:
    """More of the same is no reason to ask again."""
    people = team(desk)
    asked = ask(people)
    approve(people.call("rita"), asked)
    attest(desk, "fraud:1", 0.97)
    assert approve(people.call("rob"), asked).status == "applied"


def test_a_changed_policy_voids_the_approvals(desk: Desk) -> None:
    """What was approved under other rules counts no more; under the new ones it is approved anew."""
    people = team(desk)
    asked = ask(people)
    approve(people.call("rita"), asked)
    apply(desk, POLICY + "# another\n")
    found = show_promotion(people.call("dora"), asked)
    assert (found.status, found.policy) == ("pending", 2)
    assert "policy" in (found.approvals[0].voided or "")
    assert approve(people.call("rob"), asked).status == "pending"
    assert approve(people.call("rita"), asked).status == "applied"


def test_a_move_that_is_gone_ends_its_requests(desk: Desk) -> None:
    """They are refused, with the reason, and so is one that asks nobody any more."""
    people = team(desk)
    asked = ask(people)
    apply(desk, STAGES + MOVES)
    found = show_promotion(people.call("dora"), asked)
    assert (found.status, stage(desk)) == ("refused", "staging")
    assert "No move leads" in found.note


def test_a_changed_incumbent_voids_the_approvals(desk: Desk) -> None:
    """Who is to be replaced is part of what was approved."""
    people = team(desk)
    ready(desk, people, 2)
    first, second = ask(people, 1), ask(people, 2)
    approve(people.call("rita"), second)
    for name in ("rita", "rob"):
        approve(people.call(name), first)
    found = show_promotion(people.call("dora"), second)
    assert (found.status, found.incumbent_id) == ("pending", resolve(desk.call(), parse("fraud:1")).id)
    assert "fraud:1 holds production" in (found.approvals[0].voided or "")
    approve(people.call("rob"), second)
    last = approve(people.call("rosa"), second)
    assert last.replaced is not None
    assert (last.status, last.replaced.number, stage(desk, 1)) == ("applied", 1, "archived")


def test_a_version_that_went_elsewhere_takes_its_requests_along(desk: Desk) -> None:
    """A request from staging means nothing for a version that was archived."""
    people = team(desk)
    asked = ask(people)
    promote(people.call("rita"), parse("fraud:1"), "archived")
    found = show_promotion(people.call("dora"), asked)
    assert found.status == "refused"
    assert "archived" in found.note


def test_who_may_not_read_finds_nothing(desk: Desk) -> None:
    """A promotion of a hidden model looks like one that is not there, whatever one tries."""
    people = team(desk)
    asked = ask(people)
    hidden = Call(desk.registry, Actor("eve", 99), now=desk.call().now)
    for identifier in (asked, 4_711):
        attempts: list[Callable[[int], object]] = [
            lambda one: show_promotion(hidden, one),
            lambda one: approve(hidden, one),
            lambda one: reject(hidden, one, comment="x"),
            lambda one: withdraw(hidden, one),
        ]
        for attempt in attempts:
            with pytest.raises(NotFound, match=f"There is no promotion {identifier}"):
                attempt(identifier)


def test_lists_show_what_waits_for_whom(desk: Desk) -> None:
    """By status, model and namespace, in pages; and what waits for the caller, until they approved it."""
    people = team(desk)
    for number in (2, 3):
        ready(desk, people, number)
    asked = [ask(people, number, by="rita") for number in (1, 2, 3)]

    def waiting(name: str) -> list[int | None]:
        return [one.id for one in list_promotions(people.call(name), Wanted(waiting=True)).items]

    assert waiting("rob") == asked[::-1]
    assert waiting("rita") == waiting("dora") == waiting("bot") == []
    approve(people.call("rob"), asked[1])
    assert waiting("rob") == [asked[2], asked[0]]
    first = list_promotions(people.call("dora"), Wanted(status="pending", model="fraud", namespace="default"), limit=2)
    assert [one.id for one in first.items] == [asked[2], asked[1]]
    rest = list_promotions(people.call("dora"), Wanted(status="pending"), before=first.next, limit=2)
    assert ([one.id for one in rest.items], rest.next) == ([asked[0]], None)
    with pytest.raises(Invalid, match="ever"):
        list_promotions(people.call("dora"), Wanted(status="lost"))
