"""How does the demo narrate? It prints each command as a user would type it, runs it, and shows what it said."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HOLOTYPE = Path(sys.executable).with_name("holotype")
START_SECONDS = 60


class DemoFailed(Exception):
    """A step did not do what it should."""


@dataclass(frozen=True, slots=True)
class Shell:
    """A place to run commands in: a folder of its own, and the environment that points at the demo's server.

    ``who`` is shown before the prompt where several people take part.
    """

    folder: Path
    environment: dict[str, str]
    who: str = ""

    def say(self, text: str) -> None:
        """Head a step."""
        print(f"\n\033[1m{text}\033[0m" if sys.stdout.isatty() else f"\n# {text}", flush=True)

    def run(self, command: str, *, fails: bool = False) -> str:
        """Show a command, run it, show its output and return it; it must succeed, or fail where ``fails`` says so."""
        print(f"{self.who}$ {command}", flush=True)
        done = self._run(command)
        print(done.stdout + done.stderr, end="", flush=True)
        if (done.returncode != 0) is not fails:
            raise DemoFailed(f"`{command}` ended with exit code {done.returncode}.")
        return done.stdout + done.stderr

    def ask(self, command: str) -> Any:
        """Run a command quietly with ``--json`` and return what it answered: how each step is checked."""
        done = self._run(f"{command} --json")
        if done.returncode != 0:
            raise DemoFailed(f"`{command} --json` ended with exit code {done.returncode}: {done.stderr}")
        return json.loads(done.stdout)

    def check(self, claim: str, truth: bool) -> None:
        """Stop the demo unless a claim is true."""
        if not truth:
            raise DemoFailed(f"Not true: {claim}")
        print(f"  ✓ {claim}", flush=True)

    def _run(self, command: str) -> subprocess.CompletedProcess[str]:
        words = shlex.split(command)
        programs = {"holotype": str(HOLOTYPE), "python": sys.executable}
        return subprocess.run(
            [programs.get(words[0], words[0]), *words[1:]],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )


def play(story: Callable[[Shell], None]) -> int:
    """Play a story against a server of its own, in a folder of its own; return 0 if every step of it was right."""
    with tempfile.TemporaryDirectory(prefix="holotype-demo-") as name:
        try:
            with served(Path(name)) as shell:
                story(shell)
        except DemoFailed as failure:
            print(f"\nThe demo failed: {failure}", file=sys.stderr)
            return 1
    print("\nEvery step was checked.")
    return 0


@contextmanager
def served(folder: Path) -> Iterator[Shell]:
    """Start a server of its own in a folder, leave its credentials there, and stop it at the end."""
    print("$ holotype serve --data registry --port 0", flush=True)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("HOLOTYPE_")}
    environment |= {"XDG_CONFIG_HOME": str(folder / "config"), "NO_COLOR": "1", "PYTHONUNBUFFERED": "1"}
    with (folder / "server.log").open("w+") as log:
        server = subprocess.Popen(
            [str(HOLOTYPE), "serve", "--data", "registry", "--port", "0"],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        try:
            url = _url_of(server)
            yield Shell(folder, environment | {"HOLOTYPE_URL": url})
            server.terminate()
            if server.wait(START_SECONDS) != 0:
                raise DemoFailed(f"The server ended with exit code {server.returncode}.")
        except BaseException:
            log.seek(0)
            print(log.read()[-4_000:], file=sys.stderr)
            raise
        finally:
            server.kill()
            server.wait()


def _url_of(server: subprocess.Popen[str]) -> str:
    assert server.stdout is not None
    for line in server.stdout:
        print(line, end="", flush=True)
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        if found:
            return found.group()
    raise DemoFailed("The server ended before it was ready.")
