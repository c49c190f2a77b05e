"""Do the rows of the catalogue agree with each other and with the ledger?

Each check is one SELECT of names; a row that it returns is a row that should not be there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from string import Template

from holotype.db import Database, Tx
from holotype.domain import lifecycle
from holotype.governance import policies
from holotype.operations.finding import Finding
from holotype.operations.schema import expected

_TOLD = 5
_BACKUP = "Compare with a backup; tell the people who make Holotype how it came to be."
_WORDS = {
    "version": "n.name || '/' || m.name || ':' || v.number",
    "named": "JOIN models m ON m.id = v.model_id JOIN namespaces n ON n.id = m.namespace_id",
    "none": lifecycle.NONE,
}
"""What stands for ``$version`` and the like in the checks."""


@dataclass(frozen=True, slots=True)
class _Check:
    detail: str
    select: str
    hint: str = _BACKUP


_CHECKS = (
    _Check(
        "Versions are in a stage that the ledger's spans do not know of",
        """SELECT $version || ' in ' || v.stage FROM versions v $named
            LEFT JOIN label_spans s ON s.model_id = v.model_id AND s.label = v.stage AND s.version_id = v.id
                 AND s.until_sequence IS NULL
            WHERE v.stage <> '$none' AND s.version_id IS NULL""",
    ),
    _Check(
        "Aliases name versions otherwise than the ledger's spans",
        """SELECT $version || ' as ' || a.name FROM aliases a JOIN versions v ON v.id = a.version_id $named
            LEFT JOIN label_spans s ON s.model_id = a.model_id AND s.label = a.name AND s.version_id = a.version_id
                 AND s.until_sequence IS NULL
            WHERE s.version_id IS NULL""",
    ),
    _Check(
        "The ledger's spans say that labels name versions that they do not name",
        """SELECT $version || ' as ' || s.label FROM label_spans s JOIN versions v ON v.id = s.version_id $named
            LEFT JOIN aliases a ON a.model_id = s.model_id AND a.name = s.label AND a.version_id = s.version_id
            WHERE s.until_sequence IS NULL AND a.name IS NULL AND s.label <> v.stage""",
    ),
    _Check(
        "The next number of models was given out before",
        """SELECT n.name || '/' || m.name FROM models m JOIN namespaces n ON n.id = m.namespace_id
           WHERE m.next_number <= (SELECT max(v.number) FROM versions v WHERE v.model_id = m.id)""",
    ),
    _Check(
        "Versions do not have the number of files that they were registered with",
        """SELECT $version FROM versions v $named
            WHERE v.deleted_at IS NULL AND v.file_count <> (SELECT count(*) FROM files f WHERE f.version_id = v.id)""",
    ),
    _Check(
        "Files of versions have no bytes, or bytes of another size",
        """SELECT $version || ' ' || f.path FROM files f JOIN versions v ON v.id = f.version_id $named
            LEFT JOIN blobs b ON b.digest = f.digest
            WHERE v.deleted_at IS NULL AND (b.digest IS NULL OR b.size <> f.size)""",
        "Push the same content again, or restore a backup.",
    ),
    _Check(
        "Files of runs and logged models have no bytes, or bytes of another size",
        """SELECT n.name || ' ' || f.owner || ' ' || f.path FROM artifact_files f
             JOIN namespaces n ON n.id = f.namespace_id LEFT JOIN blobs b ON b.digest = f.digest
            WHERE b.digest IS NULL OR b.size <> f.size""",
        "Log the same content again, or restore a backup.",
    ),
    _Check(
        "Versions lack their manifest, configuration or provenance",
        """SELECT $version FROM versions v $named
            LEFT JOIN documents d ON d.version_id = v.id
            WHERE d.version_id IS NULL OR v.provenance_digest IS NOT NULL AND d.provenance IS NULL""",
    ),
    _Check(
        "Versions were registered without an entry in the ledger",
        """SELECT $version FROM versions v $named
            LEFT JOIN ledger_entries e ON e.version_id = v.id AND e.action IN ('version.registered', 'version.imported')
            WHERE e.sequence IS NULL""",
    ),
)

_CROWDED = """SELECT n.name || '/' || m.name || ':' || v.stage, n.id, v.stage FROM versions v $named
               WHERE v.deleted_at IS NULL AND v.stage <> '$none'
               GROUP BY n.id, n.name, m.name, v.stage HAVING count(*) > 1"""
_ORPHANS = """SELECT DISTINCT c.$child FROM $table c LEFT JOIN $parent p ON p.$key = c.$child
              WHERE c.$child IS NOT NULL AND p.$key IS NULL"""


def unsound_rows(database: Database) -> Iterator[Finding]:
    """Give a finding for each check that some row does not pass, with examples."""
    with database.snapshot() as tx:
        if database.dialect == "sqlite":
            yield from _damage(tx)
        for check in (*_CHECKS, *_orphans()):
            select = Template(check.select).substitute(_WORDS) + f" LIMIT {_TOLD + 1}"
            yield from _told(check.detail, list(tx.exec_driver_sql(select).scalars()), check.hint)
        detail = "Several versions are in a stage that holds one"
        yield from _told(detail, _crowded(tx), "Move all but one of them out.")


def _told(detail: str, names: list[str], hint: str) -> Iterator[Finding]:
    if names:
        more = ", …" if len(names) > _TOLD else ""
        yield Finding("rows", f"{detail}: {', '.join(str(name) for name in names[:_TOLD])}{more}.", hint)


def _crowded(tx: Tx) -> list[str]:
    """Return where several versions are in a stage of which the policy in force says that it holds one."""
    found = tx.exec_driver_sql(Template(_CROWDED).substitute(_WORDS)).all()
    stages = {space: policies.in_force(tx, space).stages for space in {space for _, space, _ in found}}
    return [name for name, space, stage in found if stage in stages[space] and stages[space][stage].single]


def _damage(tx: Tx) -> Iterator[Finding]:
    answer = tx.exec_driver_sql(f"PRAGMA quick_check({_TOLD})").scalars().all()
    if answer != ["ok"]:
        said = " ".join(str(line).strip() for line in answer)
        yield Finding("rows", f"SQLite says that its file is damaged: {said}", "Restore a backup.")


def _orphans() -> Iterator[_Check]:
    """Give a check for each foreign key: rows that name something that is not there."""
    for table in expected().sorted_tables:
        for key in table.foreign_keys:
            child, parent = key.parent.name, key.column
            words = {"table": table.name, "child": child, "parent": parent.table.name, "key": parent.name}
            yield _Check(
                f"Rows of {table.name} name a {child} that is not in {parent.table.name}",
                Template(_ORPHANS).substitute(words),
            )
