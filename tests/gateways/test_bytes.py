"""How do bytes cross HTTP? Sizes and digests are promised in headers, and every promise is checked."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from holotype.domain import digest
from holotype.gateways.octets import within
from tests.support.asgi import Visitor, owner_of
from tests.support.bytes import noise
from tests.support.fixtures import Backend
from tests.support.registry import Desk, open_desk

SPACE = "/api/v1/namespaces/default"
FILES = "/api/v1/models/default/fraud/versions/1/files/"
CONTENT = noise(300_000)
NAMES = ("weights.bin", "ünï/码 %2F%25.bin", "a+b&c=d;e#f@g.bin", "-rf", "sub/…/x")


@pytest.fixture
def desk(backend: Backend) -> Iterator[Desk]:
    """A registry on each pairing of backends."""
    with open_desk(backend.database_url, backend.store_url, part_size=100_000) as opened:
        yield opened


@pytest.fixture
def owner(desk: Desk) -> Visitor:
    """Somebody who may do everything."""
    return owner_of(desk.registry)


@pytest.fixture
def files(owner: Visitor) -> Visitor:
    """The same, with a version registered whose files all have the same content."""
    assert put(owner, CONTENT) == 200
    given = [{"path": name, "digest": digest.of(CONTENT), "size": len(CONTENT)} for name in NAMES]
    assert owner.ask("POST", "/api/v1/models/default/fraud/versions", {"files": given}).status == 201
    return owner


def put(owner: Visitor, content: bytes) -> int:
    """Send a file whole and return the status."""
    headers = {"content-length": str(len(content))}
    return owner.ask("PUT", f"{SPACE}/blobs/{digest.of(content)}", content=content, headers=headers).status


@pytest.mark.parametrize("name", NAMES)
def test_a_file_comes_back_as_it_was(files: Visitor, name: str) -> None:
    """With its digest as ETag and digest fields, as an attachment that no browser shows."""
    got = files.ask("GET", FILES + name)
    assert (got.status, got.body) == (200, CONTENT)
    encoded = b64encode(bytes.fromhex(digest.of(CONTENT)[7:])).decode()
    expected = {
        "etag": f'"{digest.of(CONTENT)}"',
        "repr-digest": f"sha-256=:{encoded}:",
        "accept-ranges": "bytes",
        "content-length": str(len(CONTENT)),
        "content-type": "application/octet-stream",
        "x-content-type-options": "nosniff",
        "content-disposition": f"attachment; filename*=UTF-8''{quote(name.rpartition('/')[2], safe='')}",
    }
    assert {key: got.headers[key] for key in expected} == expected


def test_head_promises_the_same(files: Visitor) -> None:
    """Without a byte of it."""
    full, head = files.ask("GET", FILES + NAMES[0]), files.ask("HEAD", FILES + NAMES[0])
    assert head.body == b""
    varying = ("x-request-id", "date")
    assert {k: v for k, v in head.headers.items() if k not in varying} == {
        k: v for k, v in full.headers.items() if k not in varying
    }


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [("bytes=0-0", 0, 1), ("bytes=100-", 100, 300_000), ("bytes=-7", 299_993, 300_000), ("bytes=5-999999", 5, 300_000)],
)
def test_a_range_is_a_part_of_the_file(files: Visitor, asked: str, start: int, stop: int) -> None:
    """Status 206, with the place of the part in the whole."""
    got = files.ask("GET", FILES + NAMES[0], headers={"range": asked})
    assert (got.status, got.body) == (206, CONTENT[start:stop])
    assert got.headers["content-range"] == f"bytes {start}-{stop - 1}/300000"
    assert got.headers["content-length"] == str(stop - start)


def test_a_range_outside_the_file_is_refused(files: Visitor) -> None:
    """Status 416, with the size that the file has."""
    got = files.ask("GET", FILES + NAMES[0], headers={"range": "bytes=300000-"})
    assert (got.status, got.headers["content-range"]) == (416, "bytes */300000")
    assert got.code == "invalid"


def test_a_range_of_another_file_gives_the_whole(files: Visitor) -> None:
    """A client that resumes what has changed since starts again."""
    asked = {"range": "bytes=5-", "if-range": f'"{digest.of(b"other")}"'}
    got = files.ask("GET", FILES + NAMES[0], headers=asked)
    assert (got.status, got.body) == (200, CONTENT)
    asked["if-range"] = got.headers["etag"]
    assert files.ask("GET", FILES + NAMES[0], headers=asked).status == 206


def test_what_the_caller_has_is_not_sent(files: Visitor) -> None:
    """If-None-Match with the digest answers 304."""
    got = files.ask("GET", FILES + NAMES[0], headers={"if-none-match": f'"x", "{digest.of(CONTENT)}"'})
    assert (got.status, got.body) == (304, b"")


@pytest.mark.parametrize("path", ["../oci-layout", "nothing.bin", "blobs", "%2e%2e/x", "weights.bin/x", "/etc/passwd"])
def test_a_path_is_only_looked_up(files: Visitor, path: str) -> None:
    """What is not in the version is not there, whatever it looks like."""
    assert files.ask("GET", FILES + path).status == 404


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", None),
        ("bytes=1-0", None),
        ("bytes=0-1,3-4", None),
        ("lines=0-1", None),
        ("bytes=-0", (10, 10)),
        ("bytes=-20", (0, 10)),
        ("bytes=9-", (9, 10)),
        ("bytes=10-", (10, 10)),
        ("bytes=" + "9" * 30 + "-", None),
    ],
)
def test_a_range_header_is_read_as_http_says(header: str, expected: tuple[int, int] | None) -> None:
    """What is malformed is ignored."""
    assert within(header, 10) == expected


def test_a_blob_that_was_damaged_is_not_sent(files: Visitor, desk: Desk, backend: Backend) -> None:
    """Missing or of another size: a problem instead of a file that ends early."""
    store = desk.registry.store
    place = store.path(digest.of(CONTENT))
    if place is not None:
        place.write_bytes(CONTENT[:-1])
        assert files.ask("GET", FILES + NAMES[0]).code == "corrupt"
    store.delete(digest.of(CONTENT))
    for headers in ({}, {"range": "bytes=5-"}):
        got = files.ask("GET", FILES + NAMES[0], headers=headers)
        assert (got.status, got.code) == (500, "corrupt")


def test_an_upload_over_http(owner: Visitor) -> None:
    """Begin, send, look, complete, and complete again."""
    wanted = {"digest": digest.of(CONTENT), "size": len(CONTENT)}
    assert owner.ask("POST", f"{SPACE}/blobs/missing", {"digests": [wanted["digest"]]}).json["missing"]
    begun = owner.ask("POST", f"{SPACE}/uploads", wanted)
    assert (begun.status, begun.json["part_size"], begun.json["parts"]) == (201, 100_000, [])
    upload = f"{SPACE}/uploads/{begun.json['id']}"
    for number in (2, 0, 1):
        part = CONTENT[number * 100_000 : (number + 1) * 100_000]
        halves = [part[:50_000], part[50_000:]]
        sent = owner.ask("PUT", f"{upload}/parts/{number}", content=halves, headers={"content-length": "100000"})
        assert sent.status == 204
    assert owner.ask("GET", upload).json["parts"] == [0, 1, 2]
    for _ in range(2):
        assert owner.ask("POST", f"{upload}/complete").json == wanted
    assert owner.ask("POST", f"{SPACE}/blobs/missing", {"digests": [wanted["digest"]]}).json == {"missing": []}
    assert owner.ask("DELETE", upload).status == 204


@pytest.mark.parametrize("length", [None, "-1", "1e3", "²", ""])
def test_a_body_must_say_how_long_it_is(owner: Visitor, length: str | None) -> None:
    """Otherwise nobody could tell that it was cut off."""
    headers = {} if length is None else {"content-length": length}
    got = owner.ask("PUT", f"{SPACE}/blobs/{digest.of(b'x')}", content=b"x", headers=headers)
    assert (got.status, got.code) == (400, "invalid")


def test_a_refusal_is_told_after_the_body_was_received(owner: Visitor) -> None:
    """A client that is still sending would not read it before."""
    chunks = [b"x" * 1000] * 50
    got = owner.ask("PUT", f"{SPACE}/blobs/{digest.of(b'y')}", content=chunks, headers={"content-length": "50000"})
    assert (got.status, got.code) == (400, "digest-mismatch")
    got = owner.ask("PUT", f"{SPACE}/uploads/none/parts/0", content=chunks, headers={"content-length": "50000"})
    assert (got.status, got.unread) == (404, 0)


def test_names_that_are_no_paths_of_ours_are_refused(owner: Visitor, tmp_path: Path) -> None:
    """Digests, upload ids and part numbers are never file names."""
    headers = {"content-length": "1"}
    for place in ("blobs/sha256:..%2f", "blobs/..", "uploads/../parts/0", "uploads/x/parts/-1", "uploads/x/parts/01"):
        got = owner.ask("PUT", f"{SPACE}/{place}", content=b"x", headers=headers)
        assert got.status in {400, 404, 405}, place


@pytest.mark.parametrize("chunks", [[None], [b"a", None], [b"a" * 40_000, b"b", None]], ids=["at once", "soon", "late"])
def test_a_sender_that_falls_silent_is_given_up(
    owner: Visitor, chunks: list[bytes | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A part's lock is let go, so that whoever lost the connection can send the part again."""
    monkeypatch.setattr("holotype.gateways.bodies.SILENCE", 0.05)
    content = noise(100_000)
    begun = owner.ask("POST", f"{SPACE}/uploads", {"digest": digest.of(content), "size": len(content)}).json
    part = f"{SPACE}/uploads/{begun['id']}/parts/0"
    headers = {"content-length": str(len(content))}
    for path in (part, f"{SPACE}/blobs/{digest.of(content)}"):
        got = owner.ask("PUT", path, content=chunks, headers=headers)
        assert (got.status, got.code) == (400, "size-mismatch")
    got = owner.ask("POST", f"{SPACE}/uploads", content=chunks, headers={"content-type": "application/json"})
    assert got.status == 400
    monkeypatch.undo()
    assert owner.ask("PUT", part, content=content, headers=headers).status == 204
    assert owner.ask("POST", f"{SPACE}/uploads/{begun['id']}/complete").status == 200
