"""What do the verbs about users, service accounts and teams share? Free names, and an administrator who stays."""

from __future__ import annotations

from holotype.access import grants, principals
from holotype.db import Tx
from holotype.domain import names
from holotype.domain.entities import Principal
from holotype.domain.events import Action
from holotype.errors import AlreadyExists, Conflict, InvalidName, NotFound
from holotype.ledger import append
from holotype.ledger.append import Entry
from holotype.operations.call import Call

_COMMANDS = {"user": "holotype user ls", "service": "holotype service ls"}


def check_name(name: str, kind: str) -> None:
    """Raise ``InvalidName`` unless somebody can be called so."""
    names.principal(name, kind)
    if name in principals.RESERVED:
        raise InvalidName(f"The name {name} is reserved.", hint="Choose another one.")


def check_free(tx: Tx, name: str) -> None:
    """Raise ``AlreadyExists`` where a user or a service account has the name; both share their names."""
    taken = principals.by_name(tx, name)
    if taken is not None:
        raise AlreadyExists(f"There is a {taken.kind} {name} already.", hint="Choose another name.")


def get(tx: Tx, name: str, kind: str | None = None) -> Principal:
    """Return the principal of a name, of one kind or of either, or raise ``NotFound``."""
    found = principals.by_name(tx, name)
    if found is None or kind not in {None, found.kind}:
        command = _COMMANDS[kind or "user"]
        raise NotFound(f"There is no {kind or 'user or service'} {name[:200]}.", hint=f"See `{command}`.")
    return found


def check_administered(tx: Tx) -> None:
    """Raise ``Conflict`` where a change, made in this transaction, would leave nobody who may everything."""
    if not grants.any_admin(tx):
        raise Conflict(
            "Nobody would be left who administers the registry.",
            hint="First give another user the role: `holotype grant create USER admin registry`.",
        )


def record(tx: Tx, call: Call, action: Action, subject: str, **data: object) -> None:
    """Append an entry about access as a whole, which belongs to no namespace."""
    append.append(tx, actor=call.actor, now=call.now, entries=[Entry(action, subject, data)])
