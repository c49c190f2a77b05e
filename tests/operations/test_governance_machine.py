"""Is a version ever in a stage that the policy in force at that moment did not allow? Random histories, and a model.

The model below knows nothing of the registry: it is a page of Python that says what ought to become of pushes,
evidence, requests, approvals, withdrawals, policy changes, recalls and rollbacks. It moves a version only where its own
copy of the rules lets it; after every step each version of the registry has to be where the model has it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from holotype.catalogue import versions
from holotype.db import Tx
from holotype.domain.entities import Promotion
from holotype.domain.references import Reference, parse
from holotype.errors import Conflict, Denied, HolotypeError, IllegalMove
from holotype.governance import approvals
from holotype.operations import attesting
from holotype.operations.approve import approve
from holotype.operations.create_namespace import create_namespace
from holotype.operations.promote import promote
from holotype.operations.quarantine import quarantine
from holotype.operations.register import Content, register
from holotype.operations.reject import reject
from holotype.operations.release import release
from holotype.operations.rollback import rollback
from holotype.operations.withdraw import withdraw
from tests.support.governance import GOOD, MOVES, STAGES, Crew, apply, crew
from tests.support.registry import Desk

PEOPLE = ("dora", "bot", "rita", "rob", "rosa", "root")
PERSON = {name: name for name in PEOPLE} | {"bot": "dora"}
MAY_DECIDE = {"bot", "rita", "rob", "rosa", "root"}
FREE = {
    ("none", "staging"),
    ("archived", "staging"),
    ("none", "archived"),
    ("staging", "archived"),
    ("production", "archived"),
}
numbers = st.integers(0, 5)
people = st.sampled_from(PEOPLE)
approvers = st.sampled_from(("rita", "rob", "rosa", "rita", "rob", "rosa", "root", "bot", "dora"))
seldom = st.integers(0, 3)


@dataclass(frozen=True, slots=True)
class Law:
    """What a policy asks of the way to production: nothing at all where there is none."""

    exists: bool = True
    floor: bool = False
    needed: int = 0

    @property
    def text(self) -> str:
        """The policy as TOML."""
        if not self.exists:
            return STAGES + MOVES
        way = '[[moves]]\nfrom = ["staging"]\nto = "production"\n'
        asked = (
            f'[[moves.approvals]]\ncount = {self.needed}\nexclude = ["requester", "author"]\n' if self.needed else ""
        )
        return STAGES + MOVES + way + asked + (GOOD if self.floor else "")


LAWS = (Law(needed=2, floor=True), Law(needed=1), Law(floor=True), Law(), Law(exists=False), Law(needed=2))


@dataclass(slots=True)
class Thing:
    """A version, as the model knows it. ``grounds`` are who let it into production the last time, and who asked."""

    author: str
    stage: str = "none"
    auc: float | None = None
    recalled: bool = False
    grounds: tuple[frozenset[str], str] = (frozenset(), "")


@dataclass(slots=True)
class Wanted:
    """A request that waits, as the model knows it."""

    number: int
    who: str
    approved: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Model:
    """What ought to be so."""

    law: Law = LAWS[3]
    things: dict[int, Thing] = field(default_factory=dict)
    waiting: dict[int, Wanted] = field(default_factory=dict)
    holders: list[int] = field(default_factory=list)

    @property
    def holder(self) -> int | None:
        """Which version is in production."""
        return next((number for number, one in self.things.items() if one.stage == "production"), None)

    def good(self, number: int) -> bool:
        """Say whether the gates let a version into production."""
        one = self.things[number]
        return not one.recalled and (not self.law.floor or (one.auc is not None and one.auc >= 0.9))

    def excluded(self, number: int, who: str) -> set[str]:
        """Return the persons whose approval does not count."""
        return {PERSON[who], PERSON[self.things[number].author]} if who else {PERSON[self.things[number].author]}

    def enter(self, number: int) -> None:
        """Let a version into production; whoever waits is asked anew, and the one that was there leaves."""
        former = self.holder
        if former is not None:
            self.things[former].stage = "archived"
        self.things[number].stage = "production"
        self.waiting = {key: one for key, one in self.waiting.items() if one.number != number}
        self.ask_anew()

    def ask_anew(self) -> None:
        """Void every approval."""
        for one in self.waiting.values():
            one.approved.clear()

    def push_holder(self, number: int) -> None:
        """Put a version on top of those that held production."""
        self.holders = [one for one in self.holders if one != number] + [number]


class Governance(RuleBasedStateMachine):
    """Steps on a namespace of its own, each done to the model and to the registry."""

    desk: ClassVar[Desk]
    crew: ClassVar[Crew]
    fresh: ClassVar[count[int]] = count(1)

    @initialize(law=st.sampled_from((0, 1, 5)))
    def begin(self, law: int) -> None:
        """Begin with three good versions in staging, under a policy that wants approvals."""
        self.model = Model()
        self.space = f"space-{next(self.fresh)}"
        self.outcome: Promotion | None = None
        create_namespace(self.desk.call(), self.space)
        self.decree(law)
        for author in ("dora", "bot", "root"):
            self.push(author)
            self.learn(len(self.model.things) - 1, 0.95)
            self.move(len(self.model.things) - 1, "staging")

    def at(self, number: int) -> Reference:
        """Return a version of this namespace."""
        return parse(f"{self.space}/fraud:{number}")

    def pick(self, number: int) -> int:
        """Return one of the versions."""
        return number % len(self.model.things) + 1

    def request(self, which: int) -> int:
        """Return one of the requests that wait."""
        return sorted(self.model.waiting)[which % len(self.model.waiting)]

    def attempt(self, verb: object, *args: object, **more: object) -> str:
        """Call a verb and return what became of it: a status, or the name of the error."""
        try:
            self.outcome = verb(*args, **more)  # type: ignore[operator]
        except HolotypeError as error:
            return type(error).__name__
        return self.outcome.status if isinstance(self.outcome, Promotion) else "done"

    @rule(author=st.sampled_from(("dora", "bot", "root")))
    @precondition(lambda self: len(self.model.things) < 5)
    def push(self, author: str) -> None:
        """Register a version."""
        number = len(self.model.things) + 1
        file = self.desk.stored(f"{self.space} {number}".encode(), namespace=self.space)
        register(self.crew.call(author), parse(f"{self.space}/fraud"), Content([file]))
        self.model.things[number] = Thing(author)

    @rule(number=numbers, auc=st.sampled_from((0.5, 0.95)))
    @precondition(lambda self: self.model.things)
    def learn(self, number: int, auc: float) -> None:
        """Attach an evaluation; where it makes a gate fail, approvals are void."""
        number = self.pick(number)
        call, payload = self.desk.call(), b'{"metrics": [{"name": "auc", "value": %f}]}' % auc
        with call.write() as tx:
            self._attest(tx, number, call, payload)
        self.model.things[number].auc = auc
        self._contradict(number)

    def _attest(self, tx: Tx, number: int, call: object, payload: bytes) -> None:
        found = versions.find(tx, self.at(number))
        attesting.record(tx, call, found, type="evaluation", media_type="application/json", payload=payload)  # type: ignore[arg-type]

    def _contradict(self, number: int) -> None:
        for one in self.model.waiting.values():
            if one.number == number and not self.model.good(number):
                one.approved.clear()

    @rule(number=numbers, stage=st.sampled_from(("staging", "archived")))
    @precondition(lambda self: self.model.things)
    def move(self, number: int, stage: str) -> None:
        """Move a version where nobody has to approve."""
        number = self.pick(number)
        one, left = self.model.things[number], self.model.holder
        expected = "applied" if (one.stage, stage) in FREE else "IllegalMove"
        if expected == "applied" and one.recalled and stage == "staging":
            expected = "refused"
        assert self.attempt(promote, self.crew.call("rita"), self.at(number), stage) == expected
        if expected == "applied":
            self.model.waiting = {key: each for key, each in self.model.waiting.items() if each.number != number}
            one.stage = stage
            if left == number:
                self.model.ask_anew()

    @rule(number=numbers, who=people)
    @precondition(lambda self: self.model.things)
    def ask(self, number: int, who: str) -> None:
        """Ask for production."""
        number = self.pick(number)
        expected = self._expected(number, who)
        assert self.attempt(promote, self.crew.call(who), self.at(number), "production") == expected
        if expected == "pending":
            assert self.outcome is not None
            assert self.outcome.id is not None
            self.model.waiting[self.outcome.id] = Wanted(number, who)
        elif expected == "applied":
            self.model.things[number].grounds = (frozenset(), who)
            self.model.enter(number)
            self.model.push_holder(number)

    def _expected(self, number: int, who: str) -> str:
        model = self.model
        if not model.law.exists or model.things[number].stage != "staging":
            return IllegalMove.__name__
        if not model.law.needed and who == "dora":
            return Denied.__name__
        if any(one.number == number for one in model.waiting.values()):
            return Conflict.__name__
        if not model.good(number):
            return "refused"
        return "pending" if model.law.needed else "applied"

    @rule(which=numbers, who=approvers)
    @precondition(lambda self: self.model.waiting)
    def approve(self, which: int, who: str) -> None:
        """Approve what waits; the last who is needed moves it."""
        key = self.request(which)
        one = self.model.waiting[key]
        barred = who not in MAY_DECIDE or PERSON[who] in self.model.excluded(one.number, one.who)
        expected = "Denied" if barred else "pending"
        if not barred and PERSON[who] not in one.approved:
            one.approved.add(PERSON[who])
            if not self.model.good(one.number):
                one.approved.clear()
            elif len(one.approved) >= self.model.law.needed:
                expected = "applied"
        assert self.attempt(approve, self.crew.call(who), key) == expected
        if expected == "applied":
            self.model.things[one.number].grounds = (frozenset(one.approved), one.who)
            self.model.enter(one.number)
            self.model.push_holder(one.number)

    @rule(which=numbers, who=people, luck=seldom)
    @precondition(lambda self: self.model.waiting)
    def withdraw(self, which: int, who: str, luck: int) -> None:
        """Take a request back, now and then."""
        if luck:
            return
        key = self.request(which)
        may = who == "root" or PERSON[who] == PERSON[self.model.waiting[key].who]
        assert self.attempt(withdraw, self.crew.call(who), key) == ("withdrawn" if may else "Denied")
        if may:
            del self.model.waiting[key]

    @rule(which=numbers, who=people, luck=seldom)
    @precondition(lambda self: self.model.waiting)
    def reject(self, which: int, who: str, luck: int) -> None:
        """Reject a request, now and then."""
        if luck:
            return
        key = self.request(which)
        may = who in MAY_DECIDE
        assert self.attempt(reject, self.crew.call(who), key, comment="no") == ("rejected" if may else "Denied")
        if may:
            del self.model.waiting[key]

    @rule(which=st.integers(0, len(LAWS) - 1), luck=seldom)
    def change(self, which: int, luck: int) -> None:
        """Change the policy now and then: histories in which nothing lasts would show little."""
        if luck == 0:
            self.decree(which)

    def decree(self, which: int) -> None:
        """Put another policy in force; approvals under the former one are void, a lost way ends requests."""
        law = LAWS[which]
        apply(self.desk, law.text, namespace=self.space)
        if law != self.model.law:
            self.model.ask_anew()
            self.model.waiting = self.model.waiting if law.exists and law.needed else {}
        self.model.law = law

    @rule(number=numbers, luck=seldom)
    @precondition(lambda self: self.model.things)
    def recall(self, number: int, luck: int) -> None:
        """Put a version in quarantine, or release it, now and then."""
        if luck and not self.model.things[self.pick(number)].recalled:
            return
        number = self.pick(number)
        one = self.model.things[number]
        if one.recalled:
            release(self.desk.call(), str(self.at(number)), reason="clean")
        else:
            quarantine(self.desk.call(), str(self.at(number)), reason="poisoned")
        one.recalled = not one.recalled
        self._contradict(number)

    @rule()
    @precondition(lambda self: self.model.holders)
    def roll_back(self) -> None:
        """Give production back to the last holder that still may have it."""
        model, now = self.model, self.model.holder
        former = [one for one in reversed(model.holders) if one != now]
        target = next((one for one in former if self._stands(one)), None)
        where = parse(f"{self.space}/fraud")
        done = self.attempt(rollback, self.crew.call("rita"), where, "production", reason="slow")
        assert done == ("Conflict" if target is None else "applied")
        if target is not None:
            model.enter(target)
            del model.holders[model.holders.index(target) + 1 :]

    def _stands(self, number: int) -> bool:
        one, law = self.model.things[number], self.model.law
        given, who = one.grounds
        return law.exists and not one.recalled and len(given - self.model.excluded(number, who)) >= law.needed

    @invariant()
    def everything_is_where_the_model_has_it(self) -> None:
        """Each version is in its stage, and each request has the approvals that count."""
        if not hasattr(self, "model"):
            return
        with self.desk.registry.database.read() as tx:
            for number, one in self.model.things.items():
                assert versions.find(tx, self.at(number)).stage == one.stage
            decided = approvals.of(tx, list(self.model.waiting))
        for key, wanted in self.model.waiting.items():
            counted = {each.approval.person_id for each in decided[key] if each.approval.voided is None}
            assert counted == {self.crew.known[name][0].id for name in wanted.approved}


def test_no_version_is_where_the_policy_did_not_let_it(desk: Desk) -> None:
    """Any history of steps leaves the registry where the model is."""

    class Here(Governance):
        pass

    Here.desk, Here.crew = desk, crew(desk)
    checked = settings(max_examples=40, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Here, settings=checked)
