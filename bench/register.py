"""How fast does a durable registration go, eight at a time and one at a time?"""

from __future__ import annotations

import os
import time
from pathlib import Path
from statistics import median

from bench import budgets
from bench.driving import CONNECTIONS, Load, drive, get, middle
from bench.options import Options
from bench.registering import registrations
from bench.servers import Server, apart, place, serving
from bench.table import Row, verdict

_MANY, _ALONE = 3_000, 1_000


def measure(options: Options) -> list[Row]:
    """Register versions of one model; each is on the disk before it is answered."""
    with place() as folder, serving(folder, cores=apart()[0]) as server:
        runs = [_run(server, options, number) for number in range(options.runs)]
        flush = _flushes(folder)
    together, alone, noop = (middle([run[part] for run in runs]) for part in range(3))
    return [_rate(together, noop), _latency(alone, flush)]


def _run(server: Server, options: Options, number: int) -> tuple[Load, Load, Load]:
    """Register with eight connections, then with one; then ask for nothing with eight."""
    loads = [
        drive(
            server,
            registrations(server, f"line-{number}-{connections}", count, f"{number}-{connections}"),
            seconds=60,
            connections=connections,
            statuses=(201,),
            once=True,
        )
        for count, connections in ((_MANY, CONNECTIONS), (_ALONE, 1))
    ]
    return loads[0], loads[1], drive(server, [get(server, "/healthz")], seconds=min(2.0, options.seconds))


def _flushes(folder: Path, count: int = 300) -> float:
    """Return the median seconds in which 4 KiB get to the disk, appended to a file of the same folder."""
    times = []
    with (folder / "flushed").open("wb", buffering=0) as out:
        for _ in range(count):
            began = time.perf_counter()
            out.write(bytes(4096))
            os.fdatasync(out.fileno())
            times.append(time.perf_counter() - began)
    return median(times)


def _rate(found: Load, noop: Load) -> Row:
    least = budgets.REGISTER_TIMES * budgets.MLFLOW_REGISTER
    return Row(
        "register a version, durable, 8 connections",
        str(found),
        f"no-op route: {noop}",
        f"{found.rate / noop.rate:.2f} × no-op, {found.rate / budgets.MLFLOW_REGISTER:.1f} × MLflow",
        f"≥ {least:,}/s ({budgets.REGISTER_TIMES} × MLflow)",
        verdict(found.rate >= least),
        budgets.PEER_REGISTER,
    )


def _latency(found: Load, flush: float) -> Row:
    return Row(
        "register a version, durable, 1 connection",
        str(found),
        f"4 KiB written and flushed: {flush * 1e3:.2f} ms",
        f"{found.at(0.5) / flush / 1e3:.1f} × one flush",
    )
