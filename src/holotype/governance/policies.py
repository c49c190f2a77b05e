"""Which policy is in force in a namespace, and which were? The built-in one, until somebody applies another.

A policy is parsed once a process and text; asking for the one in force costs one small statement.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from holotype.db import Tx
from holotype.db.prepared import Prepared
from holotype.db.types import bound_list, in_list
from holotype.domain import built_in, times
from holotype.domain.policy import DEFAULT_NUMBER, Policy
from holotype.domain.policy_reading import read
from holotype.errors import InvalidPolicy, NotFound, Unavailable
from holotype.governance.tables import policies

_KEPT = 256
_parsed: dict[tuple[int, str], Policy] = {}
_OF_NAMESPACE = policies.c.namespace_id == sa.bindparam("namespace_id")
_NEWEST = Prepared(
    sa.select(policies.c.number, policies.c.digest).where(_OF_NAMESPACE).order_by(policies.c.number.desc()).limit(1)
)
_GET = Prepared(sa.select(policies).where(_OF_NAMESPACE, policies.c.number == sa.bindparam("number")))
_PAGE = Prepared(
    sa.select(policies)
    .where(_OF_NAMESPACE, policies.c.number < sa.bindparam("before"))
    .order_by(policies.c.number.desc())
    .limit(sa.bindparam("limit"))
)
_NUMBERS = (
    sa.select(policies.c.namespace_id, sa.func.max(policies.c.number).label("number"))
    .where(in_list(policies.c.namespace_id, "spaces"))
    .group_by(policies.c.namespace_id)
    .subquery()
)
_NEWEST_OF = sa.select(policies).join(
    _NUMBERS, (policies.c.namespace_id == _NUMBERS.c.namespace_id) & (policies.c.number == _NUMBERS.c.number)
)
_SPACES = sa.select(policies.c.namespace_id).distinct()
_LARGEST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Applied:
    """A version of a namespace's policy: its text, and who applied it, when and why. Number 0 is built in."""

    number: int
    digest: str
    text: str
    reason: str = ""
    created_at: datetime | None = None
    created_by: str | None = None


def in_force(tx: Tx, namespace_id: int) -> Policy:
    """Return the policy that holds in a namespace now."""
    row = _NEWEST.one(tx, {"namespace_id": namespace_id})
    if row is None:
        return built_in.default()
    return _parsed.get((row.number, row.digest)) or _parse(get(tx, namespace_id, row.number))


def newest(tx: Tx, namespace_id: int) -> tuple[int, str]:
    """Return number and digest of the policy in force, whether or not this release can read it."""
    row = _NEWEST.one(tx, {"namespace_id": namespace_id})
    return (DEFAULT_NUMBER, built_in.default().digest) if row is None else (row.number, row.digest)


def newest_of(tx: Tx, namespace_ids: Collection[int]) -> dict[int, Applied]:
    """Return the policy in force in each of some namespaces as it was applied, whether or not it can be read."""
    found = {row.namespace_id: _applied(row) for row in tx.execute(_NEWEST_OF, {"spaces": bound_list(namespace_ids)})}
    return {one: found.get(one) or _built_in() for one in namespace_ids}


def policy(tx: Tx, namespace_id: int, number: int) -> Policy:
    """Return one version of a namespace's policy, or raise ``NotFound``."""
    found = get(tx, namespace_id, number)
    return built_in.default() if number == DEFAULT_NUMBER else _parsed.get((number, found.digest)) or _parse(found)


def get(tx: Tx, namespace_id: int, number: int) -> Applied:
    """Return one version of a namespace's policy as it was applied, or raise ``NotFound``."""
    if number == DEFAULT_NUMBER:
        return _built_in()
    row = _GET.one(tx, {"namespace_id": namespace_id, "number": number}) if 0 < number <= _LARGEST else None
    if row is None:
        raise NotFound(f"There is no policy {number} here.", hint="`holotype policy ls` lists those there are.")
    return _applied(row)


def namespaces_with_own(tx: Tx) -> list[int]:
    """Return the ids of the namespaces that applied a policy of their own."""
    return sorted(tx.execute(_SPACES).scalars())


def page(tx: Tx, namespace_id: int, *, before: int | None, limit: int) -> list[Applied]:
    """Return up to ``limit`` versions of a namespace's policy with numbers under ``before``, the newest first."""
    under = _LARGEST if before is None else min(before, _LARGEST)
    rows = _PAGE(tx, {"namespace_id": namespace_id, "before": under, "limit": limit})
    found = [_applied(row) for row in rows]
    return [*found, _built_in()] if len(found) < limit and under > DEFAULT_NUMBER else found


def insert(tx: Tx, namespace_id: int, number: int, given: Policy, *, by: str, reason: str, now: datetime) -> Applied:
    """Write a version of a namespace's policy; a number that another writer took meanwhile is refused by its key."""
    values = {
        "namespace_id": namespace_id,
        "number": number,
        "digest": given.digest,
        "created_at": times.to_micros(now),
        "created_by": by,
        "reason": reason,
        "text": given.text,
    }
    tx.execute(policies.insert(), values)
    return Applied(number, given.digest, given.text, reason, now, by)


def _parse(applied: Applied) -> Policy:
    """Read a policy that was applied once; gates that this release does not know will refuse when they are asked."""
    try:
        read_ = read(applied.text, lambda use: use)
    except InvalidPolicy as error:
        raise Unavailable(
            f"Policy {applied.number} cannot be read by this release: {error.detail}",
            hint="Apply one that it can read: `holotype policy apply FILE`.",
        ) from error
    if len(_parsed) >= _KEPT:
        _parsed.clear()
    found = _parsed[applied.number, applied.digest] = replace(read_, number=applied.number)
    return found


def _built_in() -> Applied:
    policy = built_in.default()
    return Applied(DEFAULT_NUMBER, policy.digest, policy.text)


def _applied(row: Any) -> Applied:
    moment = times.from_micros(row.created_at)
    return Applied(row.number, row.digest, row.text, row.reason, moment, row.created_by)
