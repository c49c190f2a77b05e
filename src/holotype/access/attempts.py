"""How often may somebody try to sign in? Counted in the database, so that all servers count together.

    address            the address (IPv6: its /64) that tries come from       20 failures, then a growing pause
    account            the account that is tried, from everywhere              10 failures, then a pause of ≤ 30 s
    account, address   both together                                            5 failures, then a growing pause

The pause doubles with each failure, up to five minutes. An account's own pause stays short and is not asked of an
address from which its owner has signed in lately, so that nobody can lock somebody else out. A quarter of an hour
without a failure forgives all.

A try is counted as failed *before* the password is looked at and forgiven when it was right: tries that come at the
same time cannot all slip through. Names that are no accounts count in one of 65,536 buckets: what was typed as a name
is sometimes a password, and so little of it cannot be turned back.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from holotype.access.sign_in_tables import sign_in_attempts as table
from holotype.db import Tx
from holotype.domain import times

FORGIVEN_AFTER = timedelta(minutes=15)
KNOWN_FOR = timedelta(days=30)
_LONGEST_PAUSE = 300
_KNOWN = -1
"""How many failures the row of a known address shows."""

_GET = sa.select(table).where(table.c.key.in_(sa.bindparam("keys", expanding=True)))


@dataclass(frozen=True, slots=True)
class Counter:
    """What is counted: its key, how many failures are free, and the longest pause after them in seconds."""

    key: str
    free: int
    longest: int


def counters(tx: Tx, account: str, address: str, now: datetime) -> list[Counter]:
    """Return what a try on an account from an address is counted by; see ``account_key``."""
    place = network(address)
    both = Counter(f"{account} {place}", 5, 300)
    found = [Counter(place, 20, 300), both]
    return found if _is_known(tx, both.key, now) else [*found, Counter(account, 10, 30)]


def account_key(principal_id: int | None, typed: str) -> str:
    """Return the key of an account, or the bucket of a name that is none."""
    if principal_id is not None:
        return f"account {principal_id}"
    return f"nobody {hashlib.sha256(typed.encode('utf-8', 'replace')).hexdigest()[:4]}"


def network(address: str) -> str:
    """Return whom an address belongs to: an IPv4 address itself, an IPv6 address's /64."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "elsewhere"
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((int(found) >> 64 << 64, 64)))
    return str(found)


def pause(tx: Tx, asked: Sequence[Counter], now: datetime) -> int:
    """Return for how many seconds the next try has to wait; 0 for not at all."""
    moment = times.to_micros(now)
    ends: list[int] = [row.blocked_until for row in tx.execute(_GET, {"keys": [one.key for one in asked]})]
    left = max([0, *(end - moment for end in ends)])
    return min(-(-left // 1_000_000), _LONGEST_PAUSE)


def count(tx: Tx, asked: Sequence[Counter], now: datetime) -> None:
    """Count a failure, in advance."""
    moment = times.to_micros(now)
    before = {row.key: row for row in tx.execute(_GET, {"keys": [one.key for one in asked]})}
    for one in asked:
        row = before.get(one.key)
        fresh = row is not None and moment - row.last_at < FORGIVEN_AFTER // timedelta(microseconds=1)
        failures = (row.failures if row is not None and fresh else 0) + 1
        over = failures - one.free
        seconds = min(2 ** min(over - 1, 20), one.longest) if over > 0 else 0
        values = {
            "failures": failures,
            "blocked_until": moment + seconds * 1_000_000 if seconds else 0,
            "last_at": moment,
        }
        if row is None:
            tx.execute(table.insert(), {"key": one.key} | values)
        else:
            tx.execute(table.update().where(table.c.key == one.key).values(values))


def forgive(tx: Tx, asked: Sequence[Counter], account: str, address: str, now: datetime) -> None:
    """Take back what was counted for a try that was right, and note the address as one of the account's.

    The address keeps its other failures: a right password for one account does not open the others.
    """
    place = network(address)
    keys = [one.key for one in asked if one.key != place]
    tx.execute(table.delete().where(table.c.key.in_([*keys, _known_key(f"{account} {place}")])))
    less = table.update().where(table.c.key == place, table.c.failures > 0)
    tx.execute(less.values(failures=table.c.failures - 1, blocked_until=0))
    row = {"key": _known_key(f"{account} {place}"), "failures": _KNOWN, "blocked_until": 0}
    tx.execute(table.insert(), row | {"last_at": times.to_micros(now)})


def forget(tx: Tx, now: datetime) -> int:
    """Remove what counts no more, and return how much it was."""
    stale = table.c.last_at < times.to_micros(now - FORGIVEN_AFTER)
    unknown = table.c.last_at < times.to_micros(now - KNOWN_FOR)
    gone = tx.execute(table.delete().where(sa.or_(sa.and_(stale, table.c.failures >= 0), unknown)))
    return gone.rowcount


def _is_known(tx: Tx, both: str, now: datetime) -> bool:
    key = _known_key(both)
    row = tx.execute(sa.select(table.c.last_at).where(table.c.key == key)).one_or_none()
    return row is not None and times.from_micros(row.last_at) > now - KNOWN_FOR


def _known_key(both: str) -> str:
    return f"known {both}"
