"""What follows for open promotions when something changed? Called inside the transaction of what changed it."""

from __future__ import annotations

from collections.abc import Sequence

from holotype.db import Tx
from holotype.domain.entities import Version
from holotype.domain.policy import Policy
from holotype.operations.call import Call


def evidence_arrived(tx: Tx, call: Call, version: Version) -> None:
    """Void the approvals that new evidence contradicts, and fire the automatic moves that it completes."""


def policy_changed(tx: Tx, call: Call, namespace_id: int, policy: Policy) -> None:
    """Void the approvals that were given under another policy."""


def incumbent_changed(tx: Tx, call: Call, model_id: int, kind: str, target: str) -> None:
    """Void the approvals that were given against another incumbent."""


def quarantine_changed(tx: Tx, call: Call, versions: Sequence[Version]) -> None:
    """Void the approvals of versions that were recalled."""
