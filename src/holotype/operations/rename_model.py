"""How does a model get another name?

1. The caller may change the model and create one under the new name.
2. Both names are locked, in one order, and the new one is free; a deleted model keeps its name as well.
3. Where something is in use or wished for, references to the old name are what others rely on: as they end, it takes
   the right to delete the model.
4. The row is renamed, and the ledger says from what to what. Versions, numbers, digests, approvals, grants and tokens
   hang on the model's id and go with it.
5. What servers remember of rights by name is forgotten.

The old name is free from then on. What was written down with it (the ledger, provenance, sources of other protocols)
is not rewritten: what happened is told as it was.
"""

from __future__ import annotations

from holotype.access import grants, rules
from holotype.catalogue import models, namespaces, versions
from holotype.db import Tx
from holotype.domain import names, titles
from holotype.domain.entities import Model, Namespace
from holotype.domain.events import Action
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.errors import AlreadyExists
from holotype.governance import policies, promotions
from holotype.ledger import append
from holotype.ledger.append import Entry
from holotype.operations import granting, locking
from holotype.operations.call import Call
from holotype.operations.granting import Who


def rename_model(call: Call, model: Reference, name: str, *, title: str | None = None) -> Model:
    """Give a model another name in its namespace and return it; ``title`` is what another protocol calls it then."""
    names.component(name, "model")
    rules.require(call.actor, Permission.MODEL_WRITE, namespace=model.namespace, model=model.model)  # 1
    rules.require(call.actor, Permission.MODEL_CREATE, namespace=model.namespace, model=name)
    kept = None if title is None else titles.title_of(title)
    with call.write() as tx:
        model_id = _locked(tx, namespaces.get(tx, model.namespace), model, name)  # 2
        before = models.get(tx, model.namespace, model.model)
        if (before.name, before.title) == (name, kept):
            return before
        if before.name != name:
            _check_rights(tx, call, before)  # 3
        models.change(tx, model_id, call.now, name=name, title=kept)  # 4
        after = models.get(tx, model.namespace, name)
        data: dict[str, object] = {"from": before.name, "to": name}
        data |= {"title": kept or name} if kept or before.title else {}
        where = {"namespace_id": before.namespace_id, "model_id": model_id}
        entry = Entry(Action.MODEL_RENAMED, after.reference, data, **where)
        append.append(tx, actor=call.actor, now=call.now, entries=[entry])
        for grant, row in grants.of_model(tx, model_id):  # 5
            granting.touch(tx, Who(grant.who, row.principal_id, row.team_id))
        return after


def _locked(tx: Tx, namespace: Namespace, model: Reference, name: str) -> int:
    """Hold both names, the first in the alphabet first, and return the id of the model."""
    if name < model.model:
        _check_free(tx, namespace, name)
    model_id = locking.lock(tx, model)
    if name > model.model:
        _check_free(tx, namespace, name)
    return model_id


def _check_free(tx: Tx, namespace: Namespace, name: str) -> None:
    if models.lock(tx, namespace, name) is not None:
        raise AlreadyExists(f"There is a model {namespace.name}/{name} already.", hint="Choose another name.")


def _check_rights(tx: Tx, call: Call, model: Model) -> None:
    policy = policies.in_force(tx, model.namespace_id)
    used = versions.in_model(tx, model.id, stages=policy.holding) or promotions.pending_of_model(tx, model.id)
    if used:
        rules.require(call.actor, Permission.MODEL_DELETE, namespace=model.namespace, model=model.name)
