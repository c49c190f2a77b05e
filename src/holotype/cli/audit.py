"""How does an auditor get the ledger's proofs, and verify an export without the server?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from holotype.cli import formats, output
from holotype.cli.options import COMMON, OUTPUT, Common, Output
from holotype.cli.output import Cell
from holotype.cli.usage import UsageError

if TYPE_CHECKING:
    from holotype.client.auditing.verdict import Verdict
    from holotype.wire.audit import Entry, Key

_KEY = Parameter(metavar="KEY", help="A key that you trust, or a file that holds such keys; may be repeated.")
_AGAINST = Parameter(metavar="FILE", help="Another export, or a checkpoint that was kept, of the same registry.")


def checkpoint(*, common: Common = COMMON) -> None:
    """Print the latest checkpoint, as it was signed.

    Kept elsewhere, it proves later that nothing before it was rewritten: `holotype audit verify --against`.
    """
    with common.connect() as client:
        note = client.checkpoint()
    output.document({"note": note}) if common.json else print(output.clean(note), end="")


def keys(*, common: Common = COMMON) -> None:
    """Print the public keys that sign checkpoints, one a line, the oldest first.

    On standard output there is nothing else: `holotype audit keys > key.txt` is a file for `--key`.
    An auditor keeps one of them, got in a way that whoever runs the registry cannot change later.
    """
    with common.connect() as client:
        found = client.checkpoint_keys()
    if common.json:
        output.page(found)
        return
    for key in found:
        output.say(key.verifier)
        output.note(_span(key))
    if not found:
        output.note("This registry has no key yet.")


def show(sequence: str, /, *, common: Common = COMMON) -> int:
    """Show an entry of the ledger, and verify here that the registry's latest checkpoint covers it.

    Exits with 1 when it does not hold. Who signed the checkpoint is not asked: `holotype audit verify` does that.

    Args:
        sequence: The number of the entry, as `holotype audit log` shows it.
    """
    from holotype.client.auditing.single import fault_of  # noqa: PLC0415 - `--help` needs no client

    if not (sequence.isascii() and sequence.isdigit()):
        raise UsageError(f"{sequence!r} is not the number of an entry.", "See `holotype audit log`.")
    with common.connect() as client:
        found = client.entry(int(sequence))
    fault = fault_of(found)
    if common.json:
        output.document({"holds": fault is None, "why": fault, "entry": found})
    else:
        _entry(found, fault)
    return 0 if fault is None else 1


def export(file: Path, /, *, namespace: str | None = None, model: str | None = None, common: Common = COMMON) -> None:
    """Write the ledger into a file that anybody can verify without the server.

    Args:
        file: A new file; one that is there is left as it is.
        namespace: Only entries about this namespace, each with its proof.
        model: Only entries about this model, as namespace/name, each with its proof.
    """
    with common.connect() as client:
        size = client.export_ledger(file, namespace=namespace, model=model)
    if common.json:
        output.document({"file": str(file), "bytes": size})
        return
    output.say(f"wrote {formats.size(size)} to {file}")
    output.hint(f"holotype audit verify {file} --key KEY")


def verify(
    file: Path,
    /,
    *,
    key: Annotated[list[str], _KEY],
    against: Annotated[Path | None, _AGAINST] = None,
    to: Output = OUTPUT,
) -> int:
    """Verify an export of the ledger; no server and no network is needed.

    Says which entry was altered, removed, inserted or moved. Exits with 1 when something is wrong.

    Args:
        file: What `holotype audit export` wrote.
    """
    from holotype.client.auditing.verify import read_keys, verify_export  # noqa: PLC0415 - `--help` needs no client

    verdict = verify_export(file, read_keys(key), against=against)
    output.document({"holds": verdict.holds, **_facts(verdict)}) if to.json else _tell(verdict)
    return 0 if verdict.holds else 1


def _span(key: Key) -> str:
    until = "" if key.retired_at is None else f" until {formats.when(key.retired_at)}, entry {key.retired_sequence:,}"
    return f"{key.id} signs from {formats.when(key.created_at)}, entry {key.created_sequence:,}{until}"


def _entry(entry: Entry, fault: str | None) -> None:
    event = entry.event
    output.facts(
        (
            ("entry", f"{event.sequence:,}"),
            ("action", event.action),
            ("subject", event.subject),
            ("actor", event.actor),
            ("time", formats.when(event.time)),
            ("token", event.token or ""),
            ("hash", entry.leaf),
            ("tree head", entry.root),
            ("data", json.dumps(event.data, indent=2, ensure_ascii=False)),
        )
    )
    if fault is not None:
        output.say(Cell(fault, "red"))
    elif entry.checkpoint is None:
        output.say(Cell("verified:", "green"), f"it is among the {entry.size:,} entries; no checkpoint covers it yet")
    else:
        output.say(Cell("verified:", "green"), f"it is among the {entry.size:,} entries that the last checkpoint signs")


def _facts(verdict: Verdict) -> dict[str, object]:
    from dataclasses import asdict  # noqa: PLC0415 - loaded for a command, not for its help

    return asdict(verdict)


def _tell(verdict: Verdict) -> None:
    for fault in verdict.faults:
        output.say(Cell(fault.sentence, "red"))
    if verdict.more:
        output.say(f"and {verdict.more:,} more like these")
    if verdict.holds:
        many = "1 entry" if verdict.entries == 1 else f"{verdict.entries:,} entries"
        of = f"of the ledger's {verdict.size:,}" if verdict.partial else "the whole ledger until then"
        output.say(Cell("verified:", "green"), f"{many}, {of}")
        facts = [("registry", verdict.origin), ("tree head", verdict.root), ("signed by", ", ".join(verdict.keys))]
        output.facts((*facts, ("last entry", verdict.last_time)))
        if verdict.partial:
            output.note("That no entry was left out of a part, nobody can prove: export the whole ledger for that.")
