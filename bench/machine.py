"""On what was it measured? The parts that matter, without the name of a host or a folder."""

from __future__ import annotations

import os
import platform
import sqlite3
from pathlib import Path


def describe() -> str:
    """Return one sentence about this machine."""
    cores = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    python = f"{platform.python_implementation()} {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    return f"Machine: {_cpu()}, {cores} cores, {memory:.0f} GiB of memory, Linux {_kernel()}, {python}."


def _cpu() -> str:
    known = dict(
        (part.strip() for part in line.split(":", 1))
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        if ":" in line
    )
    extensions = "with SHA" if "sha_ni" in known.get("flags", "").split() else "without SHA"
    return f"{known.get('model name', platform.machine())} ({extensions} instructions)"


def _kernel() -> str:
    return ".".join(platform.release().split("-")[0].split(".")[:2])
