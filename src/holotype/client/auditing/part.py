"""Are the entries of a partial export in the ledger that the registry signed? That none is left out, none can say."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from holotype.client.auditing import reading
from holotype.client.auditing.reading import Entry
from holotype.client.auditing.trust import Chain
from holotype.client.auditing.verdict import Verdict
from holotype.domain import proofs
from holotype.domain.notes import Checkpoint, Verifier


def verify_part(file: Path, keys: Sequence[Verifier], verdict: Verdict) -> None:
    """Verify a partial export. Its checkpoint has to bear the signature of a key that was given."""
    roots: dict[bytes, list[tuple[int, int]]] = {}
    signed: Checkpoint | None = None
    last = 0
    with reading.opened(file) as stream:
        header = reading.header(stream)
        verdict.origin, verdict.size, verdict.partial = header.origin, header.size, True
        for proof, item in reading.proved(stream):
            if signed is not None:
                verdict.fault("inserted", "Something stands behind the checkpoint, which is the last line.")
                return
            if isinstance(item, Checkpoint):
                signed = item
                continue
            verdict.entries += 1
            said, root = item.seen, _root(item, proof, header.size)
            if said is None or root is None:
                verdict.fault("altered", f"Line {item.line} is not an entry with its proof.", line=item.line)
                continue
            if said.sequence <= last:
                verdict.fault("moved", f"Entry {said.sequence} stands behind entry {last}.", sequence=said.sequence)
            last, verdict.last_time = said.sequence, said.time
            roots.setdefault(root, []).append((said.sequence, item.line))
    _judge(signed, roots, keys, verdict)


def _root(entry: Entry, proof: list[bytes] | None, size: int) -> bytes | None:
    said = entry.seen
    if said is None or proof is None:
        return None
    try:
        return proofs.root_of_inclusion(said.sequence - 1, size, entry.leaf, proof)
    except ValueError:
        return None


def _judge(
    signed: Checkpoint | None,
    roots: dict[bytes, list[tuple[int, int]]],
    keys: Sequence[Verifier],
    verdict: Verdict,
) -> None:
    if signed is None:
        verdict.fault("truncated", "The export ends early: there is no checkpoint in its last line.")
        return
    verdict.root, verdict.checkpoints = signed.root.hex(), 1
    verdict.keys = [by.key for by in signed.signatures]
    if signed.origin != verdict.origin or signed.size != verdict.size:
        verdict.fault("unsigned", "The checkpoint is of another ledger or of another size than the export.")
    if not all(Chain().believed([signed], [True], keys)):
        signers, given = ", ".join(verdict.keys), ", ".join(key.id for key in keys)
        verdict.fault("unsigned", f"The checkpoint does not bear good signatures of {given} alone, but of {signers}.")
    for root, entries in roots.items():
        if root != signed.root:
            for sequence, line in entries:
                verdict.fault(
                    "altered",
                    f"Entry {sequence} is not in the ledger that was signed: it or its proof was altered.",
                    sequence=sequence,
                    line=line,
                )
