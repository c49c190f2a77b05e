"""Which files does a push hold, and what does it refuse?"""

from __future__ import annotations

import os
import socket
import unicodedata
from pathlib import Path

import pytest

from holotype import errors
from holotype.client import hashing
from holotype.client.progress import Meter
from holotype.client.walk import walk
from holotype.domain import digest
from tests.support.processes import unprivileged_user


def paths(root: Path) -> list[str]:
    """Return the paths that a push would hold."""
    return [file.path for file in walk(root)]


def test_a_directory_gives_everything_that_is_in_it(tmp_path: Path) -> None:
    """Hidden files, caches and empty files too; folders without files leave no trace."""
    for path in ("a.bin", ".hidden", "__pycache__/x.pyc", ".git/config", "deep/er/ü.txt", "模型/权重"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(b"")
    (tmp_path / "nothing/in/here").mkdir(parents=True)
    expected = sorted(["a.bin", ".hidden", "__pycache__/x.pyc", ".git/config", "deep/er/ü.txt", "模型/权重"])
    assert paths(tmp_path) == expected


def test_a_file_gives_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under its own name."""
    (tmp_path / "model.pkl").write_bytes(b"x")
    assert paths(tmp_path / "model.pkl") == ["model.pkl"]
    monkeypatch.chdir(tmp_path)
    assert paths(Path("model.pkl")) == ["model.pkl"]
    assert paths(Path()) == ["model.pkl"]


def test_names_are_normalised(tmp_path: Path) -> None:
    """Some systems decompose letters; a version holds composed ones."""
    (tmp_path / unicodedata.normalize("NFD", "é.txt")).write_bytes(b"")
    assert paths(tmp_path) == [unicodedata.normalize("NFC", "é.txt")]


def test_symbolic_links_are_refused_with_a_sentence(tmp_path: Path) -> None:
    """To files, to folders, to nothing, and as the pushed path itself."""
    (tmp_path / "model").mkdir()
    (tmp_path / "model/a").write_bytes(b"x")
    for name, target in (("file", "a"), ("folder", "."), ("nothing", "gone")):
        link = tmp_path / "model" / name
        link.symlink_to(target)
        with pytest.raises(errors.LocalProblem, match=f"{name} is a symbolic link, which cannot be pushed"):
            walk(tmp_path / "model")
        link.unlink()
    (tmp_path / "latest").symlink_to("model")
    with pytest.raises(errors.LocalProblem, match="symbolic link"):
        walk(tmp_path / "latest")


def test_special_files_are_refused(tmp_path: Path) -> None:
    """A pipe would be waited for without end."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(errors.LocalProblem, match="named pipe"):
        walk(tmp_path)
    (tmp_path / "pipe").unlink()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.path.relpath(tmp_path / "s"))
        with pytest.raises(errors.LocalProblem, match="socket"):
            walk(tmp_path)
    with pytest.raises(errors.LocalProblem, match="device"):
        walk("/dev/null")


def test_nothing_to_push_is_said(tmp_path: Path) -> None:
    """An empty folder and a missing path each have their sentence."""
    with pytest.raises(errors.LocalProblem, match="no files in"):
        walk(tmp_path)
    with pytest.raises(errors.LocalProblem, match="There is no file or directory"):
        walk(tmp_path / "gone")


def test_names_that_could_not_be_pulled_everywhere_are_refused(tmp_path: Path) -> None:
    """Before a byte is hashed."""
    (tmp_path / "a:b").write_bytes(b"")
    with pytest.raises(errors.InvalidPath, match="a:b"):
        walk(tmp_path)
    (tmp_path / "a:b").unlink()
    (tmp_path / "x").write_bytes(b"")
    (tmp_path / "X").write_bytes(b"")
    with pytest.raises(errors.InvalidPath, match="case"):
        walk(tmp_path)
    (tmp_path / "X").unlink()
    os.close(os.open(os.fsencode(tmp_path) + b"/\xff", os.O_CREAT | os.O_WRONLY))
    with pytest.raises(errors.InvalidPath):
        walk(tmp_path)


def test_a_file_that_changes_is_noticed(tmp_path: Path) -> None:
    """Between being found and being read."""
    (tmp_path / "a").write_bytes(b"before")
    (file,) = walk(tmp_path)
    assert hashing.digest_of(file, Meter(None, "hash")) == digest.of(b"before")
    (tmp_path / "a").write_bytes(b"longer than before")
    with pytest.raises(errors.LocalProblem, match="changed while it was being pushed"):
        hashing.digest_of(file, Meter(None, "hash"))
    (tmp_path / "a").unlink()
    with pytest.raises(errors.LocalProblem, match="There is no file"):
        hashing.digest_of(file, Meter(None, "hash"))


def test_a_file_swapped_for_a_link_is_noticed(tmp_path: Path) -> None:
    """What is opened is what was found."""
    (tmp_path / "a").write_bytes(b"mine")
    (file,) = walk(tmp_path)
    (tmp_path / "a").unlink()
    (tmp_path / "secret").write_bytes(b"hers")
    (tmp_path / "a").symlink_to(tmp_path / "secret")
    with pytest.raises(errors.LocalProblem):
        hashing.digest_of(file, Meter(None, "hash"))


def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    """With the reason; tried as a user without rights, since root may read everything."""
    (tmp_path / "a").write_bytes(b"x")
    (file,) = walk(tmp_path)
    (tmp_path / "a").chmod(0)
    user = unprivileged_user()
    if user is not None:
        os.seteuid(user)
    try:
        with pytest.raises(errors.LocalProblem, match=r"a cannot be read: permission denied"):
            hashing.digest_of(file, Meter(None, "hash"))
    finally:
        if user is not None:
            os.seteuid(0)
