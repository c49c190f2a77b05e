"""How is a version or a model deleted?

Softly: it is hidden, its number or name stays taken, and `restore` brings it back until the sweep has freed its bytes.
Refused while something holds it: a stage other than the first and those where replaced versions go, an alias, or a
promotion that waits for approvals. What is still being copied in for a model goes with it, for good.
"""

from __future__ import annotations

from collections.abc import Sequence

from holotype.access import rules
from holotype.catalogue import intakes, models, versions
from holotype.domain import times
from holotype.domain.entities import Model, Version
from holotype.domain.events import Action
from holotype.domain.permissions import Permission
from holotype.domain.policy import Policy
from holotype.domain.references import Reference
from holotype.errors import InUse
from holotype.governance import policies, promotions
from holotype.governance.promotions import Request
from holotype.ledger import append
from holotype.ledger.append import Entry
from holotype.operations import entries, locking
from holotype.operations.call import Call


def delete_version(call: Call, reference: Reference) -> Version:
    """Delete a version that nothing holds, and return it as it was."""
    rules.require(call.actor, Permission.VERSION_DELETE, namespace=reference.namespace, model=reference.model)
    with call.write() as tx:
        locking.lock(tx, reference)
        version = versions.find(tx, reference)
        _check_free(version, policies.in_force(tx, version.namespace_id))
        waiting = promotions.pending_of_model(tx, version.model_id)
        _check_not_wanted(call, [one for one in waiting if one.version_id == version.id])
        versions.change(tx, version.id, call.now, deleted_at=times.to_micros(call.now))
        models.change(tx, version.model_id, call.now)
        entry = entries.about(version, Action.VERSION_DELETED, {"stage": version.stage})
        append.append(tx, actor=call.actor, now=call.now, entries=[entry])
        return version


def delete_model(call: Call, reference: Reference) -> Model:
    """Delete a model and its versions, none of which is held, and return it as it was."""
    rules.require(call.actor, Permission.MODEL_DELETE, namespace=reference.namespace, model=reference.model)
    with call.write() as tx:
        model_id = locking.lock(tx, reference)
        model = models.get(tx, reference.namespace, reference.model)
        policy = policies.in_force(tx, model.namespace_id)
        for version in versions.in_model(tx, model_id, stages=policy.holding):
            _check_free(version, policy)
        _check_not_wanted(call, promotions.pending_of_model(tx, model_id))
        intakes.remove_of_model(tx, model_id)
        versions.mark_deleted(tx, model_id, call.now)
        models.change(tx, model_id, call.now, deleted_at=times.to_micros(call.now))
        where = {"namespace_id": model.namespace_id, "model_id": model_id}
        entry = Entry(Action.MODEL_DELETED, model.reference, {}, **where)
        append.append(tx, actor=call.actor, now=call.now, entries=[entry])
        return model


def _check_not_wanted(call: Call, waiting: Sequence[Request]) -> None:
    request = next((one for one in waiting if one.expires_at is None or one.expires_at > call.now), None)
    if request is not None:
        raise InUse(
            f"The promotion {request.id} to {request.target} waits for approvals.",
            hint=f"End it first: `holotype withdraw {request.id}` or `holotype reject {request.id}`.",
        )


def _check_free(version: Version, policy: Policy) -> None:
    if version.stage in policy.holding:
        out = next((one for one in reversed(tuple(policy.stages)) if one not in policy.holding), policy.first)
        raise InUse(
            f"{version.reference} is in {version.stage}.",
            hint=f"Move it out first: `holotype promote {version.reference} {out}`.",
        )
    if version.aliases:
        model, alias = f"{version.namespace}/{version.model}", version.aliases[0]
        raise InUse(
            f"The alias {alias} names {version.reference}.",
            hint=f"Remove it first: `holotype alias rm {model} {alias}`.",
        )
