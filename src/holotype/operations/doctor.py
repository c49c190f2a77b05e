"""Is a registry's database in order, and does the store hold what the catalogue says? Nothing is changed.

1. The schema's revision is the one of this Holotype; otherwise nothing below can be read.
2. Every table, column, index, constraint and trigger is as the migrations make it.
3. The ledger is what was written.
4. Rows agree with each other: labels with the ledger's spans, versions with their files, references with their targets.
5. Evidence is what the ledger says was attached.
6. The store holds the bytes of the blobs, in their size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from holotype.db import Database, migrating, objects
from holotype.errors import HolotypeError, WrongSchema
from holotype.ledger.verify import verify_chain
from holotype.operations.call import Registry
from holotype.operations.finding import Finding
from holotype.operations.missing_bytes import missing_bytes
from holotype.operations.unsound_evidence import unsound_evidence
from holotype.operations.unsound_rows import unsound_rows


@dataclass(slots=True)
class Report:
    """What the doctor found, and what was looked at."""

    findings: list[Finding] = field(default_factory=list)
    examined: list[str] = field(default_factory=list)

    @property
    def healthy(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


def diagnose(registry: Registry, *, every_blob: bool = False) -> Report:
    """Examine a registry; of the bytes in a bucket a sample is looked at, unless ``every_blob``."""
    report = Report()
    database = registry.database
    if not _examine(report, "revision", lambda: _revision(database)):  # 1
        return report
    _examine(report, "schema", lambda: _schema(database))  # 2
    _examine(report, "ledger", lambda: _ledger(database))  # 3
    _examine(report, "rows", lambda: unsound_rows(database))  # 4
    _examine(report, "evidence", lambda: unsound_evidence(database))  # 5
    _examine(report, "bytes", lambda: missing_bytes(registry, every_blob=every_blob))  # 6
    return report


def _examine(report: Report, area: str, examination: Callable[[], Iterator[Finding]]) -> bool:
    """Add what an examination finds, and say whether that was nothing. One that cannot be made is a finding too."""
    try:
        found = list(examination())
    except HolotypeError as error:
        found = [Finding(area, error.detail, error.hint or "Try again.")]
    report.examined.append(area)
    report.findings += found
    return not found


def _revision(database: Database) -> Iterator[Finding]:
    try:
        missing = migrating.pending(database)
    except WrongSchema as error:
        yield Finding("revision", error.detail, error.hint or "")
        return
    if missing:
        yield Finding(
            "revision", f"The database lacks the migrations {', '.join(missing)}.", "Run `holotype admin migrate`."
        )


def _schema(database: Database) -> Iterator[Finding]:
    there, wanted = objects.present(database), objects.expected(database)
    repair = "Restore a backup, or make it as the migrations do: see src/holotype/db/migrations."
    for name in sorted(wanted.keys() - there.keys()):
        yield Finding("schema", f"There is no {name}.", f"{repair} It reads: {wanted[name]}")
    for name in sorted(wanted.keys() & there.keys()):
        if there[name] != wanted[name]:
            yield Finding("schema", f"The {name} is {there[name]}", f"{repair} It should read: {wanted[name]}")
    for name in sorted(there.keys() - wanted.keys()):
        if _may_refuse(name, wanted):
            yield Finding("schema", f"Nobody made the {name} but somebody else: {there[name]}", "Remove it.")


def _may_refuse(name: str, wanted: dict[str, str]) -> bool:
    """Say whether an object that is not ours sits on a table of ours and could refuse what we write."""
    kind, _, rest = name.partition(" ")
    if kind not in {"column", "constraint", "trigger"}:
        return False
    return kind == "trigger" or any(own.startswith(f"{kind} {rest.partition('.')[0]}.") for own in wanted)


def _ledger(database: Database) -> Iterator[Finding]:
    with database.snapshot() as tx:
        verdict = verify_chain(tx)
    if verdict.fault is not None:
        yield Finding(
            "ledger", verdict.fault, "Compare with a backup; entries are only ever added, so nothing may differ."
        )
