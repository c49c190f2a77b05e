"""How does a registry get a row in every table of access, governance and proof? For tests of what copies all of it."""

from __future__ import annotations

from datetime import timedelta

from holotype.access import attempts, flows, passwords
from holotype.access.sign_in_tables import used_assertions
from holotype.domain import times
from holotype.domain.events import Action
from holotype.domain.references import parse
from holotype.ledger import append, checkpoints
from holotype.ledger.append import Entry
from holotype.operations import sign_checkpoint, signing_keys
from holotype.operations.approve import approve
from holotype.operations.comment import comment
from holotype.operations.create_grant import create_grant
from holotype.operations.create_set_up import create_set_up
from holotype.operations.create_trust import create_trust
from holotype.operations.link_identity import link_identity
from holotype.operations.open_override import open_override
from holotype.operations.promote import promote
from holotype.operations.quarantine import quarantine
from tests.support.governance import MOVES, STAGES, TWO, Crew, apply, crew
from tests.support.registry import Desk


def govern(desk: Desk) -> None:
    """Let people with rights decide about fraud:2, recall fraud:3, and sign the ledger."""
    people = crew(desk)
    _let_in(desk, people)
    apply(desk, STAGES + MOVES + TWO)
    promote(people.call("rita"), parse("fraud:2"), "staging")
    asked = promote(people.call("dora"), parse("fraud:2"), "production", reason="it is better").id
    comment(people.call("rob"), asked or 0, "is it?")
    approve(people.call("rita"), asked or 0, comment="so it is")
    lasts = timedelta(hours=1)
    open_override(people.call("root"), parse("fraud:2"), "production", ["approvals"], reason="fire", lasts=lasts)
    quarantine(people.call("mia"), "fraud:3", reason="poisoned")
    _sign(desk)


def _let_in(desk: Desk, people: Crew) -> None:
    """Make ways to sign in, of each kind; one is under way, and one failed."""
    people.person("tim", "reader", team="risk")
    call = people.call("root")
    create_grant(call, "team:risk", "reviewer", "default/fr*", stages=["staging"])
    create_set_up(call, "tim")
    link_identity(call, "tim", issuer="https://idp.example", email="tim@example.org")
    create_trust(call, "https://ci.example", "bot", {"sub": "repo:risk/fraud"}, audience="holotype", scope="default")
    row = {"digest": bytes(32), "expires_at": times.to_micros(call.now)}
    with call.write() as tx:
        passwords.put(tx, people.known["rita"][0].id, passwords.hashed("correct horse battery"), call.now)
        tx.execute(used_assertions.insert(), row)
        attempts.count(tx, attempts.counters(tx, "account 1", "192.0.2.1", call.now), call.now)
        ends = call.now + timedelta(minutes=10)
        flows.begin(tx, "state", "browser", port=8080, challenge="c", client_state="s", ends=ends)


def _sign(desk: Desk) -> None:
    """Sign the ledger with a key of which no file is kept."""
    call = desk.call()
    with call.write() as tx:
        signer = signing_keys.generate(checkpoints.origin(tx))
        told = Entry(Action.KEY_CREATED, f"key:{signer.verifier.id}", sign_checkpoint.said(signer.verifier))
        checkpoints.add_key(tx, signer.verifier, append.append(tx, actor=call.actor, now=call.now, entries=[told])[0])
        sign_checkpoint.add(tx, [signer])
