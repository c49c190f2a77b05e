"""What happened to a model or a version, and is each entry in the ledger as it was written?

1. The entries are those of the history.
2. Each is hashed anew and followed up to the tree head of the ledger as it is.
3. The latest checkpoint says how many entries were signed: the ledger has to be its continuation.
4. What does not fit is told, not raised: it is what whoever asks wants to know.
"""

from __future__ import annotations

from dataclasses import dataclass

from holotype.access import rules
from holotype.db import Tx
from holotype.domain.entities import Event
from holotype.domain.notes import Checkpoint
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.errors import Corrupt
from holotype.ledger import checkpoints, proofs
from holotype.ledger.proofs import Inclusion
from holotype.operations.call import Call
from holotype.operations.history import history


@dataclass(frozen=True, slots=True)
class Proven:
    """An entry with its proof, or with what is wrong with it. ``signed`` says whether a checkpoint covers it."""

    event: Event
    proof: Inclusion | None
    fault: str | None = None
    signed: bool = False


@dataclass(frozen=True, slots=True)
class ProvenHistory:
    """A page of a history, in a ledger of ``size`` entries; ``fault`` is what is wrong with all of it."""

    entries: tuple[Proven, ...]
    size: int
    root: str
    checkpoint: Checkpoint | None
    fault: str | None = None


def proven_history(call: Call, reference: Reference, *, before: int | None = None, limit: int = 50) -> ProvenHistory:
    """Return up to ``limit`` entries with sequences under ``before``, the newest first, each with its proof."""
    rules.require_somewhere(call.actor, Permission.LEDGER_READ)
    events = history(call, reference, before=before, limit=limit)  # 1
    with call.read() as tx:
        size = proofs.size(tx)
        made = proofs.inclusions(tx, [one.sequence for one in events], size)  # 2
        latest = checkpoints.latest(tx)
        fault = _fault(tx, latest, size) if latest else None  # 3
        root = proofs.root(tx, size).hex()
    covered = latest.size if latest and fault is None else 0
    return ProvenHistory(
        entries=tuple(_proven(event, one, covered) for event, one in zip(events, made, strict=True)),
        size=size,
        root=root,
        checkpoint=latest,
        fault=fault,
    )


def _proven(event: Event, made: Inclusion | str, covered: int) -> Proven:
    if isinstance(made, str):  # 4
        return Proven(event, None, made)
    return Proven(event, made, signed=event.sequence <= covered)


def _fault(tx: Tx, signed: Checkpoint, size: int) -> str | None:
    """Return why the ledger is not what was signed and then went on, if it is not."""
    if signed.size > size:
        return f"A checkpoint of {signed.size:,} entries was signed; {size:,} are left."
    try:
        made = proofs.consistency(tx, signed.size, size)
    except Corrupt as error:
        return error.detail
    if made.first_root != signed.root:
        return f"The ledger is not the one that was signed: at {signed.size:,} entries it has another tree head."
    return None
