"""What does a push note about the code?"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from holotype.client.git import code_of, without_credentials


def git(folder: Path, *arguments: str) -> str:
    """Run git as a person without configuration."""
    environment = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "init.defaultBranch=trunk")
    command = ["git", *identity, "-C", str(folder), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A work tree with one commit."""
    folder = tmp_path / "code"
    folder.mkdir()
    git(folder, "init")
    (folder / "train.py").write_text("1")
    git(folder, "add", ".")
    git(folder, "commit", "-m", "first")
    return folder


def test_commit_branch_and_repository_are_noted(tree: Path) -> None:
    """Without the password that the remote's address holds."""
    git(tree, "remote", "add", "origin", "https://ada:ghp_secret@git.example/risk/fraud.git")
    code = code_of(tree)
    assert code is not None
    assert code.commit == git(tree, "rev-parse", "HEAD")
    assert (code.dirty, code.branch, code.repository) == (False, "trunk", "https://git.example/risk/fraud.git")


def test_a_change_to_a_tracked_file_is_dirty_and_output_is_not(tree: Path) -> None:
    """A model that was written beside the code does not change the code."""
    (tree / "model.bin").write_bytes(b"weights")
    code = code_of(tree / "model.bin")
    assert code is not None
    assert not code.dirty
    (tree / "train.py").write_text("2")
    code = code_of(tree)
    assert code is not None
    assert code.dirty


def test_the_first_place_in_a_work_tree_counts(tree: Path, tmp_path: Path) -> None:
    """The pushed path's, else the current directory's."""
    (tmp_path / "out").mkdir()
    assert code_of(tmp_path / "out", tree) is not None
    assert code_of(tmp_path / "out") is None


def test_a_detached_head_has_no_branch(tree: Path) -> None:
    """As continuous integration checks out."""
    git(tree, "checkout", "--detach")
    code = code_of(tree)
    assert code is not None
    assert code.branch is None


def test_no_commit_and_no_git_are_answers(tmp_path: Path, tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A push works without either."""
    (tmp_path / "fresh").mkdir()
    git(tmp_path / "fresh", "init")
    assert code_of(tmp_path / "fresh") is None
    monkeypatch.setenv("PATH", str(tmp_path))
    assert code_of(tree) is None


def test_nothing_that_the_repository_configures_is_run(tree: Path, tmp_path: Path) -> None:
    """A cloned repository's own configuration must not run programs when something beside it is pushed."""
    script = tmp_path / "evil"
    script.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    script.chmod(0o755)
    git(tree, "config", "core.fsmonitor", str(script))
    git(tree, "config", "core.hooksPath", str(tmp_path))
    code_of(tree)
    assert not (tmp_path / "ran").exists()


def test_variables_of_another_work_tree_do_not_mislead(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A push from within a git hook sees that hook's GIT_DIR."""
    (tmp_path / "other").mkdir()
    git(tmp_path / "other", "init")
    expected = git(tree, "rev-parse", "HEAD")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other/.git"))
    code = code_of(tree)
    assert code is not None
    assert code.commit == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://ada:pw@git.example:8443/x.git?token=1#y", "https://git.example:8443/x.git"),
        ("https://ghp_token@github.com/x/y", "https://github.com/x/y"),
        ("ssh://git:pw@git.example/x", "ssh://git@git.example/x"),
        ("git@github.com:x/y.git", "git@github.com:x/y.git"),
        ("/srv/git/x.git", None),
        ("file:///srv/git/x.git", None),
        ("C:\\git\\x", None),
        ("../x", None),
        ("https://[broken", None),
    ],
)
def test_addresses_lose_their_secrets(url: str, expected: str | None) -> None:
    """And a path on this machine says nothing to others."""
    assert without_credentials(url) == expected
