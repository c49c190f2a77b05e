"""How does a test talk to a real Holotype server? It starts one as a user would: a process of its own.

    with serving(tmp_path) as server:               # serving(tmp_path, workers=2, database=url, …)
        server.url, server.token, server.pid
        server.kill()           # SIGKILL, the whole group
        server.stop()           # SIGTERM; returns the exit code
        server.start()          # again, on the same port, with the same data

Settings are keyword arguments. The owner's credentials lie in a folder of the test's, never in that of whoever runs
the tests.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

PROGRAM = """
import json, os, pathlib, sys
from holotype import main, settings
given = {name: pathlib.Path(value) if name in ("data", "tls_certificate", "tls_key") else value
         for name, value in json.loads(sys.argv[1]).items()}
sys.exit(main.serve(settings.load(given)))
"""
READY = "Holotype is ready at "
_SECONDS = 30.0
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(slots=True)
class Running:
    """A server process, with the folder that it and its owner's credentials live in."""

    folder: Path
    settings: dict[str, object]
    environment: Mapping[str, str]
    url: str = ""
    process: subprocess.Popen[bytes] | None = None
    _starts: int = field(default=0)

    @property
    def pid(self) -> int:
        """The id of the server's first process."""
        assert self.process is not None
        return self.process.pid

    @property
    def home(self) -> Path:
        """What XDG_CONFIG_HOME is for this server and its clients."""
        return self.folder / "config"

    @property
    def credentials(self) -> Path:
        """The file that the server leaves for its owner."""
        return self.home / "holotype" / "credentials.json"

    @property
    def token(self) -> str:
        """The owner's token."""
        return str(json.loads(self.credentials.read_text())[self.url]["token"])

    @property
    def output(self) -> str:
        """What the last start printed."""
        return (self.folder / f"out-{self._starts}.txt").read_text(errors="replace")

    @property
    def log(self) -> str:
        """What the last start wrote to its log."""
        return (self.folder / f"log-{self._starts}.txt").read_text(errors="replace")

    @property
    def client_environment(self) -> dict[str, str]:
        """The variables with which a client process finds this server and its token."""
        return dict(self.environment) | {"HOLOTYPE_URL": self.url, "HOLOTYPE_TOKEN": self.token}

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the process without waiting for it."""
        self._starts += 1
        command = [sys.executable, "-c", PROGRAM, json.dumps(self.settings, default=str)]
        with (
            (self.folder / f"out-{self._starts}.txt").open("wb") as out,
            (self.folder / f"log-{self._starts}.txt").open("wb") as log,
        ):
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=log,
                env=dict(self.environment),
                preexec_fn=_own_group_that_dies_with_us,  # noqa: PLW1509 - two system calls, no lock is taken
            )
        return self.process

    def start(self) -> None:
        """Start the process and wait until it is ready; a second start takes the port of the first."""
        process = self.launch()
        end = time.monotonic() + _SECONDS
        while READY not in self.output or not self.output.endswith("\n"):
            if process.poll() is not None or time.monotonic() > end:
                self.kill()
                raise RuntimeError(f"The server did not start:\n{self.output}\n{self.log}")
            time.sleep(0.02)
        self.url = self.output.split(READY)[1].split()[0]
        self.settings["port"] = int(self.url.rsplit(":", 1)[1])

    def stop(self, seconds: float = _SECONDS) -> int:
        """Ask the server to stop and return its exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def kill(self) -> None:
        """End all processes of the server at once (SIGKILL)."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(_SECONDS)


def prepared(folder: Path, *, environment: Mapping[str, str] | None = None, **settings: object) -> Running:
    """Return a server that was not started yet: a free loopback port, and data in the folder unless said otherwise."""
    folder.mkdir(parents=True, exist_ok=True)
    variables = {name: value for name, value in os.environ.items() if not name.startswith("HOLOTYPE_")}
    variables |= dict(environment or {}) | {"XDG_CONFIG_HOME": str(folder / "config")}
    return Running(folder, {"data": str(folder / "data"), "port": 0} | settings, variables)


@contextlib.contextmanager
def serving(folder: Path, *, environment: Mapping[str, str] | None = None, **settings: object) -> Iterator[Running]:
    """Run a server for as long as the block lasts; settings are keyword arguments."""
    running = prepared(folder, environment=environment, **settings)
    running.start()
    try:
        yield running
    finally:
        running.kill()


def _own_group_that_dies_with_us() -> None:
    os.setsid()
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
