"""How does a deleted version or model come back? Whole or not at all.

Its bytes must still be held, and its stage be one where the policy in force keeps what is not in use: the policy may
have changed meanwhile, and a restore is no way around its moves.
"""

from __future__ import annotations

from collections.abc import Collection

from holotype.access import rules
from holotype.artifacts import holdings
from holotype.catalogue import contents, models, namespaces, occupancy, versions
from holotype.db import Tx
from holotype.domain.entities import Model, Version
from holotype.domain.events import Action
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.errors import Conflict
from holotype.governance import policies
from holotype.ledger import append
from holotype.ledger.append import Entry
from holotype.operations import entries, locking
from holotype.operations.call import Call


def restore_version(call: Call, reference: Reference) -> Version:
    """Bring a deleted version back and return it; one that is not deleted is returned as it is."""
    rules.require(call.actor, Permission.VERSION_DELETE, namespace=reference.namespace, model=reference.model)
    with call.write() as tx:
        locking.lock(tx, reference)
        version = versions.find(tx, reference, deleted=True)
        if version.deleted_at is None:
            return version
        _check_stages(tx, version.namespace_id, version.reference, [version.stage])
        _check_held(tx, version.namespace, version.reference, contents.digests(tx, version.id))
        versions.change(tx, version.id, call.now, deleted_at=None)
        models.change(tx, version.model_id, call.now)
        entry = entries.about(version, Action.VERSION_RESTORED, {})
        append.append(tx, actor=call.actor, now=call.now, entries=[entry])
        return versions.by_ids(tx, [version.id])[0]


def restore_model(call: Call, reference: Reference) -> Model:
    """Bring a deleted model back with the versions that went with it; one that is not deleted is returned as it is."""
    rules.require(call.actor, Permission.MODEL_DELETE, namespace=reference.namespace, model=reference.model)
    with call.write() as tx:
        model = models.get(tx, reference.namespace, reference.model, deleted=True)
        if model.deleted_at is None:
            return model
        stages = occupancy.deleted_with(tx, model.id, model.deleted_at)
        _check_stages(tx, model.namespace_id, model.reference, stages)
        _check_held(tx, model.namespace, model.reference, contents.digests_of_deleted(tx, model.id, model.deleted_at))
        versions.mark_restored(tx, model.id, model.deleted_at, call.now)
        models.change(tx, model.id, call.now, deleted_at=None)
        where = {"namespace_id": model.namespace_id, "model_id": model.id}
        append.append(
            tx,
            actor=call.actor,
            now=call.now,
            entries=[Entry(Action.MODEL_RESTORED, model.reference, {}, **where)],
        )
        return models.get(tx, reference.namespace, reference.model)


def _check_stages(tx: Tx, namespace_id: int, reference: str, stages: Collection[str]) -> None:
    policy = policies.in_force(tx, namespace_id)
    wrong = next((name for name in stages if name not in policy.stages or name in policy.holding), None)
    if wrong is not None:
        raise Conflict(
            f"{reference} would come back into {wrong}, which the policy does not allow any more.",
            hint="Apply a policy with that stage first, one in which it holds nothing.",
        )


def _check_held(tx: Tx, namespace: str, reference: str, needed: list[str]) -> None:
    if set(needed) - holdings.sizes(tx, namespaces.get(tx, namespace).id, needed).keys():
        raise Conflict(f"The bytes of {reference} were swept after its deletion.", hint="Push the files again.")
