"""How does a test run start a server of its own and never leave it behind?

A server listens on a free loopback port, is stopped by its own process id, and on Linux is told by the kernel to stop
when its parent dies without a word (SIGKILL), so that no run leaves a process.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

LOOPBACK = "127.0.0.1"
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def free_port() -> int:
    """Return a loopback port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def accepts(port: int) -> bool:
    """Say whether somebody listens on this loopback port."""
    try:
        socket.create_connection((LOOPBACK, port), timeout=1).close()
    except OSError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Server:
    """A server process and the port on which it answers."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path
    stop_signal: signal.Signals

    def stop(self) -> None:
        """Ask the process to stop; insist after ten seconds."""
        if self.process.poll() is None:
            self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(timeout=10)


def start_server(
    command: Callable[[int], Sequence[str]],
    log: Path,
    *,
    user: int | None = None,
    stop_signal: signal.Signals = signal.SIGTERM,
    ready: Callable[[int], bool] = accepts,
) -> Server:
    """Start ``command(port)`` and return when ``ready(port)``; another port is tried if that one was just taken."""
    for _ in range(3):
        port = free_port()
        server = Server(_launch(command(port), log, user, stop_signal), port, log, stop_signal)
        if _becomes_ready(server, ready):
            return server
        server.stop()
    last_words = log.read_text(errors="replace")
    raise RuntimeError(f"{command(0)[0]} did not start; its last words were:\n{last_words}")


def _launch(
    command: Sequence[str], log: Path, user: int | None, stop_signal: signal.Signals
) -> subprocess.Popen[bytes]:
    """Start a process that writes to a log and stops when we are gone."""
    with log.open("wb") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            user=user,
            group=user and group_of(user),
            extra_groups=None if user is None else [],
            preexec_fn=lambda: _die_with_parent(stop_signal),  # noqa: PLW1509 - one system call, no lock is taken
        )


def _becomes_ready(server: Server, ready: Callable[[int], bool]) -> bool:
    """Wait until the server answers; give up when it ends or half a minute is over."""
    end = time.monotonic() + 30
    while time.monotonic() < end and server.process.poll() is None:
        if ready(server.port):
            return True
        time.sleep(0.02)
    return False


def group_of(user: int) -> int:
    """Return the primary group of a user id."""
    import pwd  # noqa: PLC0415 - not there on Windows, where nobody asks

    return pwd.getpwuid(user).pw_gid


def unprivileged_user() -> int | None:
    """Return the id of a user without rights if we are root (some servers refuse root), else ``None``."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return None
    import pwd  # noqa: PLC0415 - not there on Windows

    return pwd.getpwnam("nobody").pw_uid


def _die_with_parent(stop_signal: signal.Signals) -> None:
    """Have the kernel stop this process when the one that started it is gone."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(stop_signal), 0, 0, 0)
