"""How does the ledger leave, with all that an outsider needs to verify it? Line by line, in constant memory.

1. The ledger is signed as it is; the export is what that checkpoint covers. Entries are only ever added, so what is
   read batch by batch is one state all the same.
2. The whole ledger is for whoever may read the ledger of the whole registry, and access to it. Of a namespace or a
   model, each entry that the caller may see comes with the proof that it is in the ledger; that none was left out, such
   a part cannot prove. Both hold for as long as it takes.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from holotype.access import rules
from holotype.catalogue import models, namespaces
from holotype.domain.events import ABOUT_ACCESS
from holotype.domain.notes import Checkpoint
from holotype.domain.permissions import Permission
from holotype.errors import Conflict
from holotype.ledger import checkpoints, proofs, read
from holotype.ledger.read import Filter
from holotype.operations.call import Call
from holotype.operations.sign_checkpoint import signed
from holotype.wire.audit import BLOCK, FORMAT, Header, Leaves, Note, Proof

_PROVED = 64
_line = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Export:
    """What is exported: until which checkpoint, and which part of the ledger, if not the whole."""

    checkpoint: Checkpoint
    part: Filter | None = None
    namespace: str | None = None
    model: str | None = None

    def check(self, call: Call) -> None:
        """Raise unless the caller may have all of this; asked again while it leaves."""
        _check(call, self.namespace, self.model, access=self.part is None or not self.part.but)


def begin_export(call: Call, namespace: str | None = None, model: str | None = None) -> Export:
    """Decide what is exported, and sign the ledger as it is."""
    _check(call, namespace, model, access=namespace is None)  # 2
    part = None if namespace is None else _part(call, namespace, model)
    until = signed(call)  # 1
    if until is None:
        raise Conflict(
            "The ledger has no checkpoint yet, and this server has no key to sign one.",
            hint="Ask a server that has the key, or make a new one: `holotype admin rotate-key`.",
        )
    return Export(until, part, namespace, model)


def export_lines(call: Call, export: Export) -> Iterator[bytes]:
    """Give the lines of an export, many at a time."""
    until = export.checkpoint
    yield _line(Header(FORMAT, until.origin, until.size, export.part is not None)) + b"\n"
    if export.part is None:
        yield from _whole(call, until.size)
    else:
        yield from _proved(call, export.part, until.size)
        yield _note(until)


def _whole(call: Call, size: int) -> Iterator[bytes]:
    for after in range(0, size, BLOCK):
        last = min(after + BLOCK, size)
        with call.read() as tx:
            found = read.lines(tx, Filter(), after=after, until=last, limit=BLOCK)
            signed_here = {one.size: one for one in checkpoints.between(tx, after, last)}
        block = [_line(Leaves(b64encode(b"".join(one.leaf for one in found)).decode())) + b"\n"]
        for one in found:
            block.append(one.entry + b"\n")
            if one.sequence in signed_here:
                block.append(_note(signed_here[one.sequence]))
        yield b"".join(block)


def _proved(call: Call, part: Filter, size: int) -> Iterator[bytes]:
    after = 0
    while True:
        with call.read() as tx:
            found = read.lines(tx, part, after=after, until=size, limit=_PROVED)
            hashes = [proofs.inclusion(tx, one.sequence, size).hashes for one in found]
        if not found:
            return
        yield b"".join(
            _line(Proof(b64encode(b"".join(path)).decode())) + b"\n" + one.entry + b"\n"
            for one, path in zip(found, hashes, strict=True)
        )
        after = found[-1].sequence


def _note(checkpoint: Checkpoint) -> bytes:
    return _line(Note(checkpoint.note)) + b"\n"


def _check(call: Call, namespace: str | None, model: str | None, *, access: bool) -> None:
    rules.require(call.actor, Permission.LEDGER_READ, namespace=namespace, model=model)
    if access:
        rules.require(call.actor, Permission.ACCESS_READ, namespace=namespace, model=model)


def _part(call: Call, namespace: str, model: str | None) -> Filter:
    everything = rules.may(call.actor, Permission.ACCESS_READ, namespace=namespace, model=model)
    but = () if everything else ABOUT_ACCESS
    with call.read() as tx:
        if model is None:
            return Filter(namespace_id=namespaces.get(tx, namespace).id, but=but)
        return Filter(model_id=models.get(tx, namespace, model, deleted=True).id, but=but)
