"""Does an export prove the ledger to somebody who has nothing but a key, and does it say what was done to it?"""

from __future__ import annotations

import random
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from holotype.catalogue.tables import namespaces
from holotype.client.auditing.verdict import Verdict
from holotype.client.auditing.verify import read_keys, verify_export
from holotype.domain import merkle
from holotype.domain.entities import Actor
from holotype.domain.events import Action
from holotype.domain.permissions import Permission
from holotype.errors import Conflict, Denied, Invalid, LocalProblem, NotFound
from holotype.ledger import append, checkpoints, proofs
from holotype.ledger.append import Entry
from holotype.operations import signing_keys
from holotype.operations.bootstrap import bootstrap
from holotype.operations.export_ledger import begin_export, export_lines
from holotype.operations.rotate_key import rotate_key
from holotype.operations.sign_checkpoint import ensure_key, may_sign, sign_checkpoint
from tests.support import rfc6962
from tests.support.registry import Desk, open_desk

MANY = 2_500


@pytest.fixture
def audited(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    """A registry with its key and a few versions."""
    with open_desk(database_url, tmp_path / "store", data=tmp_path) as desk:
        bootstrap(desk.call())
        ensure_key(desk.call())
        for content in (b"one", b"two", b"three"):
            desk.register("fraud", content)
        yield desk


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """An export of some 2,500 entries with checkpoints in the midst, and the key."""
    folder = tmp_path_factory.mktemp("long")
    with open_desk(f"sqlite:///{folder / 'x.db'}", folder / "store", data=folder) as desk:
        bootstrap(desk.call())
        ensure_key(desk.call())
        for quarter in range(4):
            note(desk, MANY // 4, f"quarter {quarter}")
            sign_checkpoint(desk.call())
        yield exported(desk, folder / "export"), key_of(desk)


def note(desk: Desk, count: int, subject: str) -> None:
    """Append entries to the ledger."""
    with desk.call().write() as tx:
        entries = [Entry(Action.MODEL_CREATED, f"{subject}/{i}", {"n": i}) for i in range(count)]
        append.append(tx, actor=Actor("ada"), now=desk.call().now, entries=entries)


def exported(desk: Desk, file: Path, *of: str) -> Path:
    """Write an export into a file."""
    file.write_bytes(b"".join(export_lines(desk.call(), begin_export(desk.call(), *of))))
    return file


def key_of(desk: Desk, which: int = -1) -> str:
    """Return a key of the registry, the newest unless said otherwise."""
    with desk.call().read() as tx:
        return checkpoints.keys(tx)[which].verifier


def verified(file: Path, key: str, against: Path | None = None) -> Verdict:
    """Verify an export with one key."""
    return verify_export(file, read_keys([key]), against=against)


def told(file: Path, key: str) -> list[tuple[str, int | None]]:
    """Return kind and sequence of each fault."""
    return [(one.kind, one.sequence) for one in verified(file, key).faults]


def test_an_export_verifies_with_the_key_alone(audited: Desk, tmp_path: Path) -> None:
    """It holds every entry and the head of the tree, and says until when it goes."""
    verdict = verified(exported(audited, tmp_path / "export"), key_of(audited))
    with audited.call().read() as tx:
        size = proofs.size(tx)
        assert verdict.root == proofs.root(tx, size).hex()
    assert (verdict.holds, verdict.entries, verdict.size, verdict.partial) == (True, size, size, False)


def test_the_entries_of_an_export_give_the_root_of_the_rfc(long: tuple[Path, str]) -> None:
    """A second implementation, straight from the text, comes to the same head from the lines of the file."""
    lines = long[0].read_bytes().splitlines()
    entries = [line for line in lines if line.startswith(b'{"action":')]
    assert verified(*long).root == rfc6962.mth(entries).hex()


def test_a_part_of_the_ledger_proves_each_of_its_entries(audited: Desk, tmp_path: Path) -> None:
    """Entries about one model, each with its proof, for somebody who may read no more than that."""
    part = exported(audited, tmp_path / "part", "default", "fraud")
    verdict = verified(part, key_of(audited))
    assert (verdict.holds, verdict.partial, verdict.entries) == (True, True, 4)
    lines = part.read_bytes().split(b"\n")
    part.write_bytes(b"\n".join(line.replace(b'"fraud:2"', b"x").replace(b"fraud:2", b"fraud:9") for line in lines))
    assert [one.kind for one in verified(part, key_of(audited)).faults] == ["altered"]


def test_every_flipped_bit_is_found(audited: Desk, tmp_path: Path) -> None:
    """Of the whole export and of a part, one bit of each byte: none of the files verifies."""
    for name, of in (("whole", ()), ("part", ("default", "fraud"))):
        file, key = exported(audited, tmp_path / name, *of), key_of(audited)
        whole, bent = file.read_bytes(), tmp_path / "bent"
        chosen = random.Random(6962)
        for place in range(len(whole)):
            content = bytearray(whole)
            content[place] ^= 1 << chosen.randrange(8)
            bent.write_bytes(content)
            assert not verified(bent, key).holds, (name, place, bytes(content[max(place - 40, 0) : place + 40]))


Change = Callable[[list[bytes], Callable[[int], int]], None]


def _alter(lines: list[bytes], at: Callable[[int], int]) -> None:
    lines[at(1200)] = lines[at(1200)].replace(b'"ada"', b'"eve"')


def _remove(lines: list[bytes], at: Callable[[int], int]) -> None:
    del lines[at(1200)]


def _insert(lines: list[bytes], at: Callable[[int], int]) -> None:
    lines.insert(at(1200) + 1, lines[at(1200)].replace(b'"ada"', b'"eve"'))


def _repeat(lines: list[bytes], at: Callable[[int], int]) -> None:
    lines.insert(at(1200) + 1, lines[at(1200)])


def _swap(lines: list[bytes], at: Callable[[int], int]) -> None:
    one, other = at(1200), at(1201)
    lines[one], lines[other] = lines[other], lines[one]


def _carry(lines: list[bytes], at: Callable[[int], int]) -> None:
    lines.insert(at(2300), lines.pop(at(1200)))


def _alter_and_remove(lines: list[bytes], at: Callable[[int], int]) -> None:
    lines[at(40)] = lines[at(40)].replace(b'"ada"', b'"eve"')
    del lines[at(2000)]


CHANGES: dict[Change, list[tuple[str, int | None]]] = {
    _alter: [("altered", 1200)],
    _remove: [("removed", 1200)],
    _insert: [("inserted", None)],
    _repeat: [("inserted", None)],
    _swap: [("moved", 1201)],
    _carry: [("moved", 1200)],
    _alter_and_remove: [("altered", 40), ("removed", 2000)],
}


def _changed(long: tuple[Path, str], change: Change, file: Path) -> Path:
    lines = long[0].read_bytes().split(b"\n")

    def at(sequence: int) -> int:
        return next(i for i, line in enumerate(lines) if b'"sequence":%d,' % sequence in line)

    change(lines, at)
    file.write_bytes(b"\n".join(lines))
    return file


@pytest.mark.parametrize("change", CHANGES, ids=lambda one: one.__name__)
def test_what_was_done_is_named_exactly(long: tuple[Path, str], tmp_path: Path, change: Change) -> None:
    """Altered, removed, inserted, repeated, put in another order: the verdict names the entry and nothing else."""
    file = _changed(long, change, tmp_path / "changed")
    verdict = verified(file, long[1])
    found = [(one.kind, one.sequence) for one in verdict.faults]
    if change is _swap and found == [("moved", 1200)]:
        found = [("moved", 1201)]  # either of two that changed places is the one that moved
    assert found == CHANGES[change]
    if found[0][0] == "inserted":
        assert "behind entry 1200" in verdict.faults[0].sentence


@pytest.mark.parametrize("change", [_alter, _remove, _insert, _swap], ids=lambda one: one.__name__)
def test_who_writes_the_hashes_anew_is_found_too(long: tuple[Path, str], tmp_path: Path, change: Change) -> None:
    """Lists of hashes that fit the forged entries do not fit the checkpoints; another export names the entry."""
    file = _changed(long, change, tmp_path / "forged")
    _list_again(file)
    verdict = verified(file, long[1])
    assert not verdict.holds
    assert not any("Entries 1 to" in one.sentence for one in verdict.faults)
    if change is _remove:
        assert ("removed", 1200) in [(one.kind, one.sequence) for one in verdict.faults]
    compared = verified(file, long[1], against=long[0])
    assert ("forked", 1201 if change is _insert else 1200) in [(one.kind, one.sequence) for one in compared.faults]


def _list_again(file: Path) -> None:
    """Put the right hashes into every list."""
    lines, place, block = file.read_bytes().split(b"\n"), 0, list[bytes]()
    for i, line in enumerate(lines):
        if line.startswith(b'{"leaves"') or i == len(lines) - 1:
            if block:
                packed = b64encode(b"".join(merkle.leaf_hash(one) for one in block)).decode()
                lines[place] = msgspec.json.encode({"leaves": packed})
            place, block = i, []
        elif line.startswith(b'{"action"'):
            block.append(line)
    file.write_bytes(b"\n".join(lines))


def test_an_export_that_ends_early_is_found(long: tuple[Path, str], tmp_path: Path) -> None:
    """Cut anywhere: in a line, between lines, behind a checkpoint that holds."""
    whole = long[0].read_bytes()
    middle = whole.index(b'{"checkpoint":')
    cuts = {0, 10, len(whole) // 2, whole.index(b"\n", middle) + 1, len(whole) - 1, whole.rindex(b"{")}
    for cut in cuts:
        (tmp_path / "cut").write_bytes(whole[:cut])
        assert not verified(tmp_path / "cut", long[1]).holds, cut


def test_a_checkpoint_that_was_kept_finds_a_rewritten_history(audited: Desk, tmp_path: Path) -> None:
    """An auditor who kept one catches the registry itself, which signs whatever it likes."""
    kept, first = tmp_path / "kept", sign_checkpoint(audited.call())
    assert first is not None
    kept.write_text(first.note)
    note(audited, 3, "more")
    file = exported(audited, tmp_path / "export")
    assert verified(file, key_of(audited), against=kept).holds
    with audited.call().read() as tx:
        active = checkpoints.active(tx)
        assert active is not None
        signer = signing_keys.load(audited.registry.settings, first.origin, active.id)
    assert signer is not None
    for size, root in ((first.size, b"\1" * 32), (first.size + 1_000, first.root)):
        lie = type(first)(first.origin, size, root)
        kept.write_text(type(first)(first.origin, size, root, (signer.sign(lie),)).note)
        assert [one.kind for one in verified(file, key_of(audited), against=kept).faults] == ["forked"]


def test_two_exports_of_one_registry_are_of_one_history(audited: Desk, tmp_path: Path) -> None:
    """The later one goes on from the earlier one, whichever is compared with the other."""
    early = exported(audited, tmp_path / "early")
    note(audited, 5, "more")
    late = exported(audited, tmp_path / "late")
    assert verified(late, key_of(audited), against=early).holds
    assert verified(early, key_of(audited), against=late).holds


def test_trust_follows_the_keys(audited: Desk, tmp_path: Path) -> None:
    """Whoever trusts the first key trusts what the third signed, and the other way round; a stranger's is nothing."""
    for _ in range(2):
        sign_checkpoint(audited.call())
        rotate_key(audited.call())
        note(audited, 3, "more")
    file = exported(audited, tmp_path / "export")
    for which in range(3):
        assert verified(file, key_of(audited, which)).holds, which
    stranger = signing_keys.generate(verified(file, key_of(audited)).origin).verifier
    assert "unsigned" in {one.kind for one in verified(file, str(stranger)).faults}
    foreign = signing_keys.generate("holotype/other").verifier
    assert "unsigned" in {one.kind for one in verified(file, str(foreign)).faults}


def test_a_retired_key_signs_nothing_more(audited: Desk, tmp_path: Path) -> None:
    """A checkpoint that the old key signed after its end is not believed, though the signature is good."""
    old = key_of(audited)
    with audited.call().read() as tx:
        identifier, origin = checkpoints.keys(tx)[0].id, checkpoints.origin(tx)
    rotate_key(audited.call())
    note(audited, 3, "more")
    file = exported(audited, tmp_path / "export")
    signer = signing_keys.load(audited.registry.settings, origin, identifier)
    assert signer is not None
    lines = file.read_bytes().split(b"\n")
    with audited.call().read() as tx:
        last = checkpoints.latest(tx)
    assert last is not None
    forged = type(last)(last.origin, last.size, last.root, (signer.sign(last),))
    lines[-2] = msgspec.json.encode({"checkpoint": forged.note})
    file.write_bytes(b"\n".join(lines))
    assert [one.kind for one in verified(file, old).faults] == ["unsigned"]


def test_where_a_key_was_lost_the_chain_ends(audited: Desk, tmp_path: Path) -> None:
    """Only the new key vouches for what came after; the registry refuses to pretend otherwise by itself."""
    sign_checkpoint(audited.call())
    old = key_of(audited)
    with audited.call().read() as tx:
        signing_keys.place(audited.registry.settings, checkpoints.keys(tx)[0].id).unlink()
    note(audited, 1, "more")
    assert not may_sign(audited.call())
    with pytest.raises(Conflict, match="not here"):
        rotate_key(audited.call())
    assert len(list((tmp_path / "keys").iterdir())) == 0
    rotate_key(audited.call(), lost=True)
    note(audited, 1, "more")
    file = exported(audited, tmp_path / "export")
    assert verified(file, key_of(audited)).holds
    assert "nothing leads from the key" in verified(file, old).faults[0].sentence


def test_the_private_key_is_for_the_servers_user_alone(audited: Desk, tmp_path: Path) -> None:
    """One file, mode 0600 in a folder of mode 0700; a second start makes no other."""
    (file,) = (tmp_path / "keys").iterdir()
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert ensure_key(audited.call()) is None
    assert list((tmp_path / "keys").iterdir()) == [file]


def test_a_server_without_the_key_exports_what_was_signed_last(audited: Desk, tmp_path: Path) -> None:
    """It makes no key of its own beside the one that there is, and signs nothing."""
    first = sign_checkpoint(audited.call())
    (file,) = (tmp_path / "keys").iterdir()
    file.rename(tmp_path / "elsewhere")
    note(audited, 2, "more")
    assert ensure_key(audited.call()) is None
    assert sign_checkpoint(audited.call()) == first
    verdict = verified(exported(audited, tmp_path / "export"), key_of(audited))
    assert first is not None
    assert (verdict.holds, verdict.entries) == (True, first.size)


def test_only_who_may_read_everything_gets_everything(audited: Desk) -> None:
    """A right on a part gives that part; who may not read a model learns nothing of it."""
    with pytest.raises((Denied, NotFound)):
        begin_export(audited.call(rights=frozenset({Permission.MODEL_READ})))
    with pytest.raises(Denied, match="access:read"):
        begin_export(audited.call(rights=frozenset({Permission.MODEL_READ, Permission.LEDGER_READ})))
    with pytest.raises(NotFound):
        begin_export(audited.call(), "default", "nothing")


def test_a_part_shows_nothing_of_access_to_a_reader(audited: Desk, tmp_path: Path) -> None:
    """What the list of entries leaves out for the caller, the export leaves out as well."""
    with audited.call().write() as tx:
        space = tx.execute(sa.select(namespaces.c.id).where(namespaces.c.name == "default")).scalar_one()
        entry = Entry(Action.GRANT_CREATED, "grant:1", {}, namespace_id=space)
        append.append(tx, actor=Actor("ada"), now=audited.call().now, entries=[entry])
    reader = audited.call(rights=frozenset({Permission.MODEL_READ, Permission.LEDGER_READ}))
    seen = b"".join(export_lines(reader, begin_export(reader, "default")))
    assert b"version.registered" in seen
    assert b"grant.created" not in seen
    assert b"grant.created" in exported(audited, tmp_path / "whole", "default").read_bytes()


def test_what_cannot_be_verified_at_all_is_said(audited: Desk, tmp_path: Path) -> None:
    """No file, no export, no key, a part against something."""
    file = exported(audited, tmp_path / "part", "default")
    with pytest.raises(LocalProblem):
        verified(tmp_path / "nothing", key_of(audited))
    with pytest.raises(Invalid, match="without a key"):
        verify_export(file, [])
    with pytest.raises(Invalid, match="cannot be compared"):
        verified(file, key_of(audited), against=file)
    (tmp_path / "other").write_bytes(b"hello\n")
    assert "not an export" in verified(tmp_path / "other", key_of(audited)).faults[0].sentence
