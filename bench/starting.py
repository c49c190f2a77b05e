"""How long until `holotype --help` is there, and how long does `import holotype` take?"""

from __future__ import annotations

import sys
from statistics import median

from bench import budgets, timing
from bench.options import Options
from bench.servers import PROGRAM
from bench.table import Row, verdict

_RUNS = 10


def measure(options: Options) -> list[Row]:  # noqa: ARG001 - these take no time worth an option
    """Start each program ten times, in turn, as whole processes."""
    programs = {
        "bare": (sys.executable, "-c", "pass"),
        "help": (PROGRAM, "--help"),
        "import": (sys.executable, "-c", "import holotype"),
        "client": (sys.executable, "-c", "import holotype; holotype.Client"),
        "version": (PROGRAM, "version"),
    }
    times: dict[str, list[float]] = {name: [] for name in programs}
    for turn in range(_RUNS + 1):
        for name, words in programs.items():
            seconds = timing.command(*words)
            if turn:  # the first start fills the page cache and writes bytecode
                times[name].append(seconds)
    middle = {name: median(found) for name, found in times.items()}
    bare = middle["bare"]
    return [
        _row("`holotype --help`, whole process", middle["help"], bare, budgets.HELP_SECONDS, budgets.PEER_HELP),
        _row("`import holotype`", middle["import"] - bare, bare, budgets.IMPORT_SECONDS, budgets.PEER_IMPORT),
        _row("`holotype.Client`", middle["client"] - bare, bare, budgets.IMPORT_SECONDS, budgets.PEER_IMPORT),
        _row("`holotype version`, whole process", middle["version"], bare, None, ""),
    ]


def _row(what: str, seconds: float, bare: float, most: float | None, peer: str) -> Row:
    return Row(
        what,
        f"{seconds * 1e3:.0f} ms",
        f"python -c pass: {bare * 1e3:.0f} ms",
        f"{seconds / bare:.1f} ×",
        f"≤ {most:g} s" if most else "",
        verdict(seconds <= most) if most else "",
        peer,
    )
