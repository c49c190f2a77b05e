"""Can people read what happened, and only what they may see?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from holotype.access.rules import scopes
from holotype.domain import references, times
from holotype.domain.entities import Actor, Right
from holotype.domain.events import Action
from holotype.domain.permissions import Permission
from holotype.errors import NotFound
from holotype.ledger.append import Entry, append
from holotype.ledger.verify import verify_chain
from holotype.operations.call import Call
from holotype.operations.create_namespace import create_namespace
from holotype.operations.delete import delete_version
from holotype.operations.examining import ensure
from holotype.operations.history import history
from holotype.operations.promote import promote
from holotype.operations.read_ledger import Wanted, read_ledger
from holotype.operations.rollback import rollback
from holotype.operations.set_alias import set_alias
from tests.support.registry import Desk

READ = frozenset({Permission.LEDGER_READ, Permission.MODEL_READ})


def _actions(desk: Desk, reference: str) -> list[str]:
    return [event.action for event in history(desk.call(), references.parse(reference))]


def test_a_model_tells_everything_that_happened_to_it(desk: Desk) -> None:
    """Its own events and those of all its versions, the newest first."""
    desk.register("risk", b"one")
    desk.register("risk", b"two")
    desk.register("other", b"three")
    for number, stage in ((1, "staging"), (1, "production"), (2, "staging"), (2, "production")):
        promote(desk.call(), references.parse(f"risk:{number}"), stage, reason="better")
    set_alias(desk.call(), references.parse("risk:2"), "champion")
    rollback(desk.call(), references.parse("risk"), "production", reason="worse")
    told = _actions(desk, "risk")
    assert told[-2:] == ["version.registered", "model.created"]
    assert {"version.moved", "version.rolled-back", "version.replaced", "alias.set"} <= set(told)
    assert told.count("version.registered") == 2
    assert _actions(desk, "other") == ["version.registered", "model.created"]


def test_a_version_tells_only_its_own_events(desk: Desk) -> None:
    """Also by alias, and also once it was deleted."""
    desk.register("risk", b"one")
    desk.register("risk", b"two")
    set_alias(desk.call(), references.parse("risk:2"), "champion")
    assert _actions(desk, "risk:1") == ["version.registered"]
    assert _actions(desk, "risk:champion") == ["alias.set", "version.registered"]
    delete_version(desk.call(), references.parse("risk:1"))
    assert _actions(desk, "risk:1") == ["version.deleted", "version.registered"]


def test_events_carry_who_what_when_and_why(desk: Desk) -> None:
    """What an auditor asks for is in the event itself."""
    version = desk.register("risk", b"one")
    call = desk.call(actor="grace")
    promote(call, references.parse("risk:1"), "staging", reason="passes the smoke test")
    event = history(desk.call(), references.parse("risk"), limit=1)[0]
    assert (event.actor, event.time, event.subject) == ("grace", call.now, "default/risk:1")
    assert event.data["reason"] == "passes the smoke test"
    assert event.data["digest"] == version.digest
    assert (event.data["from"], event.data["to"]) == ("none", "staging")


def test_pages_continue_without_gap_or_overlap(desk: Desk) -> None:
    """Also while new events arrive between two pages."""
    for number in range(7):
        desk.register("risk", b"%d" % number)
    whole = [event.sequence for event in history(desk.call(), references.parse("risk"))]
    seen: list[int] = []
    before = None
    while events := history(desk.call(), references.parse("risk"), before=before, limit=3):
        seen += [event.sequence for event in events]
        before = seen[-1]
        desk.register("risk", b"late %d" % before)
    assert seen == whole


def test_a_history_ends_at_a_moment(desk: Desk) -> None:
    """What happened at that moment or later is left out, also of a single version."""
    desk.register("risk", b"one")
    promote(desk.call(), references.parse("risk:1"), "staging")
    moment = desk.call().now
    promote(desk.call(), references.parse("risk:1"), "production")
    for reference in ("risk", "risk:1"):
        told = history(desk.call(), references.parse(reference), until=moment)
        assert [one.data["to"] for one in told if one.action == "version.moved"] == ["staging"]
        assert history(desk.call(), references.parse(reference), until=told[-1].time) == []


def test_the_history_of_what_is_not_there_is_not_found(desk: Desk) -> None:
    """An unknown model is an error, not an empty list."""
    with pytest.raises(NotFound):
        history(desk.call(), references.parse("nobody"))


def test_history_needs_the_right_to_read_the_model(desk: Desk) -> None:
    """What one may not see has no history either."""
    desk.register("risk", b"one")
    with pytest.raises(NotFound):
        history(desk.call(rights=frozenset()), references.parse("risk"))


def test_the_ledger_can_be_narrowed(desk: Desk) -> None:
    """By namespace, model, action, actor and time, and by several of them."""
    first = desk.register("risk", b"one")
    ensure(desk.call(), first)
    promote(desk.call(actor="grace"), references.parse("risk:1"), "staging", reason="x")

    def sequences(**wanted: object) -> list[int]:
        return [event.sequence for event in read_ledger(desk.call(), Wanted(**wanted))]  # type: ignore[arg-type]

    everything = read_ledger(desk.call(), Wanted())
    assert [event.sequence for event in everything] == list(range(len(everything), 0, -1))
    by_model = {event.sequence for event in history(desk.call(), references.parse("risk"))}
    assert set(sequences(namespace="default", model="risk")) == by_model
    assert set(sequences(namespace="default")) >= by_model
    assert sequences(action="version.moved") == sequences(actor="grace") != []
    assert sequences(action="version.moved", actor="ada") == []
    moved = next(event for event in everything if event.action == "version.moved")
    assert sequences(since=moved.time) == [event.sequence for event in everything if event.time >= moved.time]
    assert sequences(until=moved.time) == [event.sequence for event in everything if event.time < moved.time]
    assert sequences(since=first.created_at, until=moved.time) == sorted(by_model - {moved.sequence}, reverse=True)
    assert sequences(since=moved.time + timedelta(days=1)) == []
    assert sequences(until=times.from_micros(0)) == []


def test_who_has_rights_on_parts_sees_the_ledger_of_those_parts(desk: Desk) -> None:
    """Two namespaces and one model, merged in order; nothing of the registry itself."""
    for space in ("a", "b", "c"):
        create_namespace(desk.call(), space)
    with desk.registry.database.write() as tx:
        append(tx, actor=Actor("root"), now=times.now(), entries=[Entry(Action.TOKEN_CREATED, "token t1")])
    for name in ("a/one", "b/two", "c/three", "c/four"):
        desk.held(name.encode(), namespace=name[0])
        desk.register(name, name.encode())
    rights = (Right(READ, "a"), Right(READ, "c", "three"), Right(READ, "gone"))
    call = Call(desk.registry, Actor("eve", 2, rights=rights), now=desk.call().now)
    assert scopes(call.actor, Permission.LEDGER_READ) is not None
    events = read_ledger(call, Wanted())
    assert {event.subject.partition(":")[0] for event in events} <= {"a", "a/one", "c/three"}
    assert {"a/one:1", "c/three:1"} <= {event.subject for event in events}
    assert [event.sequence for event in events] == sorted((event.sequence for event in events), reverse=True)
    assert read_ledger(call, Wanted(), limit=1) == events[:1]
    assert {event.subject for event in read_ledger(call, Wanted(namespace="c"))} == {"c/three", "c/three:1"}
    for namespace, model in (("b", None), ("c", "four")):
        with pytest.raises(NotFound):
            read_ledger(call, Wanted(namespace=namespace, model=model))


def test_a_namespace_that_is_not_there_is_not_found(desk: Desk) -> None:
    """Asked for by name it is an error; a misspelt one must not look like an empty one."""
    with pytest.raises(NotFound):
        read_ledger(desk.call(), Wanted(namespace="nowhere"))


def test_the_ledger_of_real_verbs_holds(desk: Desk) -> None:
    """Every hash of what the verbs wrote can be computed again from the entries alone."""
    desk.register("risk", b"one")
    promote(desk.call(), references.parse("risk:1"), "staging", reason="größer €")
    with desk.registry.database.snapshot() as tx:
        verdict = verify_chain(tx)
    assert verdict.fault is None
    assert verdict.root == read_ledger(desk.call(), Wanted(), limit=1)[0].root
