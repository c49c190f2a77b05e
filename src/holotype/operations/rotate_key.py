"""How does another key come to sign the checkpoints? In one transaction, so that there is always exactly one.

1. The new key's file is written first; until the transaction is there, nobody uses it.
2. The entries ``key.created`` and ``key.retired`` are appended.
3. Both keys sign the checkpoint that ends with these two: the old one hands on the trust that verifiers have in it.
   It never signs again; what bears its signature and a greater size is forged.

Where the old key's file is lost, only the new one can sign: verifiers have to be told of it in another way.
"""

from __future__ import annotations

from holotype.access import rules
from holotype.domain.events import Action
from holotype.domain.permissions import Permission
from holotype.errors import Conflict
from holotype.ledger import append, checkpoints
from holotype.ledger.append import Entry
from holotype.ledger.checkpoints import Key
from holotype.operations import signing_keys
from holotype.operations.call import Call
from holotype.operations.sign_checkpoint import add, said
from holotype.operations.signing_keys import Signer


def rotate_key(call: Call, *, lost: bool = False) -> Key:
    """Make a new key, retire the one in force, and return the new one."""
    rules.require(call.actor, Permission.ADMIN_OPERATE)
    with call.read() as tx:
        origin = checkpoints.origin(tx)
    fresh = signing_keys.generate(origin)
    file = signing_keys.save(call.registry.settings, fresh)  # 1
    try:
        with call.write() as tx:
            old = checkpoints.active(tx)
            former = _former(call, origin, old, lost=lost)
            entries = [Entry(Action.KEY_CREATED, f"key:{fresh.verifier.id}", said(fresh.verifier))]
            if old is not None:
                entries.append(Entry(Action.KEY_RETIRED, f"key:{old.id}", {"by": fresh.verifier.id, "lost": lost}))
            sequences = append.append(tx, actor=call.actor, now=call.now, entries=entries)  # 2
            if old is not None:
                checkpoints.retire_key(tx, old.id, sequences[1])
            checkpoints.add_key(tx, fresh.verifier, sequences[0])
            add(tx, [*former, fresh])  # 3
    except Conflict:
        file.unlink(missing_ok=True)
        raise
    with call.read() as tx:
        return next(key for key in checkpoints.keys(tx) if key.id == fresh.verifier.id)


def _former(call: Call, origin: str, old: Key | None, *, lost: bool) -> list[Signer]:
    if old is None or lost:
        return []
    signer = signing_keys.load(call.registry.settings, origin, old.id)
    if signer is None:
        raise Conflict(
            f"The file of the key in force is not here: {signing_keys.place(call.registry.settings, old.id)}.",
            hint="Rotate on the machine that has it, or give --lost where nobody has it any more.",
        )
    return [signer]
