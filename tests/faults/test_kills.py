"""Is anything that was acknowledged lost when the server is killed in the middle of a push, a commit or a move?"""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from holotype import Client, db
from holotype.domain import provenance
from holotype.errors import HolotypeError
from holotype.ledger import verify
from tests.support.fixtures import Backend
from tests.support.server import Running, serving

THREADS = 4
ROUNDS = 3


def client_of(server: Running) -> Client:
    """Return a client with the owner's token."""
    return Client(server.url, server.token)


def through_a_kill(server: Running, work: Callable[[Client, int, int], None], seconds: float) -> None:
    """Let some threads work, kill the server in the middle of what they do, and start it again."""
    stop = threading.Event()

    def loop(thread: int) -> None:
        client = client_of(server)
        turn = 0
        while not stop.is_set():
            with contextlib.suppress(HolotypeError):
                work(client, thread, turn)
            turn += 1

    threads = [threading.Thread(target=loop, args=(thread,)) for thread in range(THREADS)]
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    server.kill()
    server.start()
    stop.set()
    for thread in threads:
        thread.join()


def check_ledger(backend: Backend) -> None:
    """Every entry of the ledger still has its hash, and the head is that of the last one."""
    database = db.connect(backend.database_url)
    try:
        with database.snapshot() as tx:
            assert verify.verify_chain(tx).sound
    finally:
        database.close()


def place(backend: Backend) -> dict[str, object]:
    """Return the settings that point a server at a backend."""
    return {"database": backend.database_url, "store": backend.store_url, "environment": backend.environment}


def test_acknowledged_versions_survive_a_kill_whole(backend: Backend, tmp_path: Path) -> None:
    """Numbers are 1…n without a gap, each version's bytes are there, and nothing that was answered is missing."""
    acknowledged: dict[int, str] = {}

    def work(client: Client, thread: int, turn: int) -> None:
        folder = tmp_path / "models" / f"{os.urandom(6).hex()}"
        folder.mkdir(parents=True)
        (folder / "weights.bin").write_bytes(os.urandom(20_000))
        (folder / "config.json").write_text(f"[{thread}, {turn}]")
        version = client.push(folder, "fraud", code=None, environment=None)
        acknowledged[version.number] = version.digest

    with serving(tmp_path / "server", **place(backend)) as server:
        for turn in range(ROUNDS):
            through_a_kill(server, work, 0.8 + 0.4 * turn)
            client = client_of(server)
            found = {version.number: version.digest for version in client.versions("fraud")}
            assert acknowledged.items() <= found.items()
            assert sorted(found) == list(range(1, len(found) + 1))
        assert acknowledged
        for number in found:
            client.verify(f"fraud:{number}")
    check_ledger(backend)


def test_acknowledged_moves_survive_a_kill_and_one_version_is_in_production(backend: Backend, tmp_path: Path) -> None:
    """The last acknowledged move of each model stands, and the ledger tells the same story as the catalogue."""
    last: dict[int, int] = {}

    def setup(client: Client) -> None:
        for thread in range(THREADS):
            for turn in range(2):
                file = tmp_path / f"m{thread}-{turn}.bin"
                file.write_bytes(os.urandom(100))
                client.push(file, f"model-{thread}", code=None, environment=None)

    def work(client: Client, thread: int, turn: int) -> None:
        number = turn % 2 + 1
        reference = f"model-{thread}:{number}"
        if client.resolve(reference).stage == "production":
            return
        if client.resolve(reference).stage != "staging":
            client.promote(reference, "staging")
        client.promote(reference, "production", reason="kill test")
        last[thread] = number

    with serving(tmp_path / "server", **place(backend)) as server:
        setup(client_of(server))
        for turn in range(ROUNDS):
            through_a_kill(server, work, 0.7 + 0.3 * turn)
            client = client_of(server)
            for thread in range(THREADS):
                versions = list(client.versions(f"model-{thread}"))
                held = [version.number for version in versions if version.stage == "production"]
                assert len(held) <= 1
                moves = [e for e in client.history(f"model-{thread}") if e.action == "version.moved"]
                told = next((e.data["number"] for e in moves if e.data["to"] == "production"), None)
                assert held == ([told] if told else [])
        assert last
    check_ledger(backend)


def test_a_push_goes_on_after_the_server_was_killed_in_the_middle(backend: Backend, tmp_path: Path) -> None:
    """The parts that had arrived are not sent again, and the version is whole."""
    size, part = 64 * 2**20, 4 * 2**20
    file = tmp_path / "big.bin"
    file.write_bytes(os.urandom(size))
    with serving(tmp_path / "server", part_size=part, **place(backend)) as server:
        first = client_of(server)
        seen = threading.Event()

        def watch(progress: object) -> None:
            if getattr(progress, "phase", "") == "upload" and getattr(progress, "bytes_done", 0) >= 3 * part:
                seen.set()

        failure: list[BaseException] = []

        def push() -> None:
            try:
                first.push(file, "big", code=None, environment=None, progress=watch)
            except HolotypeError as error:
                failure.append(error)

        thread = threading.Thread(target=push)
        thread.start()
        assert seen.wait(30)
        server.kill()
        server.start()
        thread.join(60)
        client = client_of(server)
        if failure:
            client.push(file, "big", code=None, environment=None)
        assert [version.number for version in client.versions("big")] == [1]
        folder = client.pull("big:1", tmp_path / "out")
        pulled = hashlib.sha256((folder / "big.bin").read_bytes()).digest()
        assert pulled == hashlib.sha256(file.read_bytes()).digest()


def test_a_killed_server_leaves_no_version_without_files(backend: Backend, tmp_path: Path) -> None:
    """A version is registered after its bytes are durable: killed anywhere between, no row points to nothing."""
    with serving(tmp_path / "server", **place(backend)) as server:

        def work(client: Client, thread: int, turn: int) -> None:
            file = tmp_path / f"one-{thread}.bin"
            file.write_bytes(os.urandom(300_000))
            metric = provenance.Metric("turn", float(turn))
            client.push(file, f"many-{thread}", metrics=[metric], code=None, environment=None)

        for _ in range(ROUNDS):
            through_a_kill(server, work, 0.6)
        client = client_of(server)
        found = [version.reference for model in client.models() for version in client.versions(model.reference)]
        for reference in found:
            client.verify(reference)  # raises where a byte is missing or wrong
        assert found, "nothing was registered, so nothing was tested"


@pytest.mark.parametrize("workers", [1, 2])
def test_a_hundred_parallel_pushes_get_the_numbers_one_to_a_hundred(
    backend: Backend, tmp_path: Path, workers: int
) -> None:
    """Through HTTP, with one server process and with two: no gap, no duplicate."""
    with serving(tmp_path / "server", workers=workers, **place(backend)) as server:
        numbers: list[int] = []

        def push(part: int) -> None:
            client = client_of(server)
            for i in range(part, 100, 10):
                file = tmp_path / f"{i}.bin"
                file.write_bytes(f"weights {i}".encode())
                numbers.append(client.push(file, "fraud", code=None, environment=None).number)

        threads = [threading.Thread(target=push, args=(part,)) for part in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(numbers) == list(range(1, 101))
