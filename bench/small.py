"""How fast do thousands of small files go in and out?"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from statistics import median

from bench import content, timing
from bench.options import Options
from bench.servers import Server, place, serving
from bench.table import Row

FILES, SIZE = 5_000, 4_096


def measure(options: Options) -> list[Row]:
    """Push and pull a directory of small files next to hashing and copying it."""
    with place() as folder, serving(folder) as server:
        runs = [_run(server, folder / f"run-{number}", number) for number in range(options.runs)]
    push, pull, copy = (median(run[part] for run in runs) for part in range(3))
    what = f"{FILES:,} files of {SIZE >> 10} KiB"
    reference = f"sha256sum, cp -r: {copy:.2f} s"
    return [
        Row(f"push {what}", f"{push:.2f} s, {FILES / push:,.0f} files/s", reference, f"{push / copy:.1f} × as long"),
        Row(f"pull {what}", f"{pull:.2f} s, {FILES / pull:,.0f} files/s", reference, f"{pull / copy:.1f} × as long"),
    ]


def _run(server: Server, folder: Path, number: int) -> tuple[float, float, float]:
    source, model = folder / "source", f"default/small-{number}"
    content.write_many(source, FILES, SIZE)
    os.sync()
    copy = timing.command("find", source, "-type", "f", "-exec", "sha256sum", "{}", "+")
    copy += timing.command("cp", "-r", source, folder / "copy")
    os.sync()
    push = timing.client("push", server.url, server.token, str(source), model)[0]
    os.sync()
    pull = timing.client("pull", server.url, server.token, f"{model}:1", str(folder / "pulled"))[0]
    shutil.rmtree(folder)
    return push, pull, copy
