"""Does what a registry shows of one entry hold? Its bytes are hashed here, and followed up to the signed tree head."""

from __future__ import annotations

from holotype.domain import merkle, notes, proofs
from holotype.errors import Corrupt
from holotype.wire.audit import Entry


def fault_of(entry: Entry) -> str | None:
    """Say what is wrong with an entry and its proof, or nothing.

    That the checkpoint was signed by a key that somebody trusts is another question, which an export answers.
    """
    sequence = entry.event.sequence
    if entry.fault is not None:
        return entry.fault
    leaf = merkle.leaf_hash(entry.text.encode())
    if leaf.hex() != entry.leaf:
        return f"Entry {sequence} is not the one that was hashed."
    try:
        path = [bytes.fromhex(one) for one in entry.hashes]
        root = proofs.root_of_inclusion(sequence - 1, entry.size, leaf, path)
        signed = None if entry.checkpoint is None else notes.checkpoint(entry.checkpoint)
    except (ValueError, Corrupt) as error:
        return f"The proof of entry {sequence} cannot be followed: {error}"
    if root.hex() != entry.root:
        return f"The proof of entry {sequence} leads to another tree head."
    if signed is not None and (signed.size, signed.root) != (entry.size, root):
        return "The checkpoint signs another tree head than the one that the proof leads to."
    return None
