"""Can a person recall a data set at the command line, and see whom it reaches?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from holotype import Client
from tests.support.server import Running, serving
from tests.support.shell import Shell, shell_of

LAKE = "dataset:s3://lake/scans"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server with a version in staging that was made from a data set, and one made from that version."""
    folder = tmp_path_factory.mktemp("recall")
    (folder / "weights.bin").write_bytes(b"weights")
    with serving(folder / "server", record_pulls="full") as running:
        with Client(running.url, running.token) as client:
            client.push(folder / "weights.bin", "default/base", data=["s3://lake/scans"], code=None)
            client.push(folder / "weights.bin", "default/tuned", parents=["default/base:1"], code=None)
            client.promote("default/base:1", "staging")
        yield running


@pytest.fixture
def shell(server: Running, tmp_path: Path) -> Shell:
    """A shell that may everything."""
    return shell_of(server, tmp_path)


def test_a_recall_by_commands(shell: Shell) -> None:
    """What it would reach is what it holds; nobody pulls it, but an administrator who says so; and it ends."""
    shell.run("pull", "default/tuned:1", "out")
    before = shell.ask("impact", LAKE)
    assert [one["reference"] for one in before["versions"]] == ["default/base:1", "default/tuned:1"]
    assert [(one["principal"], one["version"]) for one in before["pulled_by"]] == [("owner", "default/tuned:1")]
    said = shell.run("quarantine", LAKE, "--reason", "labels swapped").stdout
    assert all(word in said for word in ("quarantined", "default/base:1", "staging", "default/tuned:1", "owner"))
    error, hint = shell.refused("pull", "default/tuned:1", "late")
    assert "labels swapped" in error
    assert "holotype quarantines" in hint
    assert not (shell.folder / "late").exists()
    assert shell.run("promote", "default/tuned:1", "staging", code=1).stdout.startswith("refused")
    shell.run("pull", "default/tuned:1", "looked-at", "--quarantined")
    assert "in quarantine" in shell.run("show", "default/tuned:1").stdout
    assert "labels swapped" in shell.run("quarantines").stdout
    number = shell.ask("quarantines")["items"][0]["id"]
    told = shell.run("quarantines", str(number)).stdout
    assert all(word in told for word in ("holds 2 versions, 1 in staging", "default/base:1", "labels swapped", "owner"))
    assert shell.ask("quarantines", str(number))["stages"] == {"none": 1, "staging": 1}
    assert f"in quarantine {number}" in shell.run("impact", LAKE).stdout + shell.run("impact", LAKE).stderr
    assert "released" in shell.run("release", LAKE, "--reason", "they were right").stdout
    assert "they were right" in shell.run("quarantines", str(number)).stdout
    shell.run("pull", "default/tuned:1", "late")
    assert shell.ask("quarantines")["items"] == []
    assert len(shell.ask("quarantines", "--everything")["items"]) == 1


def test_lineage_of_what_is_no_version_of_ours(shell: Shell) -> None:
    """A data set and a parent elsewhere: what was made from them."""
    assert "default/tuned:1" in shell.run("lineage", LAKE).stdout
    assert len(shell.ask("lineage", LAKE)["nodes"]) == 3
    assert len(shell.ask("lineage", "parent:default/base:1")["nodes"]) == 2


@pytest.mark.parametrize("subject", ["dataset:", "default/base", "parent:", "nothing:1"])
def test_what_cannot_be_recalled_is_refused_with_a_hint(shell: Shell, subject: str) -> None:
    """In two lines."""
    error, hint = shell.refused("quarantine", subject, "--reason", "x")
    assert error
    assert hint
