"""What happened to a model and its versions, or to one version?"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from holotype.access import rules
from holotype.catalogue import models, versions
from holotype.domain.entities import Event
from holotype.domain.events import ABOUT_ACCESS
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.ledger import read
from holotype.ledger.read import Filter
from holotype.operations.call import Call


def history(
    call: Call, reference: Reference, *, before: int | None = None, until: datetime | None = None, limit: int = 50
) -> list[Event]:
    """Return up to ``limit`` events with sequences under ``before``, the newest first; also of what was deleted.

    With ``until`` they are those that happened before a moment.
    """
    rules.require(call.actor, Permission.MODEL_READ, namespace=reference.namespace, model=reference.model)
    with call.read() as tx:
        if reference.names_version:
            wanted = Filter(version_id=versions.find(tx, reference, deleted=True).id)
        else:
            wanted = Filter(model_id=models.get(tx, reference.namespace, reference.model, deleted=True).id)
        wanted = replace(wanted, until=until)
        if not rules.may(call.actor, Permission.ACCESS_READ, namespace=reference.namespace, model=reference.model):
            wanted = replace(wanted, but=ABOUT_ACCESS)
        return read.page(tx, wanted, before=before, limit=limit)
