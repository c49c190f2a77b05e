"""Whose artifacts are these, and may the caller see or change them?"""

from __future__ import annotations

from datetime import datetime

from holotype.artifacts import holdings
from holotype.db import Tx
from holotype.domain import tracked as limits
from holotype.domain.entities import Namespace
from holotype.errors import NotFound
from holotype.operations import tracked
from holotype.operations.call import Call
from holotype.tracking import artifacts, runs
from holotype.tracking.artifacts import Artifact


def is_there(call: Call, tx: Tx, namespace: Namespace, owner: str) -> bool:
    """Say whether a run or a logged model is there for the caller."""
    author = runs.written_by(tx, namespace.id, owner) if limits.is_id(owner) else None
    return author is not None and tracked.sees(call.actor, namespace.name, author)


def check(call: Call, tx: Tx, namespace: Namespace, owner: str) -> None:
    """Raise ``NotFound`` unless a run or a logged model is there for the caller."""
    if not is_there(call, tx, namespace, owner):
        raise NotFound(f"There is no run or logged model {owner[:80]}.")


def write(tx: Tx, namespace_id: int, owner: str, artifact: Artifact, now: datetime) -> None:
    """Write down a file; what it replaces is kept for another grace period, for those who read it just now."""
    before = artifacts.put(tx, namespace_id, owner, artifact, now)
    if before is not None:
        holdings.touch(tx, namespace_id, [before], now)
