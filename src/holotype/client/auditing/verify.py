"""How is an export verified? By what it is: the whole ledger or a part; alone, or against something else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from holotype.client.auditing import comparing, reading
from holotype.client.auditing.part import verify_part
from holotype.client.auditing.verdict import Verdict
from holotype.client.auditing.whole import verify_whole
from holotype.domain import notes
from holotype.domain.notes import Verifier
from holotype.errors import Corrupt, Invalid


def verify_export(file: Path, keys: Sequence[Verifier], *, against: Path | None = None) -> Verdict:
    """Verify an export with the keys that are trusted, and against another export or a checkpoint where one is given.

    Needs no registry and no network. What is wrong with the export is in the verdict; ``Invalid`` and
    ``LocalProblem`` are raised where nothing can be verified at all.
    """
    if not keys:
        raise Invalid("Nothing can be verified without a key.", hint="Give one with --key.")
    verdict = Verdict()
    other = None if against is None else comparing.note_in(against)
    try:
        with reading.opened(file) as stream:
            header = reading.header(stream)
        for key in keys:
            if key.name != header.origin:
                verdict.fault(
                    "unsigned", f"The key {key.id} is of {key.name}; the export says it is of {header.origin}."
                )
        if header.partial:
            if against is not None:
                raise Invalid("A part of a ledger cannot be compared.", hint="Compare exports of the whole ledger.")
            verify_part(file, keys, verdict)
            return verdict
        roots = verify_whole(file, keys, verdict, roots_at=[other.size] if other else [])
        if other is not None:
            comparing.with_note(verdict, roots, other, keys)
    except Corrupt as error:
        verdict.fault("altered", error.detail)
    if against is not None and other is None:
        comparing.with_export(verdict, file, against, keys)
    return verdict


def read_keys(given: Sequence[str]) -> list[Verifier]:
    """Read keys, each as it is told to people or as the file that holds it, one a line."""
    found = []
    for one in given:
        place = Path(one)
        texts = [one] if "+" in one and not place.is_file() else _keys_in(place)
        found += [notes.verifier(text) for text in texts]
    return found


def _keys_in(place: Path) -> list[str]:
    with reading.opened(place) as stream:
        return stream.read(2**20).decode("utf-8", "replace").split()
