"""What is left of a file that an MLflow client was sending when something broke, and how much memory does it take?"""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import random
import resource
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from bench import content as contents
from bench import processes, servers
from bench.through import LIMIT, size_that_fits
from holotype.domain import digest
from tests.support.bytes import noise
from tests.support.server import Running, serving

MIB = 2**20
MLFLOW = "/api/2.0/mlflow"
FILES = "/api/2.0/mlflow-artifacts"
WANTED = int(os.environ.get("MEMORY_TEST_GIB", "1")) * contents.GIB


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    """A server over folders."""
    with serving(tmp_path / "server") as running:
        yield running


def ask(
    url: str, token: str, method: str, path: str, body: object = None, content: Any = None, **headers: str
) -> tuple[int, Any, dict[str, str]]:
    """Ask on a connection of its own, and return status, JSON and headers."""
    place = urlsplit(url)
    connection = http.client.HTTPConnection(place.netloc, timeout=120)
    headers |= {"Authorization": f"Bearer {token}"}
    if body is not None:
        headers["Content-Type"], content = "application/json", json.dumps(body).encode()
    try:
        connection.request(method, path, body=content, headers=headers)
        answer = connection.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if text else None, {k.lower(): v for k, v in answer.getheaders()}
    finally:
        connection.close()


def run_of(url: str, token: str) -> str:
    """Begin a run and return the place of its artifacts."""
    answer = ask(url, token, "POST", f"{MLFLOW}/runs/create", {"experiment_id": "0"})[1]
    return f"0/{answer['run']['info']['run_id']}/artifacts"


def listing(server: Running, run: str) -> dict[str, int]:
    """Return names and sizes of a run's files."""
    files = ask(server.url, server.token, "GET", f"{FILES}/artifacts?path={run}")[1]["files"]
    return {file["path"]: file["file_size"] for file in files}


def left(server: Running) -> list[str]:
    """Return what lies in the store: blobs by their names, what is on its way by its folder."""
    store = [path for path in (server.folder / "data" / "blobs").rglob("*") if path.is_file()]
    return sorted(path.name for path in store if path.name != "oci-layout")


def check_blobs(server: Running) -> None:
    """What has a blob's name has its digest."""
    for blob in server.folder.rglob("blobs/sha256/*"):
        assert digest.of(blob.read_bytes()) == f"sha256:{blob.name}"


@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
def test_a_client_that_goes_in_the_middle_leaves_nothing(server: Running, chunked: bool) -> None:
    """Whether it had said how much would come or not: the run has no file, the store no bytes."""
    run = run_of(server.url, server.token)
    place = urlsplit(server.url)
    assert place.hostname
    assert place.port
    connection = socket.create_connection((place.hostname, place.port), timeout=60)
    kind = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {8 * MIB}"
    head = [f"PUT {FILES}/artifacts/{run}/x HTTP/1.1", f"Host: {place.netloc}", f"Authorization: Bearer {server.token}"]
    connection.sendall("\r\n".join([*head, kind, "", ""]).encode())
    part = noise(4 * MIB)
    connection.sendall(b"%x\r\n%s\r\n" % (len(part), part) if chunked else part)
    time.sleep(0.3)
    assert len(left(server)) == 1
    connection.close()
    end = time.monotonic() + 10
    while left(server) and time.monotonic() < end:
        time.sleep(0.05)
    assert left(server) == []
    assert listing(server, run) == {}


@pytest.mark.timeout(240)
def test_kills_while_files_are_sent_lose_nothing_that_was_acknowledged(server: Running) -> None:
    """Each file is there whole or not at all, and whatever lies about is swept."""
    run = run_of(server.url, server.token)
    chance = random.Random(7)
    acknowledged: dict[str, int] = {}

    def sending(turn: int) -> None:
        with suppress(OSError, http.client.HTTPException):
            for number in range(20):
                name, size = f"{turn}-{number}", chance.choice([1_000, 3 * MIB, 9 * MIB])
                path = f"{FILES}/artifacts/{run}/{name}"
                if ask(server.url, server.token, "PUT", path, content=noise(size, number))[0] == 200:
                    acknowledged[name] = size

    for turn in range(4):
        sender = threading.Thread(target=sending, args=(turn,))
        sender.start()
        time.sleep(0.05 + 0.2 * chance.random())
        server.kill()
        sender.join()
        server.start()
        assert acknowledged.items() <= listing(server, run).items()
        check_blobs(server)
    for name, size in acknowledged.items():
        status, _, headers = ask(server.url, server.token, "HEAD", f"{FILES}/artifacts/{run}/{name}")
        assert (status, headers["content-length"]) == (200, str(size))


@pytest.mark.timeout(240)
def test_kills_while_parts_are_sent_lose_none_that_was_acknowledged(server: Running) -> None:
    """The upload goes on where it was, after any number of kills, also while it is completed."""
    content, size = noise(12 * MIB + 5), MIB
    run, chance = run_of(server.url, server.token), random.Random(11)
    body = {"path": "x", "num_parts": 13}
    begun = ask(server.url, server.token, "POST", f"{FILES}/mpu/create/{run}", body)[1]
    tags: dict[int, str] = {}

    def going_on() -> None:
        with suppress(OSError, http.client.HTTPException, ValueError):
            for credential in reversed(begun["credentials"]):
                number = credential["part_number"]
                if number not in tags:
                    part, path = content[(number - 1) * size : number * size], urlsplit(credential["url"]).path
                    status, _, headers = ask(server.url, server.token, "PUT", path, content=part)
                    if status == 200:
                        tags[number] = headers["etag"]
            parts = [{"part_number": number, "etag": etag} for number, etag in tags.items()]
            done = {"path": "x", "upload_id": begun["upload_id"], "parts": parts}
            ask(server.url, server.token, "POST", f"{FILES}/mpu/complete/{run}", done)

    for _ in range(6):
        sender = threading.Thread(target=going_on)
        sender.start()
        time.sleep(0.02 + 0.1 * chance.random())
        server.kill()
        sender.join()
        server.start()
    going_on()
    assert listing(server, run) == {"x": len(content)}
    check_blobs(server)
    assert left(server) == [digest.of(content).removeprefix("sha256:")]


def test_a_full_disk_is_told_and_leaves_nothing(server: Running) -> None:
    """Whole or in parts; what was there before is still served, and when there is room again, all goes on."""
    run = run_of(server.url, server.token)
    path = f"{FILES}/artifacts/{run}/x"
    assert ask(server.url, server.token, "PUT", path, content=b"before")[0] == 200
    begun = ask(server.url, server.token, "POST", f"{FILES}/mpu/create/{run}", {"path": "y", "num_parts": 2})[1]
    first = urlsplit(begun["credentials"][0]["url"]).path
    limits = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in processes.family(server.pid)}
    for pid in limits:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (4 * MIB, resource.RLIM_INFINITY))
    try:
        for place in (path, first):
            status, error, _ = ask(server.url, server.token, "PUT", place, content=noise(6 * MIB))
            assert (status, error["error_code"]) == (429, "RESOURCE_EXHAUSTED")
            assert "no space" in error["message"]
    finally:
        for pid, limit in limits.items():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limit)
    assert listing(server, run) == {"x": 6}
    assert ask(server.url, server.token, "PUT", first, content=noise(6 * MIB))[0] == 200
    assert ask(server.url, server.token, "PUT", path, content=noise(6 * MIB))[0] == 200
    assert listing(server, run) == {"x": 6 * MIB}


@pytest.mark.timeout(300 + 120 * (WANTED // contents.GIB))
def test_a_file_larger_than_the_memory_passes_through_mlflows_protocol(tmp_path: Path) -> None:
    """Up whole, up in parts at once, and down: through a server that the kernel refuses more than 256 MiB."""
    size, shortage = size_that_fits(WANTED, tmp_path)
    assert size > 2 * LIMIT, shortage
    source = tmp_path / "model.bin"
    name = contents.write(source, size)
    with servers.serving(tmp_path, memory=LIMIT) as server:
        url, token = server.url, server.token
        run = run_of(url, token)
        with source.open("rb") as whole:
            length = {"Content-Length": str(size)}
            assert ask(url, token, "PUT", f"{FILES}/artifacts/{run}/x", content=whole, **length)[0] == 200
        _in_parts(url, token, run, source)
        for file in ("x", "y"):
            assert _hash_of(url, token, f"{FILES}/artifacts/{run}/{file}") == name
        assert processes.peak(server.pid) <= LIMIT


def _in_parts(url: str, token: str, run: str, source: Path) -> None:
    """Send a file in parts of 64 MiB, four at once."""
    size, step = source.stat().st_size, 64 * MIB
    body = {"path": "y", "num_parts": -(-size // step)}
    begun = ask(url, token, "POST", f"{FILES}/mpu/create/{run}", body)[1]
    waiting = list(begun["credentials"])

    def sending() -> None:
        while waiting:
            with suppress(IndexError):
                credential = waiting.pop()
                with source.open("rb") as part:
                    part.seek((credential["part_number"] - 1) * step)
                    content = part.read(step)
                assert ask(url, token, "PUT", urlsplit(credential["url"]).path, content=content)[0] == 200

    threads = [threading.Thread(target=sending) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done = {"path": "y", "upload_id": begun["upload_id"]}
    assert ask(url, token, "POST", f"{FILES}/mpu/complete/{run}", done)[0] == 200


def _hash_of(url: str, token: str, path: str) -> str:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=120)
    connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
    answer, sha = connection.getresponse(), hashlib.sha256()
    while chunk := answer.read(MIB):
        sha.update(chunk)
    connection.close()
    return f"sha256:{sha.hexdigest()}"
