"""What is written when something was learnt about a version? Shared by people's evidence and the server's own."""

from __future__ import annotations

from holotype.catalogue import models, versions
from holotype.db import Tx
from holotype.domain import attested
from holotype.domain.entities import Evidence, Version
from holotype.domain.events import Action
from holotype.governance import evidence
from holotype.ledger import append
from holotype.operations import consequences, entries
from holotype.operations.call import Call


def record(
    tx: Tx,
    call: Call,
    version: Version,
    *,
    type: str,  # noqa: A002 - the word that everybody uses for it
    media_type: str,
    payload: bytes,
    signed_by: str | None = None,
) -> Evidence:
    """Write evidence with its ledger entry, and let it have its consequences; the caller has checked the payload."""
    if type == attested.CARD:
        versions.change(tx, version.id, call.now, card=payload.decode())
    if call.actor.name != attested.SERVER:  # what the server finds out by itself is no news of the model
        versions.touch(tx, [version.id], call.now)
        models.change(tx, version.model_id, call.now)
    made = evidence.insert(
        tx,
        version,
        type=type,
        media_type=media_type,
        payload=payload,
        signed_by=signed_by,
        by=call.actor.name,
        now=call.now,
    )
    data: dict[str, object] = {"evidence": made.id, "type": type, "payload": made.digest, "size": made.size}
    if signed_by is not None:
        data["signed_by"] = signed_by
    append.append(tx, actor=call.actor, now=call.now, entries=[entries.about(version, Action.EVIDENCE_ATTESTED, data)])
    consequences.evidence_arrived(tx, call, version)
    return made
