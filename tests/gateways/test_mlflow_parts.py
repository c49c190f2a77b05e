"""How does a file cross MLflow's protocol in parts?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

import pytest

from holotype.domain import digest
from holotype.operations.missing_blobs import missing_blobs
from tests.support.asgi import Got, Visitor, owner_of
from tests.support.bytes import under_way
from tests.support.fixtures import Backend
from tests.support.mlflow_files import API, CONTENT, fetch, refused, run_of
from tests.support.registry import Desk, open_desk


@pytest.fixture
def desk(backend: Backend) -> Iterator[Desk]:
    """A registry on each pairing of backends."""
    with open_desk(
        backend.database_url, backend.store_url, public_url="https://models.example/reg", record_pulls="full"
    ) as opened:
        yield opened


@pytest.fixture
def owner(desk: Desk) -> Visitor:
    """Somebody who may do everything."""
    return owner_of(desk.registry)


def in_parts(
    visitor: Visitor, place: str, content: bytes, count: int, **headers: str
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Begin to send a file in parts and send them, the last one first, with nothing but what we were told."""
    folder, _, name = place.rpartition("/")
    body = {"path": f"/somewhere/else/{name}", "num_parts": count}
    begun = visitor.ask("POST", f"{API}-artifacts/mpu/create/{folder}", body, headers=headers)
    assert begun.status == 200, begun.body
    size, told = -(-len(content) // count), []
    for credential in reversed(begun.json["credentials"]):
        number = credential["part_number"]
        sent = send(visitor, credential, content[(number - 1) * size : number * size])
        assert sent.status == 200, sent.body
        told.append({"part_number": number, "etag": sent.headers["etag"], "url": credential["url"]})
    return begun.json, told[::-1]


def send(visitor: Visitor, credential: Mapping[str, Any], part: bytes) -> Got:
    """Send one part as a client does: to the URL, with the headers that it was given."""
    url = urlsplit(credential["url"])
    assert (url.scheme, url.netloc, url.path[:5]) == ("https", "models.example", "/reg/")
    headers = {name.lower(): value for name, value in credential["headers"].items()}
    path = unquote_to_bytes(url.path[4:]).decode()
    return Visitor(visitor.app).ask("PUT", path, content=part, headers=headers | {"content-length": str(len(part))})


def test_a_file_arrives_in_parts(desk: Desk, owner: Visitor) -> None:
    """Sent to URLs that the caller can use with what they showed us; asked again, the answer is the same."""
    for place in (f"{run_of(owner)}/deep/ünï 1.bin", f"{run_of(owner)}/x"):
        folder = place.rpartition("/")[0]
        begun, parts = in_parts(owner, place, CONTENT, 4)
        assert {credential["headers"]["Authorization"] for credential in begun["credentials"]} == {
            f"Bearer {owner.token}"
        }
        assert fetch(owner, place).status == 404
        body = {"path": place.rpartition("/")[2], "upload_id": begun["upload_id"], "parts": parts}
        for _ in range(2):
            assert owner.ask("POST", f"{API}-artifacts/mpu/complete/{folder}", body).json == {}
        assert fetch(owner, place).body == CONTENT
        assert owner.ask("POST", f"{API}-artifacts/mpu/abort/{folder}", body).json == {}
        assert fetch(owner, place).body == CONTENT
    assert under_way(desk.registry.store) == set()


def test_what_is_not_complete_is_no_file(desk: Desk, owner: Visitor) -> None:
    """Parts that lack, that are others, or that are meant for another path; giving up leaves nothing."""
    run = run_of(owner)
    begun, parts = in_parts(owner, f"{run}/x", CONTENT, 4)
    mpu, good = f"{API}-artifacts/mpu", {"path": "x", "upload_id": begun["upload_id"], "parts": parts}
    for changed, expected in (
        ({"parts": parts[1:]}, (400, "INVALID_PARAMETER_VALUE")),
        ({"parts": [*parts, parts[0]]}, (400, "INVALID_PARAMETER_VALUE")),
        ({"parts": [{**parts[0], "etag": '"other"'}, *parts[1:]]}, (400, "INVALID_PARAMETER_VALUE")),
        ({"path": "y"}, (404, "RESOURCE_DOES_NOT_EXIST")),
        ({"upload_id": "x"}, (404, "RESOURCE_DOES_NOT_EXIST")),
    ):
        assert refused(owner.ask("POST", f"{mpu}/complete/{run}", good | changed)) == expected, changed
    again = begun["credentials"][0]
    assert send(owner, again, CONTENT[:75_000]).headers["etag"] == parts[0]["etag"]
    assert refused(send(owner, again, b"short")) == (400, "INVALID_PARAMETER_VALUE")
    assert refused(send(owner, again | {"url": again["url"].replace("/1/", "/5/")}, b"x"))[0] == 404
    for _ in range(2):
        assert owner.ask("POST", f"{mpu}/abort/{run}", {"path": "x", "upload_id": begun["upload_id"]}).json == {}
    assert refused(owner.ask("POST", f"{mpu}/complete/{run}", good)) == (404, "RESOURCE_DOES_NOT_EXIST")
    assert under_way(desk.registry.store) == set()
    assert missing_blobs(desk.call(), "default", [digest.of(CONTENT)]) == [digest.of(CONTENT)]


def test_an_answer_does_not_repeat_a_long_header_for_each_part(owner: Visitor) -> None:
    """The header is the caller's to choose, the memory is ours."""
    folder = run_of(owner)
    long = {"authorization": f"Bearer{' ' * 5_000}{owner.token}"}
    for count, status in ((10_000, 400), (10, 200)):
        body = {"path": "x", "num_parts": count}
        begun = Visitor(owner.app).ask("POST", f"{API}-artifacts/mpu/create/{folder}", body, headers=long)
        assert begun.status == status, begun.body


def test_parts_are_never_written_into_versions(desk: Desk, owner: Visitor) -> None:
    """Nor to paths that lead elsewhere."""
    desk.register("fraud", b"weights")
    run = run_of(owner)
    for folder, name in (("versions/fraud/1", "x"), (run, ".."), (run, ""), (f"{run}/..", "x"), (run, "..\\..")):
        got = owner.ask("POST", f"{API}-artifacts/mpu/create/{folder}", {"path": name, "num_parts": 1})
        assert refused(got) == (400, "INVALID_PARAMETER_VALUE"), (folder, name)
    for count in (0, -1, 10_001):
        got = owner.ask("POST", f"{API}-artifacts/mpu/create/{run}", {"path": "x", "num_parts": count})
        assert refused(got) == (400, "INVALID_PARAMETER_VALUE"), count
