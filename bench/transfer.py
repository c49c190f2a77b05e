"""How fast do big files go in and out, against programs that hash and copy on the same disk in the same run?

Each run has a fresh file. It has just been written and flushed, so both sides read it from the page cache. Before each
measurement what others left to write is flushed. `cp` does not wait for the disk; the server and the client do.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from statistics import median

from bench import budgets, content, timing
from bench.options import Options
from bench.servers import Server, place, serving
from bench.table import Row, verdict

Pair = tuple[float, float]
"""Seconds of ours, seconds of the reference."""


def measure(options: Options) -> list[Row]:
    """Push and pull a file, several times, each next to its reference."""
    with place() as folder, serving(folder) as server:
        runs = [_run(server, folder / f"run-{number}", options.size, number) for number in range(options.runs)]
    pushes, pulls = [run[0] for run in runs], [run[1] for run in runs]
    durable = f"cp and flush: {options.size / median(run[2] for run in runs):,.0f} MiB/s"
    size = f"{options.size / 1024:g} GiB"
    return [
        _row(f"push {size}", pushes, options.size, "sha256sum, cp", (budgets.MLFLOW_PUSH, budgets.PUSH_TIMES), durable),
        _row(
            f"pull {size}, verified",
            pulls,
            options.size,
            "cp, sha256sum",
            (budgets.MLFLOW_PULL, budgets.PULL_TIMES),
            durable,
        ),
    ]


def _run(server: Server, folder: Path, mib: int, number: int) -> tuple[Pair, Pair, float]:
    """Push and pull one fresh file, who goes first alternates; and have a copy of it on the disk."""
    source, model = folder / "model.bin", f"default/transfer-{number}"
    content.write(source, mib * content.MIB)
    turns = [lambda: _push(server, source, model), lambda: _hash_and_copy(source, folder / "copy")]
    push = _both(turns, number)
    turns = [lambda: _pull(server, model, folder / "pulled"), lambda: _copy_and_hash(source, folder / "copy")]
    pull = _both(turns, number)
    os.sync()
    durable = timing.command("cp", source, folder / "copy") + timing.command("sync", folder / "copy")
    shutil.rmtree(folder)
    return push, pull, durable


def _both(turns: list, number: int) -> Pair:
    times = [0.0, 0.0]
    for turn in (0, 1) if number % 2 == 0 else (1, 0):
        os.sync()
        times[turn] = turns[turn]()
    return times[0], times[1]


def _push(server: Server, source: Path, model: str) -> float:
    return timing.client("push", server.url, server.token, str(source), model)[0]


def _pull(server: Server, model: str, target: Path) -> float:
    return timing.client("pull", server.url, server.token, f"{model}:1", str(target))[0]


def _hash_and_copy(source: Path, target: Path) -> float:
    seconds = timing.command("sha256sum", source) + timing.command("cp", source, target)
    target.unlink()
    return seconds


def _copy_and_hash(source: Path, target: Path) -> float:
    seconds = timing.command("cp", source, target) + timing.command("sha256sum", target)
    target.unlink()
    return seconds


def _row(what: str, pairs: list[Pair], mib: int, reference: str, least: tuple[int, int], durable: str) -> Row:
    peer, times = least
    ours, theirs = mib / median(one for one, _ in pairs), mib / median(other for _, other in pairs)
    share = median(other / one for one, other in pairs)
    return Row(
        what,
        f"{ours:,.0f} MiB/s",
        f"{reference}: {theirs:,.0f} MiB/s; {durable}",
        f"{share:.0%} of {reference}, {ours / peer:.1f} × MLflow",
        f"≥ {peer * times:,} MiB/s ({times} × MLflow), ≥ {budgets.TRANSFER_SHARE:.0%}",
        verdict(ours >= peer * times, share >= budgets.TRANSFER_SHARE),
        f"{peer} MiB/s",
    )
