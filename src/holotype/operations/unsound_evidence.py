"""Is every piece of evidence what the ledger says was attached? Its payload, what it is about, and who attached it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from holotype.db import Database, Tx
from holotype.domain import digest as digests
from holotype.domain.entities import Event, Evidence
from holotype.domain.events import Action
from holotype.governance import evidence
from holotype.ledger import read
from holotype.operations.finding import Finding

_BATCH = 100
_HINT = "Evidence is only ever added, so nothing may differ: compare with a backup."


def unsound_evidence(database: Database) -> Iterator[Finding]:
    """Give a finding for each piece of evidence that is gone, altered, or unknown to the ledger."""
    with database.snapshot() as tx:
        known: set[int] = set()
        for events in _attested(tx):
            told = {number: event for event in events if (number := _number(event.data)) is not None}
            held = {one.id: one for one in evidence.by_ids(tx, told)}
            known |= told.keys()
            for number, event in told.items():
                why = _fault(event, held.get(number))
                if why:
                    yield Finding("evidence", f"Evidence {number} about {event.subject} {why}.", _HINT)
        strange = [one for one in evidence.ids(tx) if one not in known]
        if strange:
            shown = ", ".join(map(str, strange[:5]))
            yield Finding("evidence", f"The ledger does not know {len(strange):,} pieces, e.g. {shown}.", _HINT)


def _attested(tx: Tx) -> Iterator[Sequence[Event]]:
    before: int | None = None
    wanted = read.Filter(action=Action.EVIDENCE_ATTESTED.value)
    while events := read.page(tx, wanted, before=before, limit=_BATCH):
        yield events
        before = events[-1].sequence


def _number(data: dict[str, Any]) -> int | None:
    number = data.get("evidence")
    return number if isinstance(number, int) else None


def _fault(event: Event, held: Evidence | None) -> str | None:
    """Return what is wrong with a piece of evidence, as the end of a sentence."""
    if held is None:
        return "is gone"
    if digests.of(held.payload or b"") != event.data.get("payload") or held.digest != event.data.get("payload"):
        return "has another payload than was attached"
    said = (held.subject, held.type, held.created_by, held.signed_by)
    if said != (event.data.get("digest"), event.data.get("type"), event.actor, event.data.get("signed_by")):
        return "says something else about itself than the ledger"
    return None
