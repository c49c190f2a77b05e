"""How does the registry sign what its ledger says? The head is read and signed in one transaction.

1. The first server that starts makes the key, where the registry has none: its file first, then, in one transaction,
   its public half and the entry ``key.created``. A key that no transaction names signs nothing.
2. A server without the file of the key in force does not sign; another one does.
3. A checkpoint is made where the ledger grew since the last one, and once for each size: two signed statements about
   one size could differ.
"""

from __future__ import annotations

from holotype.access import rules
from holotype.db import Tx
from holotype.domain import merkle
from holotype.domain.events import Action
from holotype.domain.notes import Checkpoint, Verifier
from holotype.domain.permissions import Permission
from holotype.ledger import append, checkpoints, proofs
from holotype.ledger.append import Entry
from holotype.operations import signing_keys
from holotype.operations.call import Call
from holotype.operations.signing_keys import Signer


def ensure_key(call: Call) -> str | None:
    """Make the first key where the registry has none; return the file where one was made."""
    with call.read() as tx:
        if checkpoints.keys(tx):
            return None
        signer = signing_keys.generate(checkpoints.origin(tx))
    file = signing_keys.save(call.registry.settings, signer)  # 1
    made = False
    try:
        with call.write() as tx:
            if not checkpoints.keys(tx):
                created = Entry(Action.KEY_CREATED, f"key:{signer.verifier.id}", said(signer.verifier))
                sequences = append.append(tx, actor=call.actor, now=call.now, entries=[created])
                checkpoints.add_key(tx, signer.verifier, sequences[0])
                made = True
    finally:
        if not made:
            file.unlink(missing_ok=True)
    return str(file) if made else None


def said(verifier: Verifier) -> dict[str, object]:
    """Return what the ledger says of a new key: enough to verify with it."""
    return {"verifier": str(verifier)}


def may_sign(call: Call) -> bool:
    """Say whether the ledger grew since the last checkpoint, and this server has the key."""
    with call.read() as tx:
        last = checkpoints.latest(tx)
        grown = proofs.size(tx) > (last.size if last else 0)
        return grown and _signer(tx, call) is not None  # 2


def sign_checkpoint(call: Call) -> Checkpoint | None:
    """Sign the ledger as it is, unless its last checkpoint says so already; return the latest checkpoint."""
    rules.require(call.actor, Permission.ADMIN_OPERATE)
    return signed(call)


def signed(call: Call) -> Checkpoint | None:
    """Return a checkpoint of the ledger as it is, or the latest where this server cannot sign."""
    if may_sign(call):
        with call.write() as tx:
            signer = _signer(tx, call)
            if signer is not None:
                add(tx, [signer])
    with call.read() as tx:
        return checkpoints.latest(tx)


def add(tx: Tx, signers: list[Signer]) -> None:
    """Sign the ledger as it is within a transaction, with every key given."""
    size = proofs.size(tx)
    last = checkpoints.latest(tx)
    if last is not None and last.size >= size:  # 3
        return
    unsigned = Checkpoint(checkpoints.origin(tx), size, proofs.root(tx, size) if size else merkle.EMPTY_ROOT)
    signatures = tuple(signer.sign(unsigned) for signer in signers)
    checkpoints.insert(tx, Checkpoint(unsigned.origin, unsigned.size, unsigned.root, signatures))


def _signer(tx: Tx, call: Call) -> Signer | None:
    key = checkpoints.active(tx)
    return None if key is None else signing_keys.load(call.registry.settings, checkpoints.origin(tx), key.id)
