"""How does somebody make a token? For themselves or a service account of theirs, and never one that may more than they.

A token's rights are its role cut with the grants of its principal, inside its scope. Since the token at hand may be
narrower than its principal, the role asked for must lie inside what the caller may here and now, and the new token
ends no later than the one that made it. That holds for a token of a service account too, whatever the account may: its
owner cannot reach through it what they have not, nor can who got hold of a weak token of the owner. Only who
administers the registry may let it live longer than the token at hand: a machine goes on when its maker signs out.

A request that is sent again with its idempotency key makes no second token. It cannot be answered as it was, for the
secret was not kept: it is refused with the id of the token, so that its maker can revoke it and make another.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta

from holotype.access import principals, rules, secrets, tokens
from holotype.catalogue import models, namespaces
from holotype.db import Tx
from holotype.domain import names, times
from holotype.domain.entities import Token
from holotype.domain.events import Action
from holotype.domain.permissions import ROLES, Permission
from holotype.errors import Conflict, Denied, Invalid
from holotype.ledger import append
from holotype.ledger.append import Entry
from holotype.operations import accounts, once
from holotype.operations.call import Call

REGISTRY = "registry"
_LONGEST_DAYS = 36_500
_NAME_LIMIT = 100
_PERSONAL, _FRESH = ("password", "oidc"), timedelta(hours=1)
"""Who signed in so short a time ago has proved who they are: their tokens may live longer than the sign-in."""


@dataclass(frozen=True, slots=True)
class _Scope:
    """What a token is confined to, by name."""

    namespace: str | None = None
    model: str | None = None


def create_token(
    call: Call,
    name: str,
    *,
    role: str = "reader",
    scope: str = REGISTRY,
    expires_in_days: float | None = 90,
    principal: str | None = None,
) -> tuple[Token, str]:
    """Create a token for the caller or for a service account; return it with its secret, which is shown this once."""
    rules.require_somewhere(call.actor, Permission.TOKEN_WRITE)
    where = _scope(scope)
    _check(call, name, role, where)
    token_id = secrets.new_id()
    secret = secrets.new_secret(token_id)
    mark = once.fingerprint("create_token", name, role, scope, expires_in_days, principal)
    with call.write() as tx:
        _check_new(once.recall(tx, call, mark))
        namespace_id, model_id = _ids(tx, where)
        bearer_id = bearer_of(tx, call, principal)
        ends = _end(tx, call, expires_in_days, for_service=bearer_id != call.actor.principal_id)
        tokens.insert(
            tx,
            {
                "id": token_id,
                "principal_id": bearer_id,
                "name": name,
                "hash": secrets.hash_of(secret),
                "role": role,
                "namespace_id": namespace_id,
                "model_id": model_id,
                "created_at": times.to_micros(call.now),
                "expires_at": ends,
            },
        )
        created, _ = tokens.get(tx, token_id)
        _record(tx, call, created, namespace_id, model_id)
        once.remember(tx, call, mark, token_id)
    return created, secret


def bearer_of(tx: Tx, call: Call, name: str | None) -> int | None:
    """Return the id of who a token is for: the caller, or a service account that they own or administer."""
    if name is None or name == call.actor.name:
        return call.actor.principal_id
    return service_of(tx, call, name)


def service_of(tx: Tx, call: Call, name: str) -> int:
    """Return the id of a service account that the caller owns or, with the whole registry, administers."""
    found = principals.by_name(tx, name)
    own = found is not None and found.owner_id is not None and found.owner_id == call.actor.person_id
    if not own:
        rules.require(call.actor, Permission.ACCESS_WRITE)
    return accounts.get(tx, name, principals.SERVICE).id


def covered(call: Call, role: str, scope: str) -> bool:
    """Say whether a token of that role and scope may nothing that the caller may not."""
    where = _scope(scope)
    permissions = ROLES.get(role, frozenset(Permission))
    return all(rules.may(call.actor, one, namespace=where.namespace, model=where.model) for one in permissions)


def _check(call: Call, name: str, role: str, where: _Scope) -> None:
    if not call.actor.principal_id:
        raise Denied("A server without sign-in makes no tokens.", hint="Start it without --open.")
    if not 0 < len(name) <= _NAME_LIMIT or not names.printable(name) or not name.strip():
        raise Invalid("The name of a token has 1 to 100 printable characters.", hint="Say what it is for, e.g. 'ci'.")
    if role not in ROLES:
        raise Invalid(f"There is no role {role[:80]!r}.", hint=f"Roles are {', '.join(ROLES)}.")
    for permission in sorted(ROLES[role]):
        if not rules.may(call.actor, permission, namespace=where.namespace, model=where.model):
            subject = rules.subject(where.namespace, where.model)
            place = "this registry" if subject == REGISTRY else subject
            raise Denied(
                f"A token may do nothing that its maker may not: {permission.value} on {place}.",
                hint="Choose a role and a scope (--role, --scope) that your own covers; `holotype whoami` shows it.",
                permission=permission.value,
                subject=subject,
            )


def _check_new(made_before: str | None) -> None:
    if made_before is not None:
        raise Conflict(
            f"This request made the token {made_before} already, and its secret is shown only once.",
            hint=f"If it never arrived: `holotype token revoke {made_before}`, and create another.",
        )


def _scope(scope: str) -> _Scope:
    if scope == REGISTRY:
        return _Scope()
    namespace, slash, model = scope.partition("/")
    names.component(namespace, "namespace")
    return _Scope(namespace, names.component(model, "model") if slash else None)


def _ids(tx: Tx, where: _Scope) -> tuple[int | None, int | None]:
    if where.namespace is None:
        return None, None
    if where.model is None:
        return namespaces.get(tx, where.namespace).id, None
    found = models.get(tx, where.namespace, where.model)
    return found.namespace_id, found.id


def _end(tx: Tx, call: Call, days: float | None, *, for_service: bool) -> int | None:
    if days is not None and not (math.isfinite(days) and 0 < days <= _LONGEST_DAYS):
        raise Invalid(f"A token lives up to {_LONGEST_DAYS:,} days, not {days}.", hint="Give days, or null for no end.")
    ends = [] if days is None else [call.now + timedelta(days=days)]
    if call.actor.token_id is not None and not (for_service and rules.may(call.actor, Permission.ACCESS_WRITE)):
        maker, _ = tokens.get(tx, call.actor.token_id)
        proven = tokens.origin_of(tx, maker.id) in _PERSONAL and call.now - maker.created_at < _FRESH
        ends += [maker.expires_at] if maker.expires_at and not proven else []
    return times.to_micros(min(ends)) if ends else None


def _record(tx: Tx, call: Call, made: Token, namespace_id: int | None, model_id: int | None) -> None:
    data: dict[str, object] = {
        "principal": made.principal,
        "name": made.name,
        "role": made.role,
        "scope": made.scope,
        "expires_at": times.text(made.expires_at) if made.expires_at else None,
    }
    subject = f"token:{made.id}"
    entry = Entry(Action.TOKEN_CREATED, subject, data, namespace_id=namespace_id, model_id=model_id)
    append.append(tx, actor=call.actor, now=call.now, entries=[entry])
