"""How does a test type commands? In a process of their own, against a running server."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.server import Running


@dataclass(frozen=True)
class Shell:
    """A person's shell: a folder to work in, and the registry that its environment names."""

    folder: Path
    environment: dict[str, str]

    def run(self, *arguments: str, code: int = 0, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command and check its exit code."""
        command = [sys.executable, "-c", "from holotype.cli import main; main()", *arguments]
        result = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment | environment,
            input="",
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == code, (arguments, result.returncode, result.stdout, result.stderr)
        assert "Traceback" not in result.stderr
        return result

    def ask(self, *arguments: str) -> Any:
        """Run a command with --json and return its one document."""
        return json.loads(self.run(*arguments, "--json").stdout)

    def refused(self, *arguments: str, code: int = 1, **environment: str) -> tuple[str, str]:
        """Run a command that fails and return its error and its hint (or nothing), which are all that it says."""
        result, beside = self.run(*arguments, code=code, **environment), ("push ", "pull ", "verify ", "  ")
        lines = [line for line in result.stderr.splitlines() if not line.startswith(beside)]
        assert (result.stdout, len(lines) in (1, 2)) == ("", True), result
        error, hint = [*lines, "hint: "][:2]
        assert error.startswith("error: ")
        assert hint.startswith("hint: ")
        return error.removeprefix("error: "), hint.removeprefix("hint: ")

    def write(self, name: str, content: str) -> str:
        """Write a file and return its name."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        return name


def shell_of(server: Running, folder: Path) -> Shell:
    """Return a shell in a folder, whose environment names a server and its owner's token."""
    environment = {
        "HOLOTYPE_URL": server.url,
        "HOLOTYPE_TOKEN": server.token,
        "XDG_CONFIG_HOME": str(folder),
        "PATH": "/usr/bin:/bin",
        "PYTHONUTF8": "1",
    }
    return Shell(folder, environment)
