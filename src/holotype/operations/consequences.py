"""What follows when something changed? Called inside the transaction of what changed it.

    evidence arrived        what waits for that version, or compares with it, is asked again; automatic moves fire
    the policy changed      everything that waits in the namespace is asked again, under the new rules
    a recall came or went   what waits for those versions is asked again

A move asks by itself what waits for the place that it changed (``reconsidering.model_changed``). One statement where
nothing waits. What fires is limited: a version enters no stage twice in one transaction, and what a move sets off moves
nothing further.
"""

from __future__ import annotations

from collections.abc import Sequence

from holotype.db import Tx
from holotype.domain.entities import Version
from holotype.domain.policy import Policy
from holotype.governance import promotions
from holotype.operations import automatic, reconsidering
from holotype.operations.call import Call


def evidence_arrived(tx: Tx, call: Call, version: Version) -> None:
    """Void the approvals that new evidence contradicts, and fire the automatic moves that it completes."""
    waiting = promotions.pending_of_model(tx, version.model_id)
    concerned = [one for one in waiting if version.id in (one.version_id, one.incumbent_id)]
    reconsidering.reconsider(tx, call, concerned)
    automatic.fire(tx, call, version)


def policy_changed(tx: Tx, call: Call, namespace_id: int, policy: Policy) -> None:
    """Void the approvals that were given under another policy, and end the requests whose move is gone."""
    reconsidering.reconsider(tx, call, promotions.pending_of_namespace(tx, namespace_id), policy)


def quarantine_changed(tx: Tx, call: Call, versions: Sequence[Version]) -> None:
    """Void the approvals of versions that were recalled, and of those that are compared with them."""
    ids = {one.id for one in versions}
    waiting = promotions.pending_of_models(tx, {one.model_id for one in versions})
    reconsidering.reconsider(tx, call, [one for one in waiting if ids & {one.version_id, one.incumbent_id}])
