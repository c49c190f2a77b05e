"""What is left when a connection breaks, a file is damaged or a server is killed in the middle of a transfer?"""

from __future__ import annotations

import http.client
import json
import os
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from holotype.domain import digest
from tests.support.bytes import noise
from tests.support.server import Running, serving

MIB = 2**20
PART = MIB
SPACE = "/api/v1/namespaces/default"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    """A server whose uploads have parts of 1 MiB."""
    with serving(tmp_path / "server", part_size=PART) as running:
        yield running


def ask(server: Running, method: str, path: str, body: object = None, content: bytes | None = None) -> tuple[int, Any]:
    """Ask on a connection of its own, and return status and JSON."""
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=60)
    headers = {"Authorization": f"Bearer {server.token}"}
    if body is not None:
        headers["Content-Type"], content = "application/json", json.dumps(body).encode()
    try:
        connection.request(method, path, body=content, headers=headers)
        answer = connection.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if text else None
    finally:
        connection.close()


def connect(server: Running, method: str, path: str, length: int) -> socket.socket:
    """Send the head of a request."""
    place = urlsplit(server.url)
    assert place.hostname
    assert place.port
    connection = socket.create_connection((place.hostname, place.port), timeout=60)
    lines = [f"{method} {path} HTTP/1.1", f"Host: {place.netloc}", f"Authorization: Bearer {server.token}"]
    connection.sendall("\r\n".join([*lines, f"Content-Length: {length}", "", ""]).encode())
    return connection


def begin(server: Running, content: bytes) -> dict[str, Any]:
    """Begin or resume an upload."""
    status, upload = ask(server, "POST", f"{SPACE}/uploads", {"digest": digest.of(content), "size": len(content)})
    assert status == 201
    return dict(upload)


def send_missing(server: Running, upload: dict[str, Any], content: bytes) -> None:
    """Send the parts that are not there."""
    for number in set(range(-(-len(content) // PART))) - set(upload["parts"]):
        part = content[number * PART : (number + 1) * PART]
        assert ask(server, "PUT", f"{SPACE}/uploads/{upload['id']}/parts/{number}", content=part)[0] == 204


def blobs(server: Running) -> list[Path]:
    """Return what lies under final names."""
    return list(server.folder.rglob("blobs/sha256/*"))


def test_a_part_that_was_cut_off_does_not_count(server: Running) -> None:
    """The connection breaks in the middle; the part is free to be sent again at once."""
    content = noise(3 * PART)
    upload = begin(server, content)
    connection = connect(server, "PUT", f"{SPACE}/uploads/{upload['id']}/parts/1", PART)
    connection.sendall(content[: PART // 2])
    connection.close()
    path = f"{SPACE}/uploads/{upload['id']}"
    assert ask(server, "GET", path)[1]["parts"] == []
    _until(lambda: ask(server, "PUT", f"{path}/parts/1", content=content[PART : 2 * PART])[0] == 204)
    send_missing(server, begin(server, content), content)
    assert ask(server, "POST", f"{path}/complete")[0] == 200


def test_a_file_that_was_cut_off_leaves_nothing(server: Running) -> None:
    """Neither a blob nor anything beside it."""
    content = noise(5 * MIB)
    connection = connect(server, "PUT", f"{SPACE}/blobs/{digest.of(content)}", len(content))
    connection.sendall(content[:-1])
    connection.close()
    _until(lambda: not list(server.folder.rglob("incoming/*")))
    assert blobs(server) == []


def test_a_refusal_reaches_a_client_that_is_still_sending(server: Running) -> None:
    """Not a broken pipe: the answer says what is wrong."""
    content = noise(20 * MIB)
    for path, length in ((f"{SPACE}/uploads/none/parts/0", 20 * MIB), (f"{SPACE}/blobs/sha256:short", 20 * MIB)):
        connection = connect(server, "PUT", path, length)
        connection.sendall(content)
        assert b'"code":"' in connection.recv(65_536)
        connection.close()


def test_a_blob_that_shrinks_while_it_is_sent_breaks_the_connection(server: Running) -> None:
    """The client gets fewer bytes than promised, and knows."""
    content = noise(64 * MIB)
    send_missing(server, upload := begin(server, content), content)
    assert ask(server, "POST", f"{SPACE}/uploads/{upload['id']}/complete")[0] == 200
    given = {"files": [{"path": "a.bin", "digest": digest.of(content), "size": len(content)}]}
    assert ask(server, "POST", "/api/v1/models/default/fraud/versions", given)[0] == 201
    for range_header in ({}, {"Range": "bytes=1-"}):
        (blob,) = blobs(server)
        blob.write_bytes(content)
        connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=60)
        headers = {"Authorization": f"Bearer {server.token}", **range_header}
        connection.request("GET", "/api/v1/models/default/fraud/versions/1/files/a.bin", headers=headers)
        answer = connection.getresponse()
        assert answer.status in {200, 206}
        got = len(answer.read(MIB))
        os.truncate(blob, 32 * MIB)
        with pytest.raises((http.client.IncompleteRead, ConnectionError)):
            answer.read()
        assert got == MIB
        connection.close()


@pytest.mark.timeout(240)
def test_kills_at_any_moment_of_an_upload_lose_nothing(server: Running) -> None:
    """Acknowledged parts are known afterwards, what has a blob's name is whole, and the upload goes on."""
    content = noise(24 * MIB)
    chance = random.Random(7)
    for turn in range(4):
        upload, acknowledged = begin(server, content), set()

        def sending(upload: dict[str, Any] = upload, acknowledged: set[int] = acknowledged) -> None:
            path = f"{SPACE}/uploads/{upload['id']}"
            with suppress(OSError, http.client.HTTPException):
                for number in sorted(set(range(24)) - set(upload["parts"])):
                    part = content[number * PART : (number + 1) * PART]
                    if ask(server, "PUT", f"{path}/parts/{number}", content=part)[0] == 204:
                        acknowledged.add(number)
                ask(server, "POST", f"{path}/complete")

        sender = threading.Thread(target=sending)
        sender.start()
        time.sleep(chance.random() * 0.05 if turn else 0.03)
        server.kill()
        sender.join()
        server.start()
        for blob in blobs(server):
            assert digest.of(blob.read_bytes()) == f"sha256:{blob.name}"
        again = begin(server, content)
        assert acknowledged <= set(again["parts"]) or again["id"] != upload["id"]
    send_missing(server, again, content)
    assert ask(server, "POST", f"{SPACE}/uploads/{again['id']}/complete")[0] == 200
    assert [blob.name for blob in blobs(server)] == [digest.of(content)[7:]]
    missing = ask(server, "POST", f"{SPACE}/blobs/missing", {"digests": [digest.of(content)]})
    assert missing == (200, {"missing": []})


def _until(happened: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.05)
