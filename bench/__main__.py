"""How fast is Holotype, and how much does it take? ``python -m bench [NAME …]``; see docs/performance.md."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from importlib import import_module

from bench import machine
from bench.options import Options
from bench.servers import UNPINNED
from bench.table import Row, print_table, write_page

NAMES = (
    "resolve",
    "register",
    "search",
    "transfer",
    "again",
    "small",
    "serving",
    "starting",
    "installed",
    "through",
    "proof",
    "gates",
    "access",
    "pages",
)
"""Every benchmark is the module of its name, with ``measure(options) -> rows``."""
BESIDE = ("mlflow",)
"""Those that are run only when they are named: they install a peer."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the named benchmarks, or all; return 1 if a budget is missed."""
    asked = _parse(arguments)
    if asked.unpinned:
        os.environ[UNPINNED] = "yes"
    options = Options(seconds=asked.seconds, size=asked.size, runs=asked.runs, million=asked.million, big=asked.big)
    rows: list[Row] = []
    print(machine.describe(), flush=True)
    for name in asked.names or NAMES:
        began = time.perf_counter()
        module = import_module(f"bench.{name}")
        print(f"\n{name}: {module.__doc__.splitlines()[0]}", flush=True)
        rows += (found := module.measure(options))
        print_table(found)
        print(f"({time.perf_counter() - began:.0f} s)", flush=True)
    missed = [row.what for row in rows if row.met == "NO"]
    print(f"\n{len(rows)} figures; " + (f"missed: {'; '.join(missed)}" if missed else "every budget is met."))
    if asked.write:
        write_page(rows, machine.describe())
    return 1 if missed else 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure the budgets.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which benchmarks (all): {', '.join(NAMES + BESIDE)}")
    parser.add_argument("--write", action="store_true", help="put the figures into docs/performance.md")
    parser.add_argument("--million", action="store_true", help="search 1,000,000 versions as well")
    parser.add_argument("--unpinned", action="store_true", help="let server and load share all cores")
    parser.add_argument("--seconds", type=float, default=5.0, help="how long each load lasts (5)")
    parser.add_argument("--size", type=int, default=1024, help="MiB of the file to push and pull (1024)")
    parser.add_argument("--big", type=int, default=10, help="GiB to send through a small server (10)")
    parser.add_argument("--runs", type=int, default=3, help="runs of which the median is told (3)")
    found = parser.parse_args(arguments)
    if unknown := sorted(set(found.names) - set(NAMES + BESIDE)):
        parser.error(f"There is no benchmark {', '.join(unknown)}. There are: {', '.join(NAMES + BESIDE)}.")
    return found


if __name__ == "__main__":
    sys.exit(main())
