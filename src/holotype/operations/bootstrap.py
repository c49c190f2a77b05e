"""How does a new registry come to be, and how does its owner get in?

1. The first server finds no registry: it makes one, with the namespace ``default`` and an owner who may everything.
2. Where the owner's credentials can be left for the same OS user, and those that lie there do not work (any more),
   a new token is made for the owner. Its secret is returned once; only its hash is kept.

Both happen in one transaction under the lock of all writers, so servers that start at once agree on one registry.
"""

from __future__ import annotations

import uuid

import sqlalchemy as sa

from holotype.access import bearers, grants, principals, rules, secrets, tokens
from holotype.catalogue import namespaces
from holotype.db import Tx
from holotype.db.tables import registry
from holotype.domain import names, times
from holotype.domain.entities import Actor, Principal
from holotype.domain.events import Action
from holotype.domain.permissions import Permission
from holotype.errors import Unauthenticated
from holotype.ledger import append
from holotype.ledger.append import Entry
from holotype.operations.call import Call, Registry
from holotype.tracking import experiments

OWNER = "owner"
SYSTEM = "holotype"
"""Who the ledger names for what no person asked for."""


def bootstrap(call: Call, *, kept: str | None = None, leave_token: bool = False) -> str | None:
    """Make the registry where there is none; return a new secret for the owner where ``kept`` does not do."""
    with call.write() as tx:
        if tx.execute(sa.select(registry.c.id)).first() is None:  # 1
            _create(tx, call)
        if not leave_token or (kept is not None and _works(tx, call, kept)):
            return None
        return _token(tx, call)  # 2


def signed_in(registry_: Registry) -> bool:
    """Say whether anybody can sign in: there is a token that was not revoked."""
    with registry_.database.read() as tx:
        return tokens.any_left(tx)


def _create(tx: Tx, call: Call) -> None:
    identity = str(uuid.uuid4())
    tx.execute(registry.insert(), {"id": 1, "uuid": identity, "created_at": times.to_micros(call.now)})
    owner = principals.create(tx, OWNER, "user", call.now)
    principals.grant(tx, owner.id, "admin", by=SYSTEM, now=call.now)
    entries = [Entry(Action.REGISTRY_CREATED, "registry", {"uuid": identity, "owner": OWNER})]
    space = namespaces.create(tx, names.DEFAULT_NAMESPACE, "", call.now)
    if space is not None:
        experiments.create(tx, space.id, experiments.DEFAULT_NAME, author=SYSTEM, now=call.now)
        entries.append(Entry(Action.NAMESPACE_CREATED, space.name, {"description": ""}, namespace_id=space.id))
    append.append(tx, actor=Actor(SYSTEM), now=call.now, entries=entries)


def _works(tx: Tx, call: Call, secret: str) -> bool:
    try:
        actor = bearers.bearer(tx, secret, call.now)
    except Unauthenticated:
        return False
    return rules.may(actor, Permission.ADMIN_OPERATE)


def _token(tx: Tx, call: Call) -> str:
    owner = _restored(tx, call, principals.by_name(tx, OWNER) or _new_owner(tx, call))
    token_id = secrets.new_id()
    secret = secrets.new_secret(token_id)
    tokens.insert(
        tx,
        {
            "id": token_id,
            "principal_id": owner.id,
            "name": "made for the owner on the machine of the server",
            "hash": secrets.hash_of(secret),
            "role": "admin",
            "created_at": times.to_micros(call.now),
        },
    )
    entry = Entry(Action.TOKEN_CREATED, f"token:{token_id}", {"principal": OWNER, "role": "admin", "scope": "registry"})
    append.append(tx, actor=Actor(SYSTEM), now=call.now, entries=[entry])
    return secret


def _new_owner(tx: Tx, call: Call) -> Principal:
    """Make the owner of a registry that has lost theirs."""
    owner = principals.create(tx, OWNER, "user", call.now)
    principals.grant(tx, owner.id, "admin", by=SYSTEM, now=call.now)
    return owner


def _restored(tx: Tx, call: Call, owner: Principal) -> Principal:
    """Let the owner in again who was disabled or lost their role: whoever has the machine has the registry."""
    entries: list[Entry] = []
    if owner.disabled_at is not None:
        principals.change(tx, owner.id, disabled_at=None)
        entries.append(Entry(Action.USER_CHANGED, f"user:{OWNER}", {"disabled": False}))
    if not grants.is_admin(tx, owner.id):
        principals.grant(tx, owner.id, "admin", by=SYSTEM, now=call.now)
        data: dict[str, object] = {"who": f"user:{OWNER}", "role": "admin", "scope": "registry", "stages": []}
        entries.append(Entry(Action.GRANT_CREATED, f"user:{OWNER}", data))
    append.append(tx, actor=Actor(SYSTEM), now=call.now, entries=entries)
    return owner
