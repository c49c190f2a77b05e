"""What happens when the disk with the bytes goes away under a running server, and comes back?"""

from __future__ import annotations

import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from holotype import Client
from holotype.client.retry import Retry
from holotype.errors import HolotypeError, Unavailable
from tests.support.bytes import noise
from tests.support.server import Running, serving

MIB = 2**20


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    """A server whose bytes lie in a folder of their own, as on another disk."""
    (tmp_path / "disk").mkdir()
    with serving(tmp_path / "server", store=str(tmp_path / "disk" / "blobs"), part_size=MIB) as running:
        yield running


def status(server: Running, path: str) -> int:
    """Return the status of a probe."""
    try:
        with urllib.request.urlopen(f"{server.url}{path}", timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def until(true: Callable[[], bool]) -> None:
    """Wait up to twenty seconds for something to become true."""
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_push_goes_on_when_the_disk_comes_back(server: Running, tmp_path: Path) -> None:
    """Meanwhile the server is alive and not ready, nothing is registered, and no blob is half there."""
    files = tmp_path / "in"
    files.mkdir()
    (files / "big.bin").write_bytes(noise(48 * MIB))
    disk, away = tmp_path / "disk", tmp_path / "away"
    sent, failures = threading.Event(), list[HolotypeError]()

    def push() -> None:
        with Client(server.url, server.token) as client:
            try:
                client.push(files, "fraud", progress=lambda p: sent.set() if p.bytes_done > 4 * MIB else None)
            except HolotypeError as error:
                failures.append(error)

    thread = threading.Thread(target=push)
    thread.start()
    assert sent.wait(30)
    disk.rename(away)
    until(lambda: status(server, "/readyz") == 503)
    assert status(server, "/healthz") == 200
    assert not disk.exists(), "a server makes no folder where a disk is missing"
    with Client(server.url, server.token) as client:
        assert list(client.models()) == []
        away.rename(disk)
        until(lambda: status(server, "/readyz") == 200)
        thread.join(90)
        assert failures == []
        assert client.verify("fraud:1").number == 1
        (tmp_path / "out").mkdir()
        assert (client.pull("fraud:1", tmp_path / "out") / "big.bin").read_bytes() == noise(48 * MIB)


def test_a_pull_from_a_disk_that_is_gone_leaves_no_file(
    server: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the catalogue knows is answered; the bytes are unavailable, and the error says so when patience is over."""
    begin = Retry.__init__
    monkeypatch.setattr(Retry, "__init__", lambda self, patience: begin(self, min(patience, 2.0)))
    (tmp_path / "a.bin").write_bytes(noise(MIB))
    with Client(server.url, server.token) as client:
        client.push(tmp_path / "a.bin", "fraud")
        (tmp_path / "disk").rename(tmp_path / "away")
        assert client.resolve("fraud:latest").number == 1
        with pytest.raises(Unavailable):
            client.pull("fraud:1", tmp_path / "out")
        assert [path for path in (tmp_path / "out").glob("*") if path.suffix != ".part"] == []
