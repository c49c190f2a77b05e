"""Is the ledger still what was written? Every hash is computed again from the entries alone.

entry ── canonical bytes ──> leaf ──> tree ──> root after it, nodes that it completes
             must equal:     leaf              root,          nodes of the row; at the end size and edge of the head

What follows from the entries must follow still: the spans of labels, the keys, and the roots that were signed. So no
byte of a table of the ledger can be changed unnoticed, be it by somebody who computes the hashes anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from holotype.db import Tx
from holotype.domain import merkle
from holotype.ledger.append import HEAD_ID
from holotype.ledger.entry import bytes_of
from holotype.ledger.tables import ledger_entries, ledger_head
from holotype.ledger.verify_checkpoints import checkpoints_fault
from holotype.ledger.verify_spans import spans_fault

_BATCH = 1_000
_BATCH_AFTER = (
    sa.select(ledger_entries)
    .where(ledger_entries.c.sequence > sa.bindparam("after"))
    .order_by(ledger_entries.c.sequence)
    .limit(_BATCH)
)
_HEAD = sa.select(ledger_head)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found: how many entries hold, the tree head over them, and the first thing that is wrong, if any."""

    entries: int
    root: str
    fault: str | None = None

    @property
    def sound(self) -> bool:
        """Whether every entry and the head are as they were written."""
        return self.fault is None


def verify_chain(tx: Tx) -> Verdict:
    """Check the whole ledger, in batches; stops at the first fault. ``tx`` has to be a snapshot while others write."""
    tree, last = merkle.Tree(), 0
    for row in _rows(tx):
        leaf = merkle.leaf_hash(bytes_of(row))
        grown = merkle.append(tree, leaf)
        fault = _fault(row, leaf, grown, last)
        if fault is not None:
            return Verdict(tree.size, merkle.root(tree).hex(), fault)
        tree, last = grown.tree, row.time
    fault = _head_fault(tx, tree, last) or checkpoints_fault(tx) or spans_fault(tx)
    return Verdict(tree.size, merkle.root(tree).hex(), fault)


def _rows(tx: Tx) -> Iterator[sa.Row[Any]]:
    after = -1
    while rows := tx.execute(_BATCH_AFTER, {"after": after}).all():
        yield from rows
        after = rows[-1].sequence


def _fault(row: sa.Row[Any], leaf: bytes, grown: merkle.Grown, last: int) -> str | None:
    expected = grown.tree.size
    if row.sequence != expected:
        return f"Entry {expected} is missing; the next one there is {row.sequence}."
    if row.leaf != leaf:
        return f"Entry {expected} ({row.action} of {row.subject}) was changed after it was written."
    if row.root != merkle.root(grown.tree) or row.nodes != merkle.pack(grown.nodes):
        return f"The tree does not hold entry {expected}: its root or nodes are not those of the entries."
    if row.time < last:
        return f"Entry {expected} is older than the one before it."
    return None


def _head_fault(tx: Tx, tree: merkle.Tree, last: int) -> str | None:
    heads = tx.execute(_HEAD).all()
    if len(heads) != 1 or heads[0].id != HEAD_ID:
        return "The ledger has more than one head." if len(heads) > 1 else "The ledger has no head."
    head = heads[0]
    if head.size != tree.size:
        return f"The head counts {head.size} entries; there are {tree.size}."
    if head.edge != merkle.pack(tree.edge) or head.time != last:
        return "The head does not belong to the entries."
    return None
