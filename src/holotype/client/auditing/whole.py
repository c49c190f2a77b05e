"""Is an export of the whole ledger what the registry signed?

1. The entries of each block are hashed and compared with the list before them; the tree grows by the lists.
2. Each checkpoint states the root at its size, and bears signatures of keys that lead back to a trusted one.
3. Where the last checkpoint holds, the lists are genuine, and what differs from them is named exactly.
4. Where it does not, the entries are tried without the lists; else what was altered lies between two checkpoints.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from holotype.client.auditing import reading
from holotype.client.auditing.finding import Differences, Walk
from holotype.client.auditing.growing import Growing
from holotype.client.auditing.reading import Block, Signed
from holotype.client.auditing.trust import MARK, Chain
from holotype.client.auditing.verdict import Verdict
from holotype.domain.notes import Checkpoint, Verifier
from holotype.wire.audit import BLOCK, Header


@dataclass(slots=True)
class _State:
    header: Header
    tree: Growing = field(default_factory=Growing)
    chain: Chain = field(default_factory=Chain)
    differences: Differences = field(default_factory=Differences)
    walk: Walk = field(default_factory=Walk)
    signed: list[Signed] = field(default_factory=list)
    roots: list[bytes] = field(default_factory=list)
    asked: dict[int, bytes] = field(default_factory=dict)
    lists: list[int] = field(default_factory=list)
    entries: int = 0
    listed: bool = True


def verify_whole(
    file: Path, keys: Sequence[Verifier], verdict: Verdict, *, roots_at: Sequence[int] = ()
) -> dict[int, bytes]:
    """Verify an export, and return the roots at some sizes, where the export goes so far."""
    with reading.opened(file) as stream:
        state = _State(reading.header(stream))
        _begin(verdict, state.header)
        for block in reading.blocks(stream):
            _take(state, block, roots_at)
    verdict.entries, verdict.last_time = state.entries, state.walk.time
    _judge(file, keys, state, verdict)
    return state.asked


def _begin(verdict: Verdict, header: Header) -> None:
    verdict.origin, verdict.size, verdict.partial = header.origin, header.size, header.partial


def _take(state: _State, block: Block, roots_at: Sequence[int]) -> None:
    first = state.tree.size + 1
    state.entries += len(block.texts)
    wanted = min(BLOCK, state.header.size - first + 1)
    state.listed = state.listed and len(block.stated) == wanted
    same = block.leaves == block.stated
    if not same:
        state.lists.append(block.line)
        state.differences.compare(block, first)
    stated = set(block.stated) if not same else ()
    for text, leaf in zip(block.texts, block.leaves, strict=True):
        if text.startswith(MARK) and (same or leaf in stated):
            state.chain.hear(text)
    state.walk.take(block)
    last = first + len(block.stated) - 1
    for one in block.signed:
        state.signed.append(one)
        within = first <= one.checkpoint.size <= last and (not same or one.behind == one.checkpoint.size - first + 1)
        state.roots.append(state.tree.root(block.stated[: one.checkpoint.size - first + 1]) if within else b"")
    for size in roots_at:
        if first <= size <= last:
            state.asked[size] = state.tree.root(block.stated[: size - first + 1])
    state.tree.add(block.stated)


def _judge(file: Path, keys: Sequence[Verifier], state: _State, verdict: Verdict) -> None:
    signed = [one.checkpoint for one in state.signed]
    last = signed[-1] if signed else None
    if last is None or last.size < state.header.size:
        there = f"{state.entries:,} and no such checkpoint" if state.entries else "none"
        verdict.fault(
            "truncated",
            f"The export ends early: it should hold {state.header.size:,} entries and the checkpoint over them; "
            f"there are {there}.",
        )
        state.walk.tell(verdict)
        return
    verdict.root, verdict.checkpoints = last.root.hex(), len(signed)
    verdict.keys = [by.key for by in last.signatures]
    matching = [one.root == root for one, root in zip(signed, state.roots, strict=True)]
    good = state.chain.believed(signed, matching, keys)
    _tell_signatures(state, good, keys, verdict)
    if all(matching) and good[-1] and state.listed and state.tree.size == last.size:  # 3
        state.differences.tell(verdict)
        if not state.differences:
            state.walk.tell(verdict)
        return
    _locate(file, state, matching, good, verdict)  # 4


def _tell_signatures(state: _State, good: Sequence[bool], keys: Sequence[Verifier], verdict: Verdict) -> None:
    for one, held in zip(state.signed, good, strict=True):
        if one.checkpoint.origin != state.header.origin:
            verdict.fault("unsigned", f"The checkpoint in line {one.line} is of another registry.", line=one.line)
        elif not held:
            verdict.fault("unsigned", _unsigned(one.checkpoint, one.line, keys), line=one.line)


def _unsigned(one: Checkpoint, line: int, keys: Sequence[Verifier]) -> str:
    signers = ", ".join(sorted({by.key for by in one.signatures}))
    if {by.key for by in one.signatures} & {key.id for key in keys}:
        return f"The checkpoint in line {line} (size {one.size:,}) does not bear a good signature of {signers}."
    given = ", ".join(key.id for key in keys)
    return (
        f"The checkpoint in line {line} (size {one.size:,}) is signed by {signers}; "
        f"nothing leads from the key that was given ({given}) to that one."
    )


def _locate(file: Path, state: _State, matching: Sequence[bool], good: Sequence[bool], verdict: Verdict) -> None:
    """Say as exactly as can be where the export differs from what was signed."""
    last = state.signed[-1].checkpoint
    if good[-1] and state.lists and state.entries == last.size and _root_without_lists(file) == last.root:
        for line in state.lists:
            verdict.fault(
                "altered",
                f"The list of hashes in line {line} was altered; the entries are as they were signed.",
                line=line,
            )
        return
    state.walk.tell(verdict)
    sound = 0
    for one, matches, held in zip(state.signed, matching, good, strict=True):
        if matches and held:
            sound = one.checkpoint.size
        elif not matches:
            verdict.fault(
                "altered",
                f"Entries {sound + 1:,} to {one.checkpoint.size:,} are not those that were signed"
                f"{'; up to there everything holds' if sound else ''}. Compare with another export (--against) to see "
                "which.",
            )
            break
    state.differences.tell(verdict)


def _root_without_lists(file: Path) -> bytes:
    tree = Growing()
    with reading.opened(file) as stream:
        reading.header(stream)
        for block in reading.blocks(stream):
            tree.add(block.leaves)
    return tree.root()
