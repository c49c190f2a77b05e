"""How does a version come after all that failed to? Whoever may register there has it tried again.

What was copied before stays, so that a file that is here is not asked for twice.
"""

from __future__ import annotations

from holotype.access import rules
from holotype.catalogue import intakes
from holotype.domain.entities import Intake
from holotype.domain.events import Action
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.errors import NotFound
from holotype.ledger import append
from holotype.ledger.append import Entry
from holotype.operations import locking
from holotype.operations.call import Call


def retry_intake(call: Call, reference: Reference) -> Intake:
    """Let a failed intake begin again, at once, and return it; one that is pending is left as it is."""
    rules.require(call.actor, Permission.VERSION_REGISTER, namespace=reference.namespace, model=reference.model)
    with call.write() as tx:
        model_id = locking.lock(tx, reference)
        number = reference.label or ""
        intake = intakes.named(tx, model_id, number)
        if intake is None:
            raise NotFound(f"{reference} is not on its way in.", hint="List what is: `holotype intakes`.")
        if intake.status != intakes.FAILED:
            return intake
        intakes.renew(tx, intake.id, call.now)
        where = {"namespace_id": intake.namespace_id, "model_id": intake.model_id}
        entry = Entry(Action.INTAKE_RENEWED, str(reference), {"number": intake.number}, **where)
        append.append(tx, actor=call.actor, now=call.now, entries=[entry])
        renewed = intakes.by_id(tx, intake.id) or intake
    call.registry.expected.set()
    return renewed
