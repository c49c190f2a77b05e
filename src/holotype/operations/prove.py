"""What does the registry show of its ledger to everybody who may read some of it? Hashes and signatures alone.

Entries are salted, so their hashes tell nothing about them (``holotype.ledger.entry``).
"""

from __future__ import annotations

from holotype.access import rules
from holotype.db import Tx
from holotype.domain.notes import Checkpoint
from holotype.domain.permissions import Permission
from holotype.errors import Invalid, NotFound
from holotype.ledger import checkpoints, proofs
from holotype.ledger.checkpoints import Key
from holotype.ledger.proofs import Consistency, Inclusion
from holotype.operations.call import Call


def latest_checkpoint(call: Call) -> Checkpoint:
    """Return the latest checkpoint."""
    rules.require_somewhere(call.actor, Permission.LEDGER_READ)
    with call.read() as tx:
        found = checkpoints.latest(tx)
    if found is None:
        raise NotFound(
            "The ledger has no checkpoint yet.",
            hint="A server that has the key signs one within `checkpoint_interval`.",
        )
    return found


def list_checkpoints(call: Call, *, before: int | None = None, limit: int = 50) -> list[Checkpoint]:
    """Return up to ``limit`` checkpoints of sizes under ``before``, the greatest first."""
    rules.require_somewhere(call.actor, Permission.LEDGER_READ)
    with call.read() as tx:
        return checkpoints.page(tx, before=before, limit=limit)


def list_keys(call: Call) -> list[Key]:
    """Return the public keys of checkpoints, the oldest first."""
    rules.require_somewhere(call.actor, Permission.LEDGER_READ)
    with call.read() as tx:
        return checkpoints.keys(tx)


def ledger_size(call: Call) -> int:
    """Return how many entries the ledger has: the sequence of the last one."""
    rules.require_somewhere(call.actor, Permission.LEDGER_READ)
    with call.read() as tx:
        return proofs.size(tx)


def prove_inclusion(call: Call, sequence: int, size: int | None = None) -> Inclusion:
    """Prove that an entry is in the ledger of a size, or as it is now."""
    rules.require_somewhere(call.actor, Permission.LEDGER_READ)
    with call.read() as tx:
        at = _size(tx, size)
        if not 1 <= sequence <= at:
            raise Invalid(f"A ledger of {at} entries has no entry {sequence}.", hint=f"Ask for one from 1 to {at}.")
        return proofs.inclusion(tx, sequence, at)


def prove_consistency(call: Call, first: int, second: int | None = None) -> Consistency:
    """Prove that the ledger of a size is the beginning of that of another size, or of what it is now."""
    rules.require_somewhere(call.actor, Permission.LEDGER_READ)
    with call.read() as tx:
        at = _size(tx, second)
        if not 1 <= first <= at:
            raise Invalid(f"The ledger of {first} entries is not the beginning of one of {at}.", hint="Ask from 1 on.")
        return proofs.consistency(tx, first, at)


def _size(tx: Tx, asked: int | None) -> int:
    size = proofs.size(tx)
    if asked is not None and not 0 <= asked <= size:
        raise Invalid(f"The ledger has {size} entries, not {asked}.", hint=f"Give a size up to {size}.")
    return size if asked is None else asked
