"""The routes by which an outsider comes to trust the ledger: checkpoints, their keys, proofs, and the export."""

from __future__ import annotations

from typing import Any

from holotype.domain.permissions import Permission
from holotype.gateways.base import Reply, Request, call_of, get
from holotype.gateways.native.addresses import PAGE, checked, number, page
from holotype.gateways.native.ledger import before_of, place_of
from holotype.gateways.perform import perform
from holotype.gateways.streams import Streaming, StreamResponse
from holotype.operations.export_ledger import begin_export, export_lines
from holotype.operations.prove import (
    latest_checkpoint,
    list_checkpoints,
    list_keys,
    prove_consistency,
    prove_inclusion,
)
from holotype.operations.show_entry import show_entry
from holotype.wire import audit, present, shapes

LEDGER = "/api/v1/ledger"
LINES = "application/x-ndjson"


@get(LEDGER + "/checkpoint", permission=Permission.LEDGER_READ, response_type="text/plain")
async def checkpoint(request: Request) -> Reply[bytes]:
    """Show the latest checkpoint as it was signed: a C2SP tlog-checkpoint note."""
    found = await perform(latest_checkpoint, call_of(request))
    return Reply(found.note.encode(), media_type="text/plain; charset=utf-8")


@get(LEDGER + "/checkpoints", permission=Permission.LEDGER_READ)
async def checkpoints(request: Request, cursor: str = "", limit: int = PAGE) -> shapes.Page[audit.Checkpoint]:
    """List the checkpoints, the latest first."""
    before, more = before_of(cursor), checked(limit) + 1
    found = await perform(list_checkpoints, call_of(request), before=before, limit=more)
    return page(found, limit, audit.checkpoint, lambda one: str(one.size))


@get(LEDGER + "/keys", permission=Permission.LEDGER_READ)
async def checkpoint_keys(request: Request) -> shapes.Page[audit.Key]:
    """List the public keys of checkpoints, the oldest first."""
    found = await perform(list_keys, call_of(request))
    return shapes.Page(
        [
            audit.Key(one.id, one.verifier, one.created_sequence, one.created_at, one.retired_sequence, one.retired_at)
            for one in found
        ]
    )


@get(LEDGER + "/proofs/inclusion", permission=Permission.LEDGER_READ)
async def inclusion(request: Request, sequence: int, size: int | None = None) -> audit.Inclusion:
    """Prove that an entry is in the ledger of a size; without one, in the ledger as it is.

    The proof is that of RFC 6962, section 2.1.1, for leaf ``sequence`` - 1. Hashes tell nothing about entries.
    """
    made = await perform(prove_inclusion, call_of(request), sequence, size)
    hashes = [one.hex() for one in made.hashes]
    return audit.Inclusion(made.sequence, made.size, made.leaf.hex(), hashes, made.root.hex())


@get(LEDGER + "/proofs/consistency", permission=Permission.LEDGER_READ)
async def consistency(request: Request, first: int, second: int | None = None) -> audit.Consistency:
    """Prove that the ledger of the ``first`` size is the beginning of that of the ``second``, or of what it is now.

    The proof is that of RFC 6962, section 2.1.2.
    """
    made = await perform(prove_consistency, call_of(request), first, second)
    hashes = [one.hex() for one in made.hashes]
    return audit.Consistency(made.first, made.second, made.first_root.hex(), made.second_root.hex(), hashes)


@get(LEDGER + "/entries/{sequence:str}", permission=Permission.LEDGER_READ)
async def entry(request: Request, sequence: str) -> audit.Entry:
    """Show an entry as it is hashed, with the proof that it is in the ledger that the latest checkpoint signs."""
    found = await perform(show_entry, call_of(request), number(sequence, "entry"))
    proof = found.proof
    return audit.Entry(
        event=present.event(found.event),
        text=found.content.decode(),
        leaf=found.leaf.hex(),
        size=proof.size if proof else 0,
        hashes=[one.hex() for one in proof.hashes] if proof else [],
        root=proof.root.hex() if proof else "",
        checkpoint=found.checkpoint.note if found.checkpoint else None,
        fault=found.fault,
    )


@get(LEDGER + "/export", permission=Permission.LEDGER_READ, response_type=LINES)
async def ledger_export(request: Request, namespace: str | None = None, model: str | None = None) -> Any:
    """Download the ledger with its checkpoints, to be verified without this server.

    The whole of it needs a right on the whole registry. Of a ``namespace`` or a ``model`` (such as risk/fraud) each
    entry comes with the proof that it is in the ledger.
    """
    call = call_of(request)
    export = await perform(begin_export, call, *place_of(namespace, model))
    streaming = Streaming(export_lines(call, export), LINES, export.check)
    await streaming.open()
    return StreamResponse(streaming)


routes = [checkpoint, checkpoints, checkpoint_keys, inclusion, consistency, entry, ledger_export]
