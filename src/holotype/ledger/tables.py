"""Which tables hold the ledger?

    ledger_entries   one row an event, in order, with its leaf hash, the hashes of the subtrees that it completes, and
                     the tree head after it; a proof over n entries reads O(log n) rows
    ledger_head      one row: the size of the tree, its right edge, the time of the last entry, and how many checkpoints
    label_spans      which version a stage or alias named, from which event until which
    checkpoints      signed tree heads, by the size of the tree and counted; the note is kept as it was signed
    checkpoint_keys  the public keys that sign them, from which entry until which; the private ones are files

Entry n (sequences count from 1) is leaf n - 1 of the tree, and its root is that of the tree of size n. The times of
entries never run backwards, so a moment is a sequence: what was so at a moment was so after the last entry until then.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from holotype.db.metadata import Id, Moment, metadata

ledger_entries = Table(
    "ledger_entries",
    metadata,
    Column("sequence", Id, primary_key=True, autoincrement=False),
    Column("time", Moment, nullable=False),
    Column("actor", String, nullable=False),
    Column("action", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("namespace_id", Id),
    Column("model_id", Id),
    Column("version_id", Id),
    Column("data", Text, nullable=False),
    Column("token", String),
    Column("nonce", LargeBinary(16), nullable=False),
    Column("leaf", LargeBinary(32), nullable=False),
    Column("nodes", LargeBinary, nullable=False),
    Column("root", LargeBinary(32), nullable=False),
    Index("ix_ledger_entries_time", "time", "sequence"),
    Index("ix_ledger_entries_model", "model_id", "sequence"),
    Index("ix_ledger_entries_namespace", "namespace_id", "sequence"),
    Index("ix_ledger_entries_version", "version_id", "sequence"),
    Index("ix_ledger_entries_action", "action", "sequence"),
    Index("ix_ledger_entries_actor", "actor", "sequence"),
    Index("ix_ledger_entries_subject", "subject", "sequence"),
)

ledger_head = Table(
    "ledger_head",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("size", Id, nullable=False),
    Column("edge", LargeBinary, nullable=False),
    Column("time", Moment, nullable=False),
    Column("checkpoints", Id, nullable=False, server_default="0"),
)

label_spans = Table(
    "label_spans",
    metadata,
    Column("model_id", Id, ForeignKey("models.id"), primary_key=True),
    Column("label", String, primary_key=True),
    Column("version_id", Id, ForeignKey("versions.id"), primary_key=True),
    Column("since_sequence", Id, primary_key=True),
    Column("until_sequence", Id),
    Index("ix_label_spans_since", "model_id", "label", "since_sequence"),
    sqlite_with_rowid=False,
)

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("size", Id, primary_key=True, autoincrement=False),
    Column("number", Id, nullable=False),
    Column("root", LargeBinary(32), nullable=False),
    Column("note", Text, nullable=False),
)

checkpoint_keys = Table(
    "checkpoint_keys",
    metadata,
    Column("id", String, primary_key=True),
    Column("verifier", String, nullable=False),
    Column("created_sequence", Id, nullable=False),
    Column("retired_sequence", Id),
)
