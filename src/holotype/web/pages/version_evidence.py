"""What was learnt about a version? The pieces of evidence with their signatures, one of them with what it says."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from holotype.domain import attested
from holotype.domain.entities import Evidence
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.errors import Denied, HolotypeError, Invalid
from holotype.gateways import octets
from holotype.gateways.answers import Answer
from holotype.gateways.native.addresses import before, number, version_at
from holotype.operations.attest import attest
from holotype.operations.show_evidence import list_attested, list_evidence, show_evidence
from holotype.operations.situation import Situation
from holotype.web import places
from holotype.web.base import Page, Redirect, Visit, action, page
from holotype.web.downloads import saved
from holotype.web.version_heads import VERSION, part

_PAGE = 50
_SHOWN = 200_000
"""So many characters of a payload are shown; more is a download."""
_LARGEST = 8 * 2**20
_TEXTS = ("text/", "application/xml", "application/toml", "application/yaml")


@dataclass(frozen=True, slots=True)
class Payload:
    """What is shown of a payload: what it says, where that is known, and its text; neither of what is a download."""

    said: Any = None
    text: str = ""
    cut: bool = False
    enveloped: bool = False


@dataclass(frozen=True, slots=True)
class _Draft:
    """What somebody attaches, and why it was refused."""

    type: str
    payload: str
    why: HolotypeError


@page(VERSION + "/evidence", permission=Permission.MODEL_READ)
def evidence(
    request: Visit,
    namespace: str,
    model: str,
    label: str,
    *,
    type: str = "",  # noqa: A002 - the name of the parameter
    cursor: str = "",
) -> Page:
    """Show the evidence about a version, and what the last scan found."""
    return part(request, namespace, model, label, "evidence", _listed(request, type, cursor))


@action(VERSION + "/evidence", permission=Permission.EVIDENCE_WRITE, limit=_LARGEST, slow=True)
def attached(
    request: Visit,
    namespace: str,
    model: str,
    label: str,
    *,
    type: str = "",  # noqa: A002 - as above
    payload: str = "",
) -> Page | Redirect:
    """Attach evidence to a version; what is refused stays in the form."""
    where = version_at(namespace, model, label)
    try:
        made = attest(request.call, where, type.strip(), payload.encode())
    except Denied:
        raise
    except HolotypeError as error:
        draft = _Draft(type, payload, error)
        return part(request, namespace, model, label, "evidence", _listed(request, "", "", draft))
    place = places.version(made.version.reference, f"evidence/{made.evidence.id}")
    return Redirect(place, f"It is evidence {made.evidence.id} from now on.")


@page(VERSION + "/evidence/{piece:str}", permission=Permission.MODEL_READ)
def one(request: Visit, namespace: str, model: str, label: str, piece: str) -> Page:
    """Show one piece of evidence: what it says, and what the policy makes of its signature now."""

    def make(where: Reference, _: Situation) -> Page:
        found = show_evidence(request.call, where, number(piece, "evidence"))
        return Page("version_evidence_one.html", {"found": found, "payload": _payload(found.evidence)})

    return part(request, namespace, model, label, "evidence", make)


@page(VERSION + "/evidence/{piece:str}/payload", permission=Permission.MODEL_READ)
def payload(request: Visit, namespace: str, model: str, label: str, piece: str) -> Answer:
    """Download the payload of a piece of evidence, exactly the bytes that were attached."""
    found = show_evidence(request.call, version_at(namespace, model, label), number(piece, "evidence")).evidence
    return saved(found.payload or b"", f"evidence-{found.id}", octets.MEDIA_TYPE)


def _listed(request: Visit, type_: str, cursor: str, draft: _Draft | None = None) -> Any:
    def make(where: Reference, stands: Situation) -> Page:
        most = _PAGE + 1
        _, found = list_attested(request.call, where, type_=type_ or None, before=before(cursor), limit=most)
        following = found[_PAGE - 1].evidence.id if len(found) > _PAGE else None
        about: dict[str, Any] = {"found": found[:_PAGE], "next": following, "type": type_, "draft": draft}
        about |= {
            "types": sorted(stands.evidence),
            "own": [one for one in attested.TYPES if one != attested.INSPECTION],
        }
        about["scan"] = None if type_ or cursor or attested.SCAN not in stands.evidence else _scan(request, where)
        return Page("version_evidence.html", about, status=200 if draft is None else 400)

    return make


def _scan(request: Visit, where: Reference) -> tuple[Evidence, Any] | None:
    """Return the last scan and what it says."""
    _, found = list_evidence(request.call, where, type_=attested.SCAN, limit=1)
    if not found:
        return None
    whole = show_evidence(request.call, where, found[0].id).evidence
    return whole, attested.content(whole)


def _payload(found: Evidence) -> Payload:
    content = found.payload or b""
    if attested.is_json(found.media_type):
        said = attested.content(found)
        text = _indented(said) if said is not None else content.decode("utf-8", "replace")
        return Payload(said, _writable(text[:_SHOWN]), len(text) > _SHOWN, _is_envelope(content))
    if found.media_type.startswith(_TEXTS) or found.type == attested.CARD:
        text = content.decode("utf-8", "replace")
        return Payload(None, text[:_SHOWN], len(text) > _SHOWN)
    return Payload()


def _indented(said: Any) -> str:
    """Return the beginning of a value as JSON in lines, a bit more than is shown: all may be many times as long."""
    pieces, length = [], 0
    for piece in json.JSONEncoder(indent=2, ensure_ascii=False).iterencode(said):
        pieces.append(piece)
        length += len(piece)
        if length > _SHOWN:
            break
    return "".join(pieces)


def _writable(text: str) -> str:
    """Return a text that can be sent: JSON may hold half a character."""
    return text.encode("utf-8", "replace").decode()


def _is_envelope(content: bytes) -> bool:
    try:
        return attested.envelope(content) is not None
    except Invalid:
        return False


routes = [evidence, attached, one, payload]
