"""What does one entry of the ledger say, and what proves that it is there?

1. It is there for whoever sees it in the list of the ledger; for others there is no such entry.
2. It is hashed anew, and followed up to the tree head of the latest checkpoint; where none covers it yet, up to that of
   the ledger as it is.
3. What does not fit is told, not raised: it is what whoever asks wants to know.
"""

from __future__ import annotations

from dataclasses import dataclass

from holotype.db import Tx
from holotype.domain import merkle
from holotype.domain.entities import Event
from holotype.domain.notes import Checkpoint
from holotype.domain.permissions import Permission
from holotype.errors import Corrupt, NotFound
from holotype.ledger import checkpoints, proofs, read
from holotype.ledger.proofs import Inclusion
from holotype.ledger.read import Filter, Line
from holotype.operations.call import Call
from holotype.operations.read_ledger import Wanted, read_ledger


@dataclass(frozen=True, slots=True)
class Entry:
    """An event, its bytes as they are hashed, and its proof, or the ``fault`` that was found instead.

    Without a ``checkpoint`` none covers the entry yet, and the proof is against the ledger as it is.
    """

    event: Event
    content: bytes
    leaf: bytes
    proof: Inclusion | None
    checkpoint: Checkpoint | None
    fault: str | None = None


def show_entry(call: Call, sequence: int) -> Entry:
    """Return an entry that the caller may see, with its proof, or raise ``NotFound``."""
    found = read_ledger(call, Wanted(sequence=sequence), limit=1)
    with call.read() as tx:
        if not found:
            raise _missing(tx, sequence)  # 1
        line = read.lines(tx, Filter(), after=sequence - 1, until=sequence, limit=1)[0]
        latest = checkpoints.latest(tx)
        signed = latest if latest is not None and sequence <= latest.size else None
        proof, fault = _proved(tx, line, signed)
    return Entry(found[0], line.entry, merkle.leaf_hash(line.entry), proof, signed, fault)


def _proved(tx: Tx, line: Line, signed: Checkpoint | None) -> tuple[Inclusion | None, str | None]:  # 2
    try:
        proof = proofs.inclusion(tx, line.sequence, signed.size if signed else proofs.size(tx))
    except Corrupt as error:
        return None, error.detail  # 3
    if proof.leaf != merkle.leaf_hash(line.entry):
        return proof, f"Entry {line.sequence} was changed after it was written: it has another hash now."
    if signed is not None and proof.root != signed.root:
        return proof, f"The ledger is not the one that was signed: at {signed.size:,} entries it has another tree head."
    return proof, None


def _missing(tx: Tx, sequence: int) -> NotFound:
    hidden = 1 <= sequence <= proofs.size(tx)
    return NotFound(
        f"There is no entry {sequence}.",
        hint="`holotype audit log` lists those that you may see.",
        permission=Permission.LEDGER_READ.value if hidden else "",
        subject=f"entry:{sequence}",
    )
