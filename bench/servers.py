"""How does a benchmark get a server? The real command, on an empty directory of its own, as a user would start it."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import holotype

ROOT = Path(__file__).resolve().parents[1]
HOST = "127.0.0.1"
PROGRAM = str(Path(sysconfig.get_path("scripts")) / "holotype")
UNPINNED = "BENCH_UNPINNED"
_PR_SET_PDEATHSIG = 1
_STACK = 2**20
_libc = ctypes.CDLL(None)


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its process, where it listens, the owner's token, and how long it took to be ready."""

    process: subprocess.Popen[bytes]
    port: int
    folder: Path
    token: str
    ready_after: float

    @property
    def url(self) -> str:
        """The URL for clients."""
        return f"http://{HOST}:{self.port}"

    @property
    def pid(self) -> int:
        """The id of the first process."""
        return self.process.pid

    def client(self, port: int | None = None) -> holotype.Client:
        """Return a client of the owner, perhaps through a relay on another port."""
        return holotype.Client(f"http://{HOST}:{port or self.port}", self.token)

    def headers(self) -> str:
        """Return the header lines of a request by hand."""
        return f"Host: {HOST}:{self.port}\r\nAuthorization: Bearer {self.token}\r\nAccept: application/json\r\n"

    def stop(self) -> None:
        """Ask the server to stop; insist after ten seconds."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(timeout=10)


@contextlib.contextmanager
def place(under: Path | None = None) -> Iterator[Path]:
    """Give an empty folder on the disk to be measured, and remove it afterwards.

    Below ``BENCH_FOLDER`` if that is set, else below ``build/``: the temporary folder of a machine may be in memory.
    """
    parent = under or Path(os.environ.get("BENCH_FOLDER") or ROOT / "build" / "bench")
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def serving(folder: Path, *options: str, cores: set[int] | None = None, memory: int | None = None) -> Iterator[Server]:
    """Serve the data in a folder until the block ends.

    ``cores`` are those that the server may use; ``memory`` is how much of its own it may have, in bytes.
    """
    server = start(folder, *options, cores=cores, memory=memory)
    try:
        yield server
    finally:
        server.stop()


def start(folder: Path, *options: str, cores: set[int] | None = None, memory: int | None = None) -> Server:
    """Start a server and return when /readyz answers 200."""
    port = free_port()
    variables = {name: text for name, text in os.environ.items() if not name.startswith("HOLOTYPE_")}
    variables |= {"XDG_CONFIG_HOME": str(folder / "config")}
    command = [PROGRAM, "serve", "--data", str(folder / "data"), "--port", str(port), *options]
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "log").open("wb") as log:
        began = time.perf_counter()
        process = subprocess.Popen(
            command,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            preexec_fn=lambda: confine(cores, memory),  # noqa: PLW1509 - some system calls, no lock is taken
        )
    while not _ready(port):
        if process.poll() is not None or time.perf_counter() - began > 60:
            process.kill()
            raise RuntimeError(f"The server did not start:\n{(folder / 'log').read_text(errors='replace')[-2000:]}")
        time.sleep(0.005)
    return Server(process, port, folder, _token(folder, port), time.perf_counter() - began)


def free_port() -> int:
    """Return a loopback port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def apart() -> tuple[set[int] | None, set[int] | None]:
    """Return cores for a server and one for what loads it; nothing where there is but one, or ``UNPINNED`` is set."""
    cores = sorted(os.sched_getaffinity(0))
    return (None, None) if len(cores) == 1 or UNPINNED in os.environ else (set(cores[:-1]), {cores[-1]})


def confine(cores: set[int] | None, memory: int | None) -> None:
    """Bind a process that has just begun to some cores and some memory, and to the life of its parent."""
    _libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
    if cores:
        os.sched_setaffinity(0, cores)
    if memory:
        # Private memory, the stacks of threads in full: so they get the size that other systems give them.
        resource.setrlimit(resource.RLIMIT_STACK, (_STACK, _STACK))
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))


def _ready(port: int) -> bool:
    try:
        with socket.create_connection((HOST, port), timeout=5) as probe:
            probe.sendall(f"GET /readyz HTTP/1.1\r\nHost: {HOST}:{port}\r\nConnection: close\r\n\r\n".encode())
            return probe.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def _token(folder: Path, port: int) -> str:
    """Return the owner's token, which the first start left for the OS user."""
    known = json.loads((folder / "config" / "holotype" / "credentials.json").read_text())
    for url, entry in known.items():
        if isinstance(entry, dict) and (url.rstrip("/").endswith(f":{port}") or len(known) <= 2):
            return str(entry["token"])
    raise RuntimeError("The server left no credentials.")
