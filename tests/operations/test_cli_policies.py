"""Can a person start from a built-in policy, try it, apply it, and see what held before?"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from holotype import Client
from holotype.domain import built_in
from tests.support.server import Running, serving


@dataclass(frozen=True)
class Shell:
    """A person's shell, in a folder."""

    folder: Path
    environment: dict[str, str]

    def run(self, *arguments: str, code: int = 0, typed: str = "") -> str:
        """Run a command, check its exit code, and return what it printed."""
        command = [sys.executable, "-c", "from holotype.cli import main; main()", *arguments]
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            input=typed,
            capture_output=True,
            text=True,
            check=False,
            encoding="utf-8",
        )
        assert done.returncode == code, (arguments, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
        return done.stdout or done.stderr


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server with one version."""
    folder = tmp_path_factory.mktemp("model")
    (folder / "weights.bin").write_bytes(b"weights")
    with serving(folder / "server") as running:
        with Client(running.url, running.token) as client:
            client.push(folder / "weights.bin", "default/fraud", code=None)
        yield running


@pytest.fixture
def shell(server: Running, tmp_path: Path) -> Shell:
    """A shell whose environment names the server."""
    return Shell(tmp_path, server.environment | {"HOLOTYPE_URL": server.url, "HOLOTYPE_TOKEN": server.token})


def test_a_policy_goes_from_a_file_into_force(shell: Shell) -> None:
    """Written, tried, applied, listed and printed; a second time nothing changes."""
    shell.run("policy", "init", "strict", "ours.toml")
    assert (shell.folder / "ours.toml").read_text(encoding="utf-8") == built_in.text("strict")
    tried = shell.run("policy", "test", "ours.toml")
    assert "none → staging" in tried
    assert "provenance-complete" in tried
    assert shell.run("policy", "show") == built_in.text("default")
    assert "applied" in shell.run("policy", "apply", "ours.toml", "--reason", "a team", "--expect", "0")
    assert "unchanged" in shell.run("policy", "apply", "ours.toml")
    assert shell.run("policy", "show") == built_in.text("strict")
    assert shell.run("policy", "show", "default", "--number", "0") == built_in.text("default")
    listed = json.loads(shell.run("policy", "ls", "--json"))["items"]
    assert [(one["number"], one["reason"]) for one in listed] == [(1, "a team"), (0, "")]
    assert "built in" in shell.run("policy", "ls")
    shell.run("policy", "apply", "-", typed=built_in.text("default"))


def test_a_typo_is_told_with_its_line(shell: Shell) -> None:
    """Every one, a line each; and nothing is applied."""
    wrong = built_in.text("strict").replace("single", "singel").replace('"signed"', '"sgined"')
    (shell.folder / "wrong.toml").write_text(wrong, encoding="utf-8")
    for verb in ("apply", "test"):
        said = shell.run("policy", verb, "wrong.toml", code=1).splitlines()
        assert said[0].startswith("error: Line ")
        assert said[1].startswith("  Line ")
        assert said[2].startswith("hint: ")


def test_what_is_in_the_way_is_told_before(shell: Shell) -> None:
    """A stage that is dropped while versions are in it; the exit code says so too."""
    text = "format = 1\n[stages.none]\n[stages.archived]\n[stages.x]\n[[moves]]\nfrom = ['none']\nto = 'archived'\n"
    shell.run("promote", "fraud:1", "archived")
    (shell.folder / "small.toml").write_text(text.replace("archived", "attic"), encoding="utf-8")
    assert "default/fraud:1 is in archived" in shell.run("policy", "test", "small.toml", code=1)
    assert "default/fraud:1 is in archived" in shell.run("policy", "apply", "small.toml", code=1)


def test_a_policy_is_written_without_a_server_and_over_nothing(tmp_path: Path) -> None:
    """A file that is there stays as it is."""
    shell = Shell(tmp_path, {"HOLOTYPE_URL": "http://127.0.0.1:1", "HOME": str(tmp_path), "PATH": ""})
    shell.run("policy", "init", "default")
    (tmp_path / "policy.toml").write_text("mine", encoding="utf-8")
    assert "is there already" in shell.run("policy", "init", "default", code=1)
    assert (tmp_path / "policy.toml").read_text(encoding="utf-8") == "mine"
    assert shell.run("policy", "init", "strict", "-") == built_in.text("strict")
    assert json.loads(shell.run("policy", "init", "strict", "-", "--json"))["policy"] == "strict"
    shell.run("policy", "init", "lenient", code=2)
