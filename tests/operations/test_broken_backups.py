"""Is a backup that is not as it was written refused, with a reason, before anything is in the database?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from holotype.db import dump, migrating
from holotype.domain import digest
from holotype.errors import Corrupt, HolotypeError, NotFound
from holotype.operations.backup import backup
from holotype.operations.restore_backup import restore_backup
from tests.support.backups import CROSSED, EMBEDDED, furnished, opened, rows
from tests.support.bytes import noise
from tests.support.fixtures import Backend
from tests.support.registry import Desk


@dataclass(frozen=True)
class Copy:
    """A backup that a test may break."""

    place: Path

    @property
    def note(self) -> dict[str, Any]:
        """What ``backup.json`` says."""
        said: dict[str, Any] = json.loads((self.place / "backup.json").read_text())
        return said

    def say(self, **other: object) -> None:
        """Make ``backup.json`` say something else."""
        (self.place / "backup.json").write_text(json.dumps(self.note | other))

    def table(self, name: str) -> Path:
        """Return the file of a table."""
        return self.place / str(self.note["folder"]) / f"{name}.jsonl"

    def blob(self, content: bytes) -> Path:
        """Return the file of some bytes."""
        return self.place / "blobs" / "sha256" / digest.of(content).removeprefix("sha256:")

    def change(self, name: str, old: str, new: str) -> None:
        """Change the text of a table."""
        file = self.table(name)
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new, 1))

    def forge(self, name: str, old: str, new: str) -> None:
        """Change the text of a table, and its digest with it."""
        self.change(name, old, new)
        found = dump.examine(self.table(name))
        self.say(tables=self.note["tables"] | {name: {"rows": found.rows, "digest": found.digest}})


@pytest.fixture
def copy(backend: Backend, tmp_path: Path) -> Iterator[Copy]:
    """A backup of a registry with something in every corner."""
    with furnished(backend) as desk:
        backup(desk.registry, tmp_path / "backup")
        yield Copy(tmp_path / "backup")


def cut(file: Path, count: int) -> None:
    """Take some bytes off the end of a file."""
    os.truncate(file, file.stat().st_size - count)


def without_a_row(file: Path) -> None:
    """Take the first line out of a file."""
    file.write_text("".join(file.read_text().splitlines(keepends=True)[1:]))


BREAKS: list[tuple[Callable[[Copy], object], str]] = [
    (lambda copy: (copy.place / "backup.json").unlink(), "There is no backup.json"),
    (lambda copy: cut(copy.place / "backup.json", 20), "backup.json cannot be read"),
    (lambda copy: copy.say(format=2), "has format 2"),
    (lambda copy: copy.say(folder="../elsewhere"), "names tables that no backup has"),
    (lambda copy: copy.say(tables=copy.note["tables"] | {"../../x": {"rows": 0, "digest": ""}}), "names tables that"),
    (lambda copy: copy.say(tables={n: t for n, t in copy.note["tables"].items() if n != "tokens"}), "the tables of"),
    (lambda copy: copy.table("aliases").unlink(), "aliases.jsonl is not there"),
    (lambda copy: without_a_row(copy.table("versions")), "versions.jsonl has 3 rows, not 4"),
    (lambda copy: cut(copy.table("documents"), 1), "documents.jsonl has"),
    (lambda copy: copy.change("versions", '"number":1', '"number":9'), "versions.jsonl was changed"),
    (lambda copy: copy.forge("blobs", '"sha256:', '"sha256:../'), "is not a digest"),
    (lambda copy: copy.forge("blobs", '"size":1000', '"size":1001'), "has 1000 bytes, not 1001"),
    (lambda copy: copy.blob(noise(1_000)).unlink(), "is not there"),
    (lambda copy: cut(copy.blob(noise(1_000)), 1), "has 999 bytes, not 1000"),
    (lambda copy: copy.blob(noise(1_000)).write_bytes(noise(1_000, 1)), "are not those that they should be"),
]


@EMBEDDED
@pytest.mark.parametrize(("breaks", "said"), BREAKS, ids=[said for _, said in BREAKS])
def test_what_is_not_as_it_was_written_is_refused(
    copy: Copy, other_backend: Backend, breaks: Callable[[Copy], object], said: str
) -> None:
    """Files that are gone, cut, changed or named to lead elsewhere: not even a table is made."""
    breaks(copy)
    with opened(other_backend) as other:
        with pytest.raises((Corrupt, NotFound)) as caught:
            restore_backup(other, copy.place)
        assert said in caught.value.detail
        assert caught.value.hint
        assert migrating.current(other.database) is None


FORGERIES = [
    ("ledger_entries", '"actor":"ada"', '"actor":"eve"', "was changed after it was written"),
    ("ledger_head", '"size":', '"size":1', "The head counts"),
    ("versions", '"number":1', '"number":2', "rows of versions do not fit"),
    ("aliases", '"version_id":2', '"version_id":77', "rows of aliases do not fit"),
    ("tokens", '"hash":"', '"hash":"!', "rows of tokens do not fit"),
    ("models", '"kind"', '"kin"', "rows of models do not fit"),
    ("models", '"id":1', '"id":"1"', "rows of models do not fit"),
    ("models", '"name":"fraud"', '"name":null', "rows of models do not fit"),
]


@CROSSED
@pytest.mark.parametrize(("table", "old", "new", "said"), FORGERIES)
def test_rows_that_do_not_fit_are_refused(
    copy: Copy, other_backend: Backend, table: str, old: str, new: str, said: str
) -> None:
    """Somebody changed a row and its digest: the one transaction is undone, and an earlier backup can be restored."""
    copy.forge(table, old, new)
    with opened(other_backend) as other:
        with pytest.raises(HolotypeError) as caught:
            restore_backup(other, copy.place)
        assert said in caught.value.detail
        assert {name for name, found in rows(other).items() if found} == {"ledger_head"}
        copy.forge(table, new, old)
        assert restore_backup(other, copy.place)[1].healthy


@EMBEDDED
def test_the_commands_say_what_they_did(copy: Copy, other_backend: Backend, tmp_path: Path) -> None:
    """As one document with --json, in sentences without; a refusal is one error with exit code 1."""
    place = ("--database", other_backend.database_url, "--store", other_backend.store_url)

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "from holotype.cli import main; main()", "admin", *arguments, *place]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    restored = run("restore", str(copy.place), "--json")
    assert (restored.returncode, json.loads(restored.stdout)["healthy"]) == (0, True)
    assert json.loads(restored.stdout)["backup"] == copy.note
    made = run("backup", str(tmp_path / "second"))
    assert made.stdout.startswith("4 versions, ")
    assert copy.note["ledger"]["root"] in made.stdout
    again = run("restore", str(tmp_path / "second"))
    assert (again.returncode, again.stdout) == (1, "")
    assert again.stderr.startswith("error: The database is not empty")


def test_a_ledger_that_was_changed_is_not_backed_up(backend: Backend, tmp_path: Path) -> None:
    """What could not be restored does not pass for a backup."""
    with furnished(backend) as desk:
        _forget_an_entry(desk)
        with pytest.raises(Corrupt, match="Entry 2 is missing"):
            backup(desk.registry, tmp_path / "backup")
    assert not (tmp_path / "backup" / "backup.json").exists()


def _forget_an_entry(desk: Desk) -> None:
    with desk.registry.database.write() as tx:
        tx.exec_driver_sql("DELETE FROM ledger_entries WHERE sequence = 2")
