"""How quickly is the ledger proved, at a million entries? One inclusion proof by HTTP, and a whole export verified.

The ledger is filled through its own ``append``, so every hash is a real one. Verifying is measured in a process of its
own, as an auditor would run it; beside it stands the time that reading and hashing the same file alone takes.
"""

from __future__ import annotations

import hashlib
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench import budgets
from bench.driving import drive, get
from bench.options import Options
from bench.servers import place, serving
from bench.table import Row, verdict
from bench.timing import command
from holotype import Client, db
from holotype.domain import times
from holotype.domain.entities import Actor
from holotype.domain.events import Action
from holotype.ledger.append import Entry, append
from holotype.operations.migrate import migrate

ENTRIES, _BATCH, _ASKED = 1_000_000, 10_000, 2_000


def measure(options: Options) -> list[Row]:
    """Fill a ledger, ask a server for proofs, export it and verify the export."""
    with place() as folder:
        url = f"sqlite:///{folder / 'ledger.db'}"
        fill(url)
        with serving(folder, "--database", url) as server:
            chosen = random.Random(6962).choices(range(1, ENTRIES), k=_ASKED)
            requests = [get(server, f"/api/v1/ledger/proofs/inclusion?sequence={one}") for one in chosen]
            load = drive(server, requests, seconds=min(5.0, options.seconds), connections=1)
            began = time.perf_counter()
            with Client(server.url, server.token) as client:
                size = client.export_ledger(folder / "export")
                (folder / "key").write_text("\n".join(key.verifier for key in client.checkpoint_keys()))
            exported = time.perf_counter() - began
        program = str(Path(sys.executable).with_name("holotype"))
        seconds = command(program, "audit", "verify", folder / "export", "--key", folder / "key")
        bare = _hashed(folder / "export")
    print(f"    exported {size / 1e6:.0f} MB in {exported:.1f} s", flush=True)
    return [
        Row(
            f"inclusion proof at {ENTRIES:,} entries",
            f"p50 {load.at(0.5):.1f} ms, p95 {load.at(0.95):.1f} ms",
            "by HTTP, one connection",
            "",
            f"p95 ≤ {budgets.INCLUSION_MS:g} ms",
            verdict(load.at(0.95) <= budgets.INCLUSION_MS),
        ),
        Row(
            f"verify an export of {ENTRIES:,} entries",
            f"{seconds:.1f} s, {size / 1e6:.0f} MB",
            f"reading and hashing the file: {bare:.1f} s",
            f"{seconds / bare:.1f}×",
            f"≤ {budgets.VERIFY_SECONDS:g} s",
            verdict(seconds <= budgets.VERIFY_SECONDS),
        ),
    ]


def fill(url: str, entries: int = ENTRIES) -> None:
    """Fill the ledger of a database with entries, a multiple of a batch."""
    database = db.connect(url)
    try:
        migrate(database)
        for start in range(0, entries, _BATCH):
            with database.write() as tx:
                append(tx, actor=Actor("ada", token_id="bench"), now=times.now(), entries=list(_entries(start)))
    finally:
        database.close()


def _entries(start: int) -> Iterator[Entry]:
    for number in range(start, start + _BATCH):
        data: dict[str, object] = {"number": number % 97, "digest": f"sha256:{number:064x}", "from": "none"}
        data |= {"to": "staging", "reason": "passes the smoke test"}
        yield Entry(Action.VERSION_MOVED, f"risk/fraud-{number % 1_000}:{number % 97}", data)


def _hashed(file: Path) -> float:
    began = time.perf_counter()
    with file.open("rb") as stream:
        for line in stream:
            hashlib.sha256(line)
    return time.perf_counter() - began
