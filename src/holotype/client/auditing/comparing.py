"""Are two exports, or an export and a checkpoint, of one history? A registry that signed two has been caught."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from holotype.client.auditing import reading
from holotype.client.auditing.trust import Chain
from holotype.client.auditing.verdict import Verdict
from holotype.client.auditing.whole import verify_whole
from holotype.domain import notes
from holotype.domain.notes import Checkpoint, Verifier
from holotype.errors import Corrupt

_LONGEST_NOTE = 64 * 1024


def note_in(file: Path) -> Checkpoint | None:
    """Return the checkpoint that a file holds, or nothing where it is an export."""
    with reading.opened(file) as stream:
        head = stream.read(_LONGEST_NOTE)
    return None if head.startswith(b"{") else notes.checkpoint(head.decode("utf-8", "replace"))


def with_note(verdict: Verdict, roots: Mapping[int, bytes], other: Checkpoint, keys: Sequence[Verifier]) -> None:
    """Compare an export that was verified with a checkpoint that somebody kept."""
    if other.origin != verdict.origin:
        verdict.fault("forked", f"The checkpoint is of another registry: {other.origin}.")
    elif not any(Chain().believed([other], [True], [key]) == [True] for key in keys):
        verdict.fault("unsigned", "The checkpoint to compare with is not signed by a key that was given.")
    elif other.size not in roots:
        verdict.fault(
            "forked",
            f"The checkpoint covers {other.size:,} entries, the export only {verdict.size:,}: entries are missing, "
            "or the export is older than the checkpoint.",
        )
    elif roots[other.size] != other.root:
        verdict.fault(
            "forked",
            f"The first {other.size:,} entries are not those that the checkpoint signed: history was rewritten.",
        )


def with_export(verdict: Verdict, file: Path, against: Path, keys: Sequence[Verifier]) -> None:
    """Compare two exports of the whole ledger, entry by entry, as far as both go."""
    other = Verdict()
    try:
        verify_whole(against, keys, other)
    except Corrupt as error:
        other.fault("altered", error.detail)
    if not other.holds:
        verdict.fault("unsigned", f"{against.name} does not verify itself: {other.faults[0].sentence}")
    if other.origin != verdict.origin:
        verdict.fault("forked", f"{against.name} is of another registry: {other.origin}.")
        return
    for sequence, (here, there) in enumerate(zip(_leaves(file), _leaves(against), strict=False), start=1):
        if here != there:
            both = " The registry signed both: it told two histories." if verdict.holds and other.holds else ""
            verdict.fault("forked", f"The two exports differ from entry {sequence} on.{both}", sequence=sequence)
            return


def _leaves(file: Path) -> Iterator[bytes]:
    """Give the hashes of the entries of an export, as far as it can be read."""
    try:
        with reading.opened(file) as stream:
            reading.header(stream)
            for block in reading.blocks(stream):
                yield from block.leaves
    except Corrupt:
        return
