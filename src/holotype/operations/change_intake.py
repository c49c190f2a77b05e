"""What may be done to a version whose bytes have yet to come? Its words change, and it can be given up.

An intake stands for its version until that is registered, with the words that the intake has by then.
"""

from __future__ import annotations

from collections.abc import Mapping

from holotype.access import rules
from holotype.catalogue import intakes, models
from holotype.db import Tx
from holotype.domain.entities import Intake
from holotype.domain.events import Action
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.ledger import append
from holotype.ledger.append import Entry
from holotype.operations import locking
from holotype.operations.call import Call
from holotype.operations.words import Words, check_words


def change_intake(
    call: Call,
    reference: Reference,
    *,
    description: str | None = None,
    given: Mapping[str, str | None] | None = None,
) -> Intake | None:
    """Change what is given and leave the rest; nothing is returned where the intake is gone, perhaps a version now."""
    rules.require(call.actor, Permission.VERSION_WRITE, namespace=reference.namespace, model=reference.model)
    check_words(description, None, given or {})
    with call.write() as tx:
        found = _found(tx, reference)
        if found is None:
            return None
        new = Words(description, None, given or {}).beside(Words(found.description, None, found.tags))
        if not new:
            return found
        kept = {key: value for key, value in {**found.tags, **new.tags}.items() if value is not None}
        intakes.change(tx, found.id, call.now, description=new.description, tags=kept)
        _append(tx, call, found, Action.INTAKE_CHANGED, new.recorded)
        return intakes.by_id(tx, found.id)


def drop_intake(call: Call, reference: Reference) -> Intake | None:
    """Give an intake up, with what was copied for it, and return it as it was; its number stays taken."""
    rules.require(call.actor, Permission.VERSION_DELETE, namespace=reference.namespace, model=reference.model)
    with call.write() as tx:
        found = _found(tx, reference)
        if found is not None:
            intakes.remove(tx, found.id)
            _append(tx, call, found, Action.INTAKE_DROPPED, {"uri": found.uri, "status": found.status})
        return found


def _found(tx: Tx, reference: Reference) -> Intake | None:
    number = reference.label or ""
    model_id = locking.lock(tx, reference)
    return intakes.named(tx, model_id, number)


def _append(tx: Tx, call: Call, intake: Intake, action: Action, data: Mapping[str, object]) -> None:
    models.change(tx, intake.model_id, call.now)
    subject = f"{intake.namespace}/{intake.model}:{intake.number}"
    where = {"namespace_id": intake.namespace_id, "model_id": intake.model_id}
    entry = Entry(action, subject, {"number": intake.number, **data}, **where)
    append.append(tx, actor=call.actor, now=call.now, entries=[entry])
