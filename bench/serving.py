"""When is a server ready, and how much memory does it hold, idle and after work?"""

from __future__ import annotations

from pathlib import Path
from statistics import median

from bench import budgets, content, processes, timing
from bench.driving import drive, get
from bench.options import Options
from bench.registering import registrations
from bench.servers import Server, place, serving, start
from bench.table import Row, verdict

_REGISTRATIONS = 3_000


def measure(options: Options) -> list[Row]:
    """Start servers on an empty and on a used directory; load one of them."""
    with place() as folder:
        first, again = _ready_times(folder, max(3, options.runs))
        with serving(folder / "loaded") as server:
            idle = processes.memory(server.pid)
            _work(server, options)
            after = processes.memory(server.pid)
    return [
        _ready("server ready, first start on an empty directory", first),
        _ready("server ready, later starts", again),
        _memory("server memory, all processes, idle", idle),
        _memory("server memory, all processes, after load", after),
    ]


def _ready_times(folder: Path, runs: int) -> tuple[float, float]:
    """Return the median seconds from the start of the process to the first 200 of /readyz."""
    first, again = [], []
    for number in range(runs):
        for times in (first, again):
            server = start(folder / str(number))
            server.stop()
            times.append(server.ready_after)
    return median(first), median(again)


def _work(server: Server, options: Options) -> None:
    """Register, resolve, list, push and pull."""
    requests = registrations(server, "many", _REGISTRATIONS, "m")
    drive(server, requests, seconds=60, statuses=(201,), once=True)
    for path in ("/api/v1/resolve?reference=default/many%3Alatest", "/api/v1/versions?query=tag.team%3Arisk&limit=100"):
        drive(server, [get(server, path)], seconds=options.seconds)
    source = server.folder / "model.bin"
    content.write(source, options.size * content.MIB // 2)
    timing.client("push", server.url, server.token, str(source), "default/pushed")
    timing.client("pull", server.url, server.token, "default/pushed:1", str(server.folder / "pulled"))


def _ready(what: str, seconds: float) -> Row:
    budget = f"≤ {budgets.READY_SECONDS:g} s"
    return Row(what, f"{seconds:.2f} s", "", "", budget, verdict(seconds <= budgets.READY_SECONDS), budgets.PEER_READY)


def _memory(what: str, found: processes.Memory) -> Row:
    rss, pss, peak = (size / content.MIB for size in (found.resident, found.proportional, found.peak))
    return Row(
        what,
        f"RSS {rss:.0f} MiB, PSS {pss:.0f} MiB, peak {peak:.0f} MiB, {found.processes} process(es)",
        "",
        "",
        f"RSS ≤ {budgets.RESIDENT_MIB} MiB",
        verdict(rss <= budgets.RESIDENT_MIB),
        budgets.PEER_RESIDENT,
    )
