"""What did the registry sign of its ledger, with which keys, and was anything before it rewritten?"""

from __future__ import annotations

from holotype.domain.permissions import Permission
from holotype.errors import Invalid
from holotype.gateways.answers import Answer
from holotype.gateways.native.audit import LINES
from holotype.gateways.native.ledger import before_of, place_of
from holotype.ledger.proofs import Consistency
from holotype.operations.export_ledger import begin_export, export_lines
from holotype.operations.prove import latest_checkpoint, list_checkpoints, list_keys, prove_consistency
from holotype.web.base import Data, Page, Visit, page
from holotype.web.downloads import Download

_PAGE = 20


@page("/ledger/checkpoints", permission=Permission.LEDGER_READ)
def checkpoints(request: Visit, *, first: int | None = None, second: int | None = None, cursor: str = "") -> Page:
    """List the checkpoints with their keys, and show that the ledger of one size is the beginning of another."""
    found = list_checkpoints(request.call, before=before_of(cursor), limit=_PAGE + 1)
    proof, why = None, None
    if first is not None:
        try:
            proof = prove_consistency(request.call, first, second)
        except Invalid as error:
            why = error
    about: dict[str, object] = {
        "found": found[:_PAGE],
        "next": found[_PAGE - 1].size if len(found) > _PAGE else None,
        "keys": list_keys(request.call),
        "first": first,
        "second": second,
        "proof": proof,
        "told": _told(proof) if proof else None,
        "why": why,
        "everything": request.may(Permission.LEDGER_READ) and request.may(Permission.ACCESS_READ),
    }
    return Page("checkpoints.html", about, status=200 if why is None else 400)


@page("/ledger/consistency", permission=Permission.LEDGER_READ)
def consistency(request: Visit, *, first: int) -> Data:
    """Tell a script what leads from the ledger of a size to the one that the latest checkpoint signs."""
    latest = latest_checkpoint(request.call)
    keys = [one.verifier for one in list_keys(request.call)]
    return Data(_told(prove_consistency(request.call, first, latest.size)) | {"note": latest.note, "keys": keys})


@page("/ledger/export", permission=Permission.LEDGER_READ)
def export(request: Visit, *, namespace: str | None = None, model: str | None = None) -> Answer:
    """Send the ledger, or what is about a namespace or a model, to be verified elsewhere."""
    place = place_of(namespace, model)
    begun = begin_export(request.call, *place)
    name = "-".join(["ledger", *(part for part in place if part)])
    return Download(export_lines(request.call, begun), f"{name}.jsonl", LINES, begun.check)


def _told(proof: Consistency) -> dict[str, object]:
    return {
        "first": proof.first,
        "second": proof.second,
        "first_root": proof.first_root.hex(),
        "second_root": proof.second_root.hex(),
        "hashes": [one.hex() for one in proof.hashes],
    }


routes = [checkpoints, consistency, export]
