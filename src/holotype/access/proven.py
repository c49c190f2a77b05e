"""Whose password was found right lately? Remembered in this process, so that not every request waits for argon2.

A client that sends name and password with each request (HTTP's Basic scheme) would cost 50 ms of work for each. What is
remembered are no passwords but keyed hashes of what was sent, under a key that this process drew when it began; with
each, whose password it was and which hash was kept of it. That is asked again for every request, by the statement that
reads the rights: another password, a disabled account or a grant that ended count at once, on every server.

A proof is forgotten after a quarter of an hour without a request, and when a sign-in would have ended.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import weakref
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.engine import Engine

_KEY = secrets.token_bytes(32)
_IDLE = timedelta(minutes=15)
_MOST = 4_096


@dataclass(slots=True)
class Proof:
    """Whose password it was, the hash that was kept of it, and how long this counts."""

    principal_id: int
    kept: str
    ends: datetime
    asked: datetime


class _Memory:
    """What is remembered for one database."""

    def __init__(self) -> None:
        self.proofs: dict[bytes, Proof] = {}
        self.guarding = threading.Lock()


_memories: weakref.WeakKeyDictionary[Engine, _Memory] = weakref.WeakKeyDictionary()


def key_of(credentials: bytes) -> bytes:
    """Return the key of credentials (``name:password``); it means nothing to other processes."""
    return hashlib.blake2b(credentials, digest_size=32, key=_KEY).digest()


def recall(engine: Engine, key: bytes, now: datetime) -> Proof | None:
    """Return the proof that is remembered under a key, unless its time is over."""
    memory = _memories.get(engine)
    proof = memory.proofs.get(key) if memory is not None else None
    if proof is None:
        return None
    if now >= proof.ends or now - proof.asked >= _IDLE:
        forget(engine, key)
        return None
    proof.asked = now
    return proof


def remember(engine: Engine, key: bytes, proof: Proof) -> None:
    """Remember a proof; where there are too many, the one that was made first goes."""
    memory = _memories.setdefault(engine, _Memory())
    with memory.guarding:
        memory.proofs.pop(key, None)
        if len(memory.proofs) >= _MOST:
            del memory.proofs[next(iter(memory.proofs))]
        memory.proofs[key] = proof


def forget(engine: Engine, key: bytes) -> None:
    """Forget a proof that counts no more."""
    memory = _memories.get(engine)
    if memory is not None:
        with memory.guarding:
            memory.proofs.pop(key, None)
