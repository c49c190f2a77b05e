"""Does a file that is much larger than the server's memory go through it, up and down?

The server may have 256 MiB of memory of its own: the kernel refuses it more (RLIMIT_DATA), and the most that was
resident in all of its processes (VmHWM) is compared with the same figure. The page cache is nobody's. The source is
removed once it is pushed, so twice the file's size is needed at most, and some room besides.
"""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path

from bench import budgets, content, processes, timing
from bench.options import Options
from bench.servers import place, serving
from bench.table import Row, verdict

LIMIT = budgets.THROUGH_MIB * content.MIB
_WANTED_ROOM, _RESERVE = 25 * content.GIB, 5 * content.GIB


@dataclass(frozen=True, slots=True)
class Passage:
    """A file that went up and down: seconds of each, peaks of memory, and whether it came back as it was."""

    size: int
    up: float
    down: float
    server_peak: int
    client_peak: int
    intact: bool


def size_that_fits(wanted: int, folder: Path) -> tuple[int, str]:
    """Return the size to use and, where the disk has too little room for the wanted one, a sentence that says so."""
    free = shutil.disk_usage(folder).free
    if free >= min(_WANTED_ROOM, 2 * wanted + _RESERVE):
        return wanted, ""
    fits = max(0, (free - _RESERVE) // 2) // content.MIB * content.MIB
    said = f"The disk has {free >> 30} GiB free, so {fits >> 20:,} MiB go through, not {wanted >> 20:,}."
    return min(wanted, fits), said


def send_through(folder: Path, size: int) -> Passage:
    """Push and pull a fresh file of so many bytes through a server with 256 MiB."""
    source, target = folder / "model.bin", folder / "pulled"
    digest = content.write(source, size)
    with serving(folder, memory=LIMIT) as server:
        up, first = timing.client("push", server.url, server.token, str(source), "default/big")
        source.unlink()
        down, second = timing.client("pull", server.url, server.token, "default/big:1", str(target))
        peak = processes.peak(server.pid)
    with (target / source.name).open("rb") as pulled:
        intact = hashlib.file_digest(pulled, "sha256").hexdigest() == digest.removeprefix("sha256:")
    return Passage(size, up, down, peak, max(first, second), intact)


def measure(options: Options) -> list[Row]:
    """Send ten GiB, or what fits."""
    with place() as folder:
        size, shortage = size_that_fits(options.big * content.GIB, folder)
        if shortage:
            print(shortage, flush=True)
        found = send_through(folder, size)
    mib, gib = size / content.MIB, f"{size / content.GIB:g} GiB"
    peak = found.server_peak / content.MIB
    return [
        Row(
            f"{gib} up and down through a server with {budgets.THROUGH_MIB} MiB",
            f"up {mib / found.up:,.0f} MiB/s, down {mib / found.down:,.0f} MiB/s, "
            + ("digest as before" if found.intact else "DIGEST DIFFERS"),
            f"peak: server {peak:.0f} MiB, client {found.client_peak / content.MIB:.0f} MiB",
            "",
            f"server ≤ {budgets.THROUGH_MIB} MiB",
            verdict(found.intact, found.server_peak <= LIMIT),
            "",
        )
    ]
