"""How does the name of a deleted model come into use again? As a new, empty model that goes on with the old numbers.

Other protocols free a name with the model that bore it. Here the row stays, so that numbers are never given twice and
there is one history; what was deleted stays deleted. Whoever had rights on the model that was has none on the one that
is: grants, trust rules and tokens on it alone end.
"""

from __future__ import annotations

from holotype.access import grants, tokens, trusts
from holotype.catalogue import models, tags
from holotype.db import Tx
from holotype.domain import times
from holotype.domain.entities import Model
from holotype.domain.events import Action
from holotype.ledger.append import Entry
from holotype.operations import granting
from holotype.operations.call import Call
from holotype.operations.granting import Who


def revive(tx: Tx, call: Call, model: Model, **said: str | None) -> list[Entry]:
    """Make a deleted model a new one with other words, and return what the ledger is told of the rights that end."""
    now = times.to_micros(call.now)
    anew = {"created_at": now, "created_by": call.actor.name, "deleted_at": None}
    models.change(tx, model.id, call.now, **anew, **said)
    tags.tag_model(tx, model.id, dict.fromkeys(model.tags))
    return _end_rights(tx, call, model)


def _end_rights(tx: Tx, call: Call, model: Model) -> list[Entry]:
    where = {"namespace_id": model.namespace_id, "model_id": model.id}
    ended = []
    for grant, row in grants.of_model(tx, model.id):
        granting.touch(tx, Who(grant.who, row.principal_id, row.team_id))
        grants.delete(tx, grant.id)
        data: dict[str, object] = {"who": grant.who, "role": grant.role, "scope": grant.scope}
        ended.append(Entry(Action.GRANT_REVOKED, f"grant:{grant.id}", data | {"stages": list(grant.stages)}, **where))
    rules = trusts.revoke_of_model(tx, model.id, call.now)
    ended += [Entry(Action.TRUST_REVOKED, f"trust:{one}", {}, **where) for one in rules]
    return ended + [
        Entry(Action.TOKEN_REVOKED, f"token:{one}") for one in tokens.revoke_of_model(tx, model.id, call.now)
    ]
