"""How long does it take? Commands from start to end, and calls of the client in a process of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bench.servers import ROOT


def command(*words: str | Path, env: dict[str, str] | None = None) -> float:
    """Run a command and return its seconds from start to end."""
    began = time.perf_counter()
    subprocess.run(words, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=env)
    return time.perf_counter() - began


def client(verb: str, url: str, token: str, *arguments: str) -> tuple[float, int]:
    """Call ``Client.<verb>`` in a fresh process; return the seconds of the call and the process's peak memory."""
    program = [sys.executable, "-m", "bench.timing", verb, *arguments]
    variables = os.environ | {"HOLOTYPE_URL": url, "HOLOTYPE_TOKEN": token}
    result = subprocess.run(program, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise RuntimeError(f"{verb} failed: {result.stderr[-2000:]}")
    told = json.loads(result.stdout)
    return told["seconds"], told["peak"]


def _call(verb: str, arguments: Sequence[str]) -> None:
    import holotype  # noqa: PLC0415 - the time of the import is another figure

    with holotype.Client() as made:
        function = getattr(made, verb)
        began = time.perf_counter()
        function(*arguments)
        seconds = time.perf_counter() - began
    # Not getrusage's ru_maxrss: that begins with what the process that started this one had.
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    peak = int(status["VmHWM"].split()[0]) * 1024
    json.dump({"seconds": seconds, "peak": peak}, sys.stdout)


if __name__ == "__main__":
    _call(sys.argv[1], sys.argv[2:])
