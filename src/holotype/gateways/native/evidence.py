"""The routes about what was learnt about a version."""

from __future__ import annotations

from holotype.domain import ml_bom
from holotype.domain.permissions import Permission
from holotype.errors import Invalid
from holotype.gateways import octets
from holotype.gateways.base import Reply, Request, call_of, encode, get, post
from holotype.gateways.native.addresses import PAGE, VERSION, checked, page, version_at
from holotype.gateways.perform import perform
from holotype.operations import describing
from holotype.operations.attest import Attested, attest
from holotype.operations.show_evidence import list_attested, list_evidence, show_evidence
from holotype.wire import evidence as shapes
from holotype.wire.shapes import Page

_LONGEST = 18


@post(VERSION + "/evidence", permission=Permission.EVIDENCE_WRITE, status=201)
async def new_evidence(
    request: Request, namespace: str, model: str, label: str, body: shapes.NewEvidence
) -> shapes.Evidence:
    """Attach evidence to a version: what was learnt about it after it was registered.

    It is bound to the version's digest and never changes.
    """
    where, payload = version_at(namespace, model, label), _payload(body)
    made = await perform(attest, call_of(request), where, body.type, payload, media_type=body.media_type)
    return _shape(made)


@get(VERSION + "/evidence", permission=Permission.MODEL_READ)
async def evidence_of_version(
    request: Request,
    namespace: str,
    model: str,
    label: str,
    type: str | None = None,  # noqa: A002 - the name of the query parameter
    signatures: bool = False,
    cursor: str = "",
    limit: int = PAGE,
) -> Page[shapes.Evidence]:
    """List the evidence about a version, the newest first, without payloads.

    With `signatures` each piece that bears one says what the policy makes of it now.
    """
    where, before = version_at(namespace, model, label), _number(cursor, "cursor") if cursor else None
    call, more = call_of(request), checked(limit) + 1
    if signatures:
        _, told = await perform(list_attested, call, where, type_=type, before=before, limit=more)
        return page(told, limit, _shape, lambda one: str(one.evidence.id))
    version, found = await perform(list_evidence, call, where, type_=type, before=before, limit=more)
    return page(found, limit, lambda one: shapes.of(one, version.reference), lambda one: str(one.id))


@get(VERSION + "/evidence/{evidence_id:str}", permission=Permission.MODEL_READ)
async def one_piece_of_evidence(
    request: Request, namespace: str, model: str, label: str, evidence_id: str
) -> shapes.Evidence:
    """Show one piece of evidence, and what the policy makes of its signature now."""
    return _shape(await _find(request, namespace, model, label, evidence_id))


@get(VERSION + "/evidence/{evidence_id:str}/payload", permission=Permission.MODEL_READ, response_type=octets.MEDIA_TYPE)
async def evidence_payload(request: Request, namespace: str, model: str, label: str, evidence_id: str) -> Reply[bytes]:
    """Download the payload of a piece of evidence, exactly the bytes that were attached."""
    found = (await _find(request, namespace, model, label, evidence_id)).evidence
    headers = {
        "Content-Disposition": f'attachment; filename="evidence-{found.id}"',
        "Cache-Control": "private, no-cache",
        **octets.digest_headers(found.digest),
    }
    return Reply(found.payload or b"", 200, headers, octets.MEDIA_TYPE)


@get(VERSION + "/bom", permission=Permission.MODEL_READ, response_type=ml_bom.FORMAT)
async def bill_of_materials(request: Request, namespace: str, model: str, label: str) -> Reply[bytes]:
    """Return the bill of materials of a version: CycloneDX 1.6, JSON."""
    content = await perform(describing.bom, call_of(request), version_at(namespace, model, label))
    return Reply(content, 200, {"Cache-Control": "private, no-cache"}, ml_bom.FORMAT)


@get(VERSION + "/card", permission=Permission.MODEL_READ, response_type="text/markdown")
async def model_card(request: Request, namespace: str, model: str, label: str) -> Reply[bytes]:
    """Return the model card of a version, with the facts that the registry knows: Markdown with front matter."""
    content = await perform(describing.card, call_of(request), version_at(namespace, model, label))
    headers = {"Content-Disposition": 'attachment; filename="README.md"', "Cache-Control": "private, no-cache"}
    return Reply(content, 200, headers, "text/markdown; charset=utf-8")


async def _find(request: Request, namespace: str, model: str, label: str, evidence_id: str) -> Attested:
    where = version_at(namespace, model, label)
    return await perform(show_evidence, call_of(request), where, _number(evidence_id, "number of evidence"))


def _number(text: str, what: str) -> int:
    if text.isascii() and text.isdigit() and len(text) <= _LONGEST:
        return int(text)
    raise Invalid(f"{text[:80]!r} is not a {what}.", hint="Send it as the registry gave it.")


def _payload(body: shapes.NewEvidence) -> bytes:
    if (body.payload is None) == (body.content is None):
        raise Invalid("Give either payload (base64) or content (JSON).", hint="One of them, not both.")
    return encode(body.content) if body.payload is None else body.payload


def _shape(found: Attested) -> shapes.Evidence:
    told = found.signature
    signature = None if told is None else shapes.Signed(told.status, told.reason, told.key)
    return shapes.of(found.evidence, found.version.reference, signature)


routes = [
    new_evidence, evidence_of_version, one_piece_of_evidence, evidence_payload, bill_of_materials, model_card,
]  # fmt: skip
