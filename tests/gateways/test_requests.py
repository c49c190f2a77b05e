"""What becomes of a request that is not as it should be? A problem that says so, and nothing is done."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import pytest

from holotype import db
from holotype.artifacts.store import open_store
from holotype.operations.call import Registry
from holotype.operations.migrate import migrate
from holotype.settings import Settings
from tests.support.asgi import Visitor, owner_of

MODELS = "/api/v1/models"
GOOD = {"namespace": "default", "name": "fraud"}


@pytest.fixture(scope="module")
def owner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    """The owner of a registry."""
    folder = tmp_path_factory.mktemp("requests")
    database = db.connect(f"sqlite:///{folder / 'holotype.db'}")
    migrate(database)
    yield owner_of(Registry(database, open_store(folder / "blobs"), Settings(data=folder)))
    database.close()


WRONG_BODIES = {
    "nothing": (b"", "not JSON"),
    "cut": (b'{"namespace": "default", "na', "not JSON"),
    "no object": (b"[]", "array"),
    "a word": (b"null", "null"),
    "a field missing": (b'{"namespace": "default"}', "name"),
    "an unknown field": (b'{"namespace": "default", "name": "x", "stage": "production"}', "stage"),
    "a wrong type": (b'{"namespace": "default", "name": 7}', "$.name"),
    "a number as text": (b'{"namespace": "default", "name": "x", "tags": {"a": 1}}', "$.tags"),
    "a key twice": (b'{"namespace": "default", "name": "x", "name": "y"}', "twice"),
    "a key twice inside": (b'{"namespace": "default", "name": "x", "tags": {"a": "1", "a": "2"}}', "twice"),
    "not a number": (b'{"namespace": "default", "name": NaN}', "not JSON"),
    "not UTF-8": (b'{"namespace": "default", "name": "\xff"}', "UTF-8"),
    "half a character": (b'{"namespace": "default", "name": "\\ud800"}', "not JSON"),
    "something behind": (b'{"namespace": "default", "name": "x"} {}', "not JSON"),
    "deep": (b'{"namespace":' * 100_000, ""),
    "deep lists": (b"[" * 1_000_000, ""),
}


@pytest.mark.parametrize("name", WRONG_BODIES)
def test_a_wrong_body_is_refused_with_the_place(owner: Visitor, name: str) -> None:
    """The problem has a code, a sentence that names the place, a hint and the request's id."""
    body, place = WRONG_BODIES[name]
    got = owner.ask("POST", MODELS, content=body, headers={"content-type": "application/json"})
    assert got.status == 400
    assert got.code == "invalid"
    assert place in got.json["detail"]
    assert got.json["request_id"] == got.headers["x-request-id"]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_a_body_of_another_kind_is_refused(owner: Visitor, kind: str) -> None:
    """What a form on a web page can send is never read as JSON."""
    got = owner.ask("POST", MODELS, GOOD, headers={"content-type": kind})
    assert got.status == 415
    assert got.code == "unsupported"


def test_a_body_that_says_it_is_too_large_is_refused_unread(owner: Visitor) -> None:
    """The announced length is enough."""
    headers = {"content-length": str(50 * 2**20), "content-type": "application/json"}
    got = owner.ask("POST", MODELS, content=[], headers=headers)
    assert (got.status, got.code) == (413, "too-large")


def test_a_body_that_turns_out_too_large_is_refused_on_the_way(owner: Visitor) -> None:
    """Fifty megabytes in chunks without a length: no more than the limit is ever held."""
    chunks = [b" " * 2**20] * 50
    got = owner.ask("POST", MODELS, content=chunks, headers={"content-type": "application/json"})
    assert (got.status, got.code) == (413, "too-large")
    assert got.unread > 40


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("limit=x", "limit"),
        ("limit=0", "1 to 500"),
        ("limit=501", "1 to 500"),
        ("limit=1&limit=2", "twice"),
        ("limits=1", "limits"),
        ("cursor=%ff", "query string"),
        ("limit=1.5", "limit"),
        ("&".join(f"a{n}=1" for n in range(200)), "query string"),
    ],
)
def test_a_wrong_query_is_refused_with_the_parameter(owner: Visitor, query: str, place: str) -> None:
    """A misspelt parameter is not ignored: it would change what the answer means."""
    got = owner.ask("GET", "/api/v1/tokens", query=query)
    assert got.code == "invalid"
    assert place in got.json["detail"]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "not-found"),
        ("GET", "/api/v1", 404, "not-found"),
        ("GET", "/api/v1/models/a/b/c/d/e", 404, "not-found"),
        ("GET", "/api/v1/models/default/none", 404, "not-found"),
        ("PUT", "/api/v1/models", 405, "method-not-allowed"),
        ("DELETE", "/healthz", 405, "method-not-allowed"),
        ("GET", "/api/v1/models/Default/x", 400, "invalid-name"),
        ("GET", "/api/v1/models/default/../../etc", 404, "not-found"),
        ("GET", "//etc/passwd", 404, "not-found"),
        ("GET", "/\x00", 404, "not-found"),
    ],
)
def test_every_error_is_a_problem(owner: Visitor, method: str, path: str, status: int, code: str) -> None:
    """Also those that the framework finds."""
    got = owner.ask(method, path)
    assert (got.status, got.code) == (status, code)
    assert got.json["type"] == f"urn:holotype:problem:{code}"
    assert got.json["detail"]


def test_what_nobody_foresaw_is_told_without_particulars(
    owner: Visitor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The caller gets an id; the log has the traceback under it."""

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the password is swordfish")

    monkeypatch.setattr("holotype.access.tokens.page", broken)
    got = owner.ask("GET", "/api/v1/tokens")
    assert (got.status, got.code) == (500, "internal")
    assert b"swordfish" not in got.body
    assert any(getattr(record, "request_id", "") == got.headers["x-request-id"] for record in caplog.records)


def test_an_id_that_is_sane_is_kept(owner: Visitor) -> None:
    """One from a proxy runs through; one that could forge a line of the log does not."""
    assert owner.ask("GET", "/healthz", headers={"x-request-id": "proxy-17.a"}).headers["x-request-id"] == "proxy-17.a"
    for wrong in ("a b", "a" * 200, "a\tb", ""):
        assert owner.ask("GET", "/healthz", headers={"x-request-id": wrong}).headers["x-request-id"] != wrong


@pytest.mark.parametrize("path", ["/healthz", "/schema", "/api/v1/whoami", "/nowhere"])
def test_every_answer_keeps_browsers_from_guessing(owner: Visitor, path: str) -> None:
    """No sniffing, no framing, no caching, no scripts, no version of the server, no answer for other origins."""
    headers = owner.ask("GET", path, headers={"origin": "https://example.com"}).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["server"] == "holotype"
    assert not [name for name in headers if name.startswith("access-control-")]


def test_head_is_get_without_the_body(owner: Visitor) -> None:
    """The same status and length."""
    whole, head = owner.ask("GET", "/api/v1/whoami"), owner.ask("HEAD", "/api/v1/whoami")
    assert head.body == b""
    assert head.headers["content-length"] == str(len(whole.body))


def test_a_refusal_is_written_to_the_ledger_once(owner: Visitor) -> None:
    """Two tries of a token that may not are one entry that names the permission and the thing."""
    made = owner.ask("POST", "/api/v1/tokens", {"name": "r", "role": "reader"})
    reader = Visitor(owner.app, made.json["secret"])
    for _ in range(2):
        assert reader.ask("DELETE", "/api/v1/models/default/fraud").code == "denied"
    events = owner.ask("GET", "/api/v1/ledger", query="limit=500").json["items"]
    denied = [event for event in events if event["action"] == "access.denied"]
    assert [(event["subject"], event["data"]["permission"]) for event in denied] == [("default/fraud", "model:delete")]


def test_a_secret_is_shown_once(owner: Visitor) -> None:
    """The answer that creates a token has its secret; no other answer has."""
    made = owner.ask("POST", "/api/v1/tokens", {"name": "once", "role": "reader", "expires_in_days": 1})
    assert made.status == 201
    secret = made.json["secret"]
    listed = owner.ask("GET", "/api/v1/tokens", query="limit=500")
    assert made.json["token"]["id"].encode() in listed.body
    assert secret.rsplit("_", 1)[1].encode() not in listed.body
    token = made.json["token"]["id"]
    assert owner.ask("DELETE", f"/api/v1/tokens/{token}").status == 204
    assert Visitor(owner.app, secret).ask("GET", "/api/v1/whoami").code == "unauthenticated"


def test_metrics_count_routes_not_paths(owner: Visitor) -> None:
    """However many models are asked for, there is one label for their route."""
    for number in range(5):
        owner.ask("GET", f"/api/v1/models/default/m{number}")
        owner.ask("GET", f"/nowhere/{number}")
    text = owner.ask("GET", "/metrics").body.decode()
    assert 'route="/api/v1/models/{namespace}/{model}"' in text
    assert 'route="none"' in text
    assert "m3" not in text
    assert "nowhere" not in text


def test_finding_a_key_that_is_there_twice_takes_no_longer_than_reading(owner: Visitor) -> None:
    """A hundred thousand keys of which the last two are equal: comparing each with each would take minutes."""
    tags = ",".join(f'"k{number}":"v"' for number in range(100_000))
    body = f'{{"namespace": "default", "name": "x", "tags": {{{tags},"same":"1","same":"2"}}}}'.encode()
    began = time.process_time()
    got = owner.ask("POST", MODELS, content=body, headers={"content-type": "application/json"})
    assert (got.status, got.json["detail"]) == (400, "The body has 'same' twice.")
    assert time.process_time() - began < 10


def test_probes_wait_for_one_answer(owner: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many ask while the store is slow, it is asked once, and the threads stay free for others."""
    asked: list[float] = []

    def slow(_call: object) -> None:
        asked.append(time.monotonic())
        time.sleep(0.2)

    monkeypatch.setattr("holotype.gateways.native.probes.check", slow)
    monkeypatch.setattr("holotype.gateways.native.probes._answers", {})
    scopes = [owner.scope("GET", "/readyz") for _ in range(20)]

    async def together() -> list[int]:
        return [got.status for got in await asyncio.gather(*(owner.answer(scope) for scope in scopes))]

    assert asyncio.run(together()) == [200] * 20
    assert len(asked) == 1
