"""May many threads be the first to read a shape? Each gets it, and the process goes on."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

SRC = Path(__file__).resolve().parents[3] / "src" / "holotype"
PROGRAM = """
import sys, threading
from datetime import datetime
from msgspec import Struct
from holotype.wire import decoding

sys.setswitchinterval(1e-6)
TEXT = b'{"b": {"a": {"t": "2024-01-01T00:00:00Z"}, "l": [{"x": 2}]}, "bs": [{"a": {}}]}'
for _ in range(200):
    class A(Struct):
        x: int = 0
        t: datetime | None = None
    class B(Struct):
        a: A
        l: list[A] = []
    class C(Struct):
        b: B | None = None
        bs: list[B] = []
    found = []
    start = threading.Barrier(8)
    def read():
        start.wait()
        found.append(decoding.read(TEXT, C).b.l[0].x)
    threads = [threading.Thread(target=read) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert found == [2] * 8
print("done")
"""


def test_many_threads_may_read_a_shape_first() -> None:
    """Two that ask msgspec at once end the process."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "done\n"), done.stderr


def test_shapes_are_read_by_way_of_it_where_threads_are() -> None:
    """The client, whose transfers have threads, and what presents things."""
    files = [*(SRC / "client").rglob("*.py"), *(SRC / "wire").rglob("*.py")]
    told = [file for file in files if re.search(r"json\.decode\([^)]*type=", file.read_text(encoding="utf-8"))]
    assert told == []
