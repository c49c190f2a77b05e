"""Does the documentation show what really happens? Its tour is typed again, its Python is run."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.server import Running, serving
from tests.support.source import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
SHELL = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
PYTHON = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
CHANGES = (
    (r"sha256:[0-9a-f]+", "sha256:…"),
    (r"\d{4}-\d\d-\d\d[T ][\d:.]+Z(?: \([^)]*\))?", "MOMENT"),
    (r"[ \t]+", " "),
)
PAGES = ("README.md", "docs/howto/push-from-training.md", "docs/howto/find-and-compare.md")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    """A server of the test's own."""
    with serving(tmp_path / "server") as running:
        yield running


def steps(page: str) -> list[tuple[list[str], str]]:
    """Return the words of each command of a page's blocks, and what the page says that it prints."""
    parts = [part for block in SHELL.findall(page) for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]]
    split = [part.partition("\n") for part in parts]
    return [(shlex.split(command)[1:], said) for command, _, said in split]


def same(text: str) -> str:
    """Return a text without what differs from run to run, and without the width of the terminal."""
    for pattern, shown in CHANGES:
        text = re.sub(pattern, shown, text)
    return "\n".join(line.strip() for line in text.strip().splitlines())


def write_model(folder: Path, depth: int) -> None:
    """Write the files that the tour pushes."""
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(json.dumps({"depth": depth}))
    (folder / "weights.bin").write_bytes(bytes(range(256)) * 4_096 * depth)
    (folder / "README.md").write_text("# Fraud model\n\nFinds card fraud.\n")


def make_work_tree(folder: Path) -> None:
    """Let a folder be where somebody develops: a git work tree with a commit."""
    (folder / "train.py").write_text("# trains\n")
    who = ("-c", "user.name=ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false")
    for words in (("init", "--quiet"), ("add", "train.py"), (*who, "commit", "--quiet", "--message", "train")):
        subprocess.run(["git", *words], cwd=folder, check=True)


def typed(words: list[str], folder: Path, environment: dict[str, str]) -> str:
    """Run a command in a process of its own and return what a person sees of it, but for the progress of transfers."""
    command = [sys.executable, "-c", "from holotype.cli import main; main()", *words]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    told = [line for line in done.stderr.splitlines() if line.startswith(("error", "hint"))]
    return done.stdout + "\n".join(told)


def test_the_tour_of_the_readme_prints_what_the_readme_says(server: Running, tmp_path: Path) -> None:
    """Every command of the tour, in its order, prints the lines below it, but for digests, times and widths."""
    environment = server.client_environment
    work = tmp_path / "work"
    work.mkdir()
    make_work_tree(work)
    moment = ""
    depths = iter((4, 6))
    for words, said in steps(README):
        if words[0] == "serve":
            continue
        if words[0] == "push":
            write_model(work / "model", next(depths))
        if words[0] == "rollback":
            moment = datetime.now(UTC).isoformat()
        now = [moment if before == "--at" else word for before, word in zip(["", *words], words, strict=False)]
        assert same(typed(now, work, environment)) == same(said), " ".join(words)


@pytest.mark.parametrize("page", PAGES)
def test_the_python_of_a_page_runs(server: Running, tmp_path: Path, page: str) -> None:
    """What a page offers to be copied works on a new registry with the namespace that it speaks of."""
    typed(["namespace", "create", "risk"], tmp_path, server.client_environment)
    write_model(tmp_path / "model", 1)
    code = "import holotype\nclient = holotype.Client()\n"
    code += "".join(PYTHON.findall((ROOT / page).read_text(encoding="utf-8")))
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=server.client_environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
