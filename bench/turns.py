"""How are two servers measured on the same cores without one disturbing the other? By turns.

After its start a server may be busy with itself for a while, which is waited for. While one of them is measured, all
processes of the other are stopped (SIGSTOP), and go on afterwards.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from bench.processes import family

_QUIET, _WINDOW, _PATIENCE = 0.15, 2.0, 180.0
_TICKS = os.sysconf("SC_CLK_TCK")


class Process(Protocol):
    """What has a process id."""

    @property
    def pid(self) -> int:
        """The id of the first process of all."""


class Serves(Protocol):
    """A server, ours or another one."""

    @property
    def process(self) -> Process:
        """Its first process."""


@contextlib.contextmanager
def resting(server: Serves) -> Iterator[None]:
    """Stop all processes of a server while the block runs."""
    stopped = family(server.process.pid)
    for pid in stopped:
        _tell(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in stopped:
            _tell(pid, signal.SIGCONT)


def settle(server: Serves) -> None:
    """Wait until a server that was just started needs less than a seventh of a core for itself."""
    end = time.monotonic() + _PATIENCE
    before = _spent(server)
    while time.monotonic() < end:
        time.sleep(_WINDOW)
        now = _spent(server)
        if now - before < _QUIET * _WINDOW:
            return
        before = now
    raise RuntimeError("The server that was just started does not come to rest.")


def _spent(server: Serves) -> float:
    """Return the processor time of a server and all that it started, in seconds."""
    total = 0
    for pid in family(server.process.pid):
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
    return total / _TICKS


def _tell(pid: int, what: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, what)
