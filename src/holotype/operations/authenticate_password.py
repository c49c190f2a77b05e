"""Who sends a name and a password with every request? Asked like a sign-in once, and remembered for a while.

Native clients sign in and bear a token; MLflow's know Basic credentials alone. A password that was found right is
remembered in this process (``access.proven``); whatever ends, ends at once all the same.
"""

from __future__ import annotations

from datetime import timedelta

from holotype.access import attempts, bearers, proven
from holotype.access.proven import Proof
from holotype.db import Tx
from holotype.domain.entities import Actor, Principal
from holotype.domain.events import Action
from holotype.errors import Unauthenticated
from holotype.ledger import append
from holotype.ledger.append import Entry
from holotype.operations import proving
from holotype.operations.call import Call


def recognise(call: Call, key: bytes) -> Actor | None:
    """Return whose credentials these are, if their password was found right lately and is still theirs."""
    engine = call.registry.database.engine
    proof = proven.recall(engine, key, call.now)
    if proof is None:
        return None
    with call.read() as tx:
        actor = bearers.person(tx, proof.principal_id, proof.kept)
    if actor is None:
        proven.forget(engine, key)
    return actor


def authenticate_password(call: Call, name: str, password: str, key: bytes, *, address: str = "") -> Actor:
    """Return a user for their password, or raise ``Unauthenticated`` or ``TooMany`` as for a sign-in."""
    lifetime = timedelta(seconds=call.registry.settings.sign_in_lifetime)

    def then(tx: Tx, user: Principal, kept: str) -> Proof:
        told: dict[str, object] = {"by": proving.PASSWORD, "address": attempts.network(address)}
        entry = Entry(Action.SIGN_IN_ACCEPTED, f"{user.kind}:{user.name}", told)
        append.append(tx, actor=Actor(user.name, user.id), now=call.now, entries=[entry])
        return Proof(user.id, kept, call.now + lifetime, call.now)

    proof = proving.proven(call, name, password, address, then)
    with call.read() as tx:
        actor = bearers.person(tx, proof.principal_id, proof.kept)
    if actor is None:
        raise Unauthenticated("The account was changed a moment ago.", hint="Try again.")
    proven.remember(call.registry.database.engine, key, proof)
    return actor
