"""What happened, and what proves it? The ledger by any of its marks, and one entry with its proof."""

from __future__ import annotations

import json
from datetime import datetime
from itertools import groupby

from holotype.domain import times
from holotype.domain.entities import Event
from holotype.domain.events import Action
from holotype.domain.permissions import Permission
from holotype.errors import Invalid
from holotype.gateways.native.addresses import number
from holotype.gateways.native.ledger import before_of, place_of
from holotype.operations.prove import list_checkpoints, list_keys
from holotype.operations.read_ledger import Wanted, read_ledger
from holotype.operations.show_entry import Entry, show_entry
from holotype.web.base import Page, Visit, page

_PAGE = 50
_ACTIONS = [(noun, list(named)) for noun, named in groupby(sorted(Action), lambda one: one.partition(".")[0])]


@page("/ledger", permission=Permission.LEDGER_READ)
def ledger(  # noqa: PLR0913 - each is a query parameter
    request: Visit,
    *,
    namespace: str | None = None,
    model: str | None = None,
    action: str | None = None,
    actor: str | None = None,
    subject: str | None = None,
    since: str | None = None,
    until: str | None = None,
    cursor: str = "",
) -> Page:
    """List the entries that the visitor may see, the newest first."""
    asked = {"namespace": namespace, "model": model, "action": action, "actor": actor, "subject": subject}
    asked |= {"since": since, "until": until}
    found: list[Event] = []
    why = None
    try:
        between = _moment(since), _moment(until)
        wanted = Wanted(*place_of(namespace, model), action, actor, subject, *between)
        found = read_ledger(request.call, wanted, before=before_of(cursor), limit=_PAGE + 1)
    except Invalid as error:
        why = error
    following = found[_PAGE - 1].sequence if len(found) > _PAGE else None
    signed = next(iter(list_checkpoints(request.call, limit=1)), None)
    about: dict[str, object] = {"asked": asked, "found": found[:_PAGE], "next": following, "why": why}
    about |= {"actions": _ACTIONS, "signed": signed}
    about["by"] = {name: request.here(actor=name, cursor=None) for name in {one.actor for one in found}}
    return Page("ledger.html", about, status=200 if why is None else 400)


@page("/ledger/{sequence:str}", permission=Permission.LEDGER_READ)
def entry(request: Visit, sequence: str) -> Page:
    """Show an entry, all that it says, and the proof that it is in the ledger."""
    found = show_entry(request.call, number(sequence, "entry"))
    everything = request.may(Permission.LEDGER_READ) and request.may(Permission.ACCESS_READ)
    about = {"entry": found, "event": found.event, "everything": everything, "proof": _proof(request, found)}
    about["data"] = json.dumps(found.event.data, indent=2, ensure_ascii=False)
    return Page("ledger_entry.html", about)


def _proof(request: Visit, found: Entry) -> dict[str, object] | None:
    """Return what a script needs to verify the entry that is on the page by itself."""
    if found.proof is None:
        return None
    return {
        "sequence": found.event.sequence,
        "size": found.proof.size,
        "hashes": [one.hex() for one in found.proof.hashes],
        "root": found.proof.root.hex(),
        "note": found.checkpoint.note if found.checkpoint else None,
        "keys": [one.verifier for one in list_keys(request.call)],
    }


def _moment(text: str | None) -> datetime | None:
    """Read a day or a moment; one without a zone is in UTC."""
    if text is None:
        return None
    try:
        return times.from_micros(times.to_micros(datetime.fromisoformat(text)))
    except (ValueError, OverflowError) as error:
        raise Invalid(
            f"{text[:40]!r} is neither a day nor a moment.", hint="Write 2026-05-01, or 2026-05-01T09:30Z."
        ) from error


routes = [ledger, entry]
