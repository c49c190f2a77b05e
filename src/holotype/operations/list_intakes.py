"""Which versions are on their way in from an import source, or failed to come? Those that the caller may know of.

A page looks at a bounded number of rows, so one that shows little may still have a next.
"""

from __future__ import annotations

from dataclasses import dataclass

from holotype.access import rules
from holotype.catalogue import intakes, models, namespaces
from holotype.domain.entities import Intake
from holotype.domain.permissions import Permission
from holotype.operations.call import Call

_CHUNK, _CHUNKS = 200, 10


@dataclass(frozen=True, slots=True)
class Found:
    """A page, and the cursor of the next one, if there may be more."""

    items: list[Intake]
    next: int | None


def list_intakes(
    call: Call, *, namespace: str | None = None, model: str | None = None, before: int | None = None, limit: int = 50
) -> Found:
    """Return a page of intakes, the newest first: of everything, of a namespace, or of a model in it."""
    rules.require_somewhere(call.actor, Permission.MODEL_READ)
    shown: list[Intake] = []
    with call.read() as tx:
        where: dict[str, int] = {}
        if namespace is not None and model is not None:
            rules.require(call.actor, Permission.MODEL_READ, namespace=namespace, model=model)
            where["model_id"] = models.get(tx, namespace, model).id
        elif namespace is not None:
            rules.require_within(call.actor, Permission.MODEL_READ, namespace)
            where["namespace_id"] = namespaces.get(tx, namespace).id
        for _ in range(_CHUNKS):
            rows = intakes.page(tx, **where, before=before, limit=_CHUNK)
            shown += [one for one in rows if _seen(call, one)]
            if len(shown) > limit:
                return Found(shown[:limit], shown[limit - 1].id)
            if len(rows) < _CHUNK:
                return Found(shown, None)
            before = rows[-1].id
        return Found(shown, before)


def _seen(call: Call, one: Intake) -> bool:
    return rules.may(call.actor, Permission.MODEL_READ, namespace=one.namespace, model=one.model)
