"""How does MLflow's own server run beside ours? As its manual starts it, from an environment of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.clients.environments import python_of

HOST = "127.0.0.1"
_PATIENCE = 180.0


@dataclass(frozen=True, slots=True)
class Peer:
    """A running MLflow server: its process, where it listens, its folder, and how long it took to be ready."""

    process: subprocess.Popen[bytes]
    port: int
    folder: Path
    ready_after: float

    @property
    def url(self) -> str:
        """The URL for clients."""
        return f"http://{HOST}:{self.port}"

    @property
    def database(self) -> Path:
        """Its SQLite file."""
        return self.folder / "mlflow.db"

    @property
    def log(self) -> str:
        """What it wrote."""
        return (self.folder / "log").read_text(errors="replace")

    def headers(self) -> str:
        """Return the header lines of a request by hand; it knows no sign-in."""
        return f"Host: {HOST}:{self.port}\r\nAccept: application/json\r\n"


@contextlib.contextmanager
def peering(
    folder: Path,
    release: str = "mlflow-3.18",
    *,
    workers: int | None = None,
    prepare: Callable[[], object] = lambda: None,
) -> Iterator[Peer]:
    """Run MLflow's server on SQLite and a folder until the block ends; ``prepare`` is called in its process first."""
    folder.mkdir(parents=True, exist_ok=True)
    port, python = _free_port(), python_of(release)
    command = [str(python), "-m", "mlflow", "server", "--host", HOST, "--port", str(port)]
    command += ["--backend-store-uri", f"sqlite:///{folder / 'mlflow.db'}"]
    command += ["--artifacts-destination", str(folder / "artifacts")]
    command += ["--workers", str(workers)] if workers else []
    variables = {name: text for name, text in os.environ.items() if not name.startswith("MLFLOW_")}
    variables |= {"MLFLOW_DISABLE_TELEMETRY": "true", "PATH": f"{python.parent}:{os.environ['PATH']}"}
    with (folder / "log").open("wb") as log:
        began = time.perf_counter()
        process = subprocess.Popen(
            command,
            env=variables,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            preexec_fn=lambda: (os.setsid(), prepare()),  # noqa: PLW1509 - system calls, no lock is taken
        )
    try:
        while not _answers(port):
            if process.poll() is not None or time.perf_counter() - began > _PATIENCE:
                raise RuntimeError(f"MLflow did not start:\n{(folder / 'log').read_text(errors='replace')[-2000:]}")
            time.sleep(0.05)
        yield Peer(process, port, folder, time.perf_counter() - began)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(port: int) -> bool:
    try:
        with socket.create_connection((HOST, port), timeout=5) as probe:
            probe.sendall(f"GET /health HTTP/1.1\r\nHost: {HOST}:{port}\r\nConnection: close\r\n\r\n".encode())
            return probe.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False
