"""The routes that prove what happened to a model or a version to be in the ledger."""

from __future__ import annotations

from holotype.domain.permissions import Permission
from holotype.gateways.base import Request, call_of, get
from holotype.gateways.native.addresses import MODEL, PAGE, VERSION, checked, model_at, page, version_at
from holotype.gateways.native.ledger import before_of
from holotype.gateways.perform import perform
from holotype.operations.proven_history import ProvenHistory, proven_history
from holotype.wire import audit
from holotype.wire.shapes import Page


@get(MODEL + "/proofs", permission=Permission.MODEL_READ)
async def model_proofs(
    request: Request, namespace: str, model: str, cursor: str = "", limit: int = PAGE
) -> Page[audit.Proved]:
    """Prove each entry of a model's history, the newest first, to be in the ledger as it was written."""
    where, before, more = model_at(namespace, model), before_of(cursor), checked(limit) + 1
    return _page(await perform(proven_history, call_of(request), where, before=before, limit=more), limit)


@get(VERSION + "/proofs", permission=Permission.MODEL_READ)
async def version_proofs(
    request: Request, namespace: str, model: str, label: str, cursor: str = "", limit: int = PAGE
) -> Page[audit.Proved]:
    """Prove each entry of a version's history, the newest first, to be in the ledger as it was written."""
    where, before, more = version_at(namespace, model, label), before_of(cursor), checked(limit) + 1
    return _page(await perform(proven_history, call_of(request), where, before=before, limit=more), limit)


def _page(found: ProvenHistory, limit: int) -> Page[audit.Proved]:
    return page(
        [
            audit.Proved(
                sequence=one.event.sequence,
                size=found.size,
                leaf=one.proof.leaf.hex() if one.proof else "",
                hashes=[each.hex() for each in one.proof.hashes] if one.proof else [],
                root=found.root,
                signed=one.signed,
                fault=one.fault or found.fault,
            )
            for one in found.entries
        ],
        limit,
        lambda one: one,
        lambda one: str(one.sequence),
    )


routes = [model_proofs, version_proofs]
