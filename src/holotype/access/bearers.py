"""Who bears a token, and what may they? Asked for every request, so that whatever ends, ends at once on every server.

1. One statement finds the token, its principal, and the principal's **epoch**: a number that every change of grants and
   of teams raises, in the transaction of the change.
2. Token, principal and, for a service account, its owner must all be good at this moment.
   Where the database can tell that nothing was committed, who was found is remembered until something is.
3. The rights are remembered in this process under principal and role, for as long as the epoch stays. They are the
   grants of the principal and of their teams, each cut with the role of the token. To read ten thousand grants takes
   longer than everything else that a request does.

A change of grants that commits between the two reads makes newer rights appear under an older epoch, never the other
way round; the next request finds the new epoch and reads again.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from holotype.access import grants, secrets
from holotype.access.rights import Rights
from holotype.access.sign_in_tables import passwords
from holotype.access.tables import grants as rows
from holotype.access.tables import principals, team_members, tokens
from holotype.db import Tx
from holotype.db.prepared import Prepared
from holotype.domain import times
from holotype.domain.entities import Actor, Right
from holotype.domain.permissions import ROLES, Permission
from holotype.errors import Unauthenticated

# Access lies beside the catalogue, not above it: it knows that namespaces and models have names, and no more.
_namespaces = sa.table("namespaces", sa.column("id"), sa.column("name"))
_models = sa.table("models", sa.column("id"), sa.column("name"))
_owner = principals.alias("owner")

_BEARER = Prepared(
    sa.select(
        tokens.c.hash,
        tokens.c.role,
        tokens.c.expires_at,
        tokens.c.revoked_at,
        principals.c.id.label("principal_id"),
        principals.c.name.label("principal"),
        principals.c.disabled_at,
        principals.c.epoch,
        principals.c.owner_id,
        _owner.c.disabled_at.label("owner_disabled_at"),
        _namespaces.c.name.label("namespace"),
        _models.c.name.label("model"),
    )
    .select_from(
        tokens.join(principals, principals.c.id == tokens.c.principal_id)
        .outerjoin(_owner, _owner.c.id == principals.c.owner_id)
        .outerjoin(_models, _models.c.id == tokens.c.model_id)
        .outerjoin(_namespaces, _namespaces.c.id == tokens.c.namespace_id)
    )
    .where(tokens.c.id == sa.bindparam("token_id"))
)
_PERSON = Prepared(
    sa.select(
        principals.c.id.label("principal_id"),
        principals.c.name.label("principal"),
        principals.c.epoch,
        sa.literal_column("'admin'").label("role"),
    )
    .select_from(principals.join(passwords, passwords.c.principal_id == principals.c.id))
    .where(
        principals.c.id == sa.bindparam("principal_id"),
        passwords.c.hash == sa.bindparam("kept"),
        principals.c.disabled_at.is_(None),
    )
)
_teams = sa.select(team_members.c.team_id).where(team_members.c.principal_id == sa.bindparam("principal_id"))
_parts = grants.SELECT.with_only_columns(
    rows.c.role,
    rows.c.scope,
    rows.c.pattern,
    rows.c.stages,
    *[column for column in grants.SELECT.selected_columns if column.name in {"namespace", "model"}],
)
_GRANTED = Prepared(
    sa.union_all(
        _parts.where(rows.c.principal_id == sa.bindparam("principal_id")), _parts.where(rows.c.team_id.in_(_teams))
    )
)
_MOST_REMEMBERED = 100_000
"""How many rights a process remembers for each database, of all principals together."""

_MOST_LATELY = 1_000
"""How many bearers are remembered between two commits."""


class _Known(NamedTuple):
    """What a principal may with tokens of one role: on the whole registry, and on parts of it."""

    epoch: int
    permissions: frozenset[Permission]
    rights: Rights


class _Memory:
    """What is remembered of one database."""

    def __init__(self) -> None:
        self.known: dict[tuple[int, str], _Known] = {}
        self.size = 0
        self.guarding = threading.Lock()
        self.lately: tuple[object, dict[bytes, Actor]] = (None, {})

    def keep(self, key: tuple[int, str], known: _Known) -> None:
        """Remember; where it would become too much, forget everything else first."""
        with self.guarding:
            if self.size + len(known.rights) + 1 > _MOST_REMEMBERED:
                self.known, self.size = {}, 0
            before = self.known.get(key)
            self.size += len(known.rights) + 1 - (len(before.rights) + 1 if before else 0)
            self.known[key] = known


_memories: weakref.WeakKeyDictionary[Engine, _Memory] = weakref.WeakKeyDictionary()


def bearer(tx: Tx, secret: str, now: datetime, stamp: object = None) -> Actor:
    """Return who bears a secret and what they may, or raise ``Unauthenticated``.

    ``stamp`` is that of the database (``Database.stamp``), asked for before this; with one, answers are remembered.
    """
    if stamp is None:
        return _found(tx, secret, now)
    memory = _memory(tx)
    lately = memory.lately
    if lately[0] != stamp:
        lately = memory.lately = (stamp, {})  # at once: what belongs to an older stamp stays beside it
    key = secrets.hash_of(secret)
    kept = lately[1].get(key)
    if kept is not None and (kept.until is None or kept.until > now):
        return kept
    actor = _found(tx, secret, now)
    if len(lately[1]) < _MOST_LATELY:
        lately[1][key] = actor
    return actor


def _found(tx: Tx, secret: str, now: datetime) -> Actor:
    token_id = secrets.id_of(secret)
    row = _BEARER.one(tx, {"token_id": token_id}) if token_id else None  # 1
    if token_id is None or row is None or not secrets.matches(secret, row.hash):
        raise Unauthenticated("The token is not known here.", hint="Check HOLOTYPE_TOKEN, or ask for a new token.")
    _check(row, now)  # 2
    known = _known(tx, row)  # 3
    return Actor(
        row.principal,
        row.principal_id,
        known.permissions,
        row.namespace,
        row.model,
        token_id,
        known.rights,
        row.owner_id,
        None if row.expires_at is None else times.from_micros(row.expires_at),
    )


def person(tx: Tx, principal_id: int, kept: str) -> Actor | None:
    """Return a user who proved who they are, as long as that hash is kept of their password and they may come in."""
    row = _PERSON.one(tx, {"principal_id": principal_id, "kept": kept})
    if row is None:
        return None
    known = _known(tx, row)
    return Actor(row.principal, row.principal_id, known.permissions, rights=known.rights)


def _check(row: Any, now: datetime) -> None:
    if row.revoked_at is not None:
        raise Unauthenticated("The token was revoked.", hint="Ask for a new one.")
    if row.expires_at is not None and row.expires_at <= times.to_micros(now):
        ended = times.from_micros(row.expires_at)
        raise Unauthenticated(f"The token expired on {ended:%Y-%m-%d}.", hint="Create a new one.")
    if row.disabled_at is not None:
        raise Unauthenticated(f"The account {row.principal} is disabled.", hint="Ask an administrator.")
    if row.owner_disabled_at is not None:
        raise Unauthenticated(
            f"The owner of the account {row.principal} is disabled.",
            hint="Ask an administrator to give it another: `holotype service change --owner`.",
        )


def _memory(tx: Tx) -> _Memory:
    return _memories.get(tx.engine) or _memories.setdefault(tx.engine, _Memory())


def _known(tx: Tx, row: Any) -> _Known:
    memory = _memory(tx)
    key = (row.principal_id, row.role)
    known = memory.known.get(key)
    if known is None or known.epoch != row.epoch:
        rights = list(dict.fromkeys(_rights(tx, row.principal_id, ROLES.get(row.role, frozenset()))))
        everywhere = [right.permissions for right in rights if right.namespace is None and right.stages is None]
        parts = Rights(right for right in rights if right.namespace is not None or right.stages is not None)
        known = _Known(row.epoch, frozenset().union(*everywhere), parts)
        memory.keep(key, known)
    return known


def _rights(tx: Tx, principal_id: int, at_most: frozenset[Permission]) -> Iterator[Right]:
    """Read the grants; one of a kind that this version does not know gives nothing."""
    cut = {name: permissions & at_most for name, permissions in ROLES.items()}
    for row in _GRANTED(tx, {"principal_id": principal_id}):
        scope = grants.scope_of(row)
        permissions = cut.get(row.role)
        if scope is not None and permissions:
            stages = frozenset(row.stages.split(",")) if row.stages else None
            yield Right(permissions, scope.namespace, scope.model, stages)
