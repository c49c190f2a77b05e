"""Does evidence cross the wire whole, go out as a download only, and stay hidden with its model?"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.asgi import Got, Visitor, front_of, owner_of
from tests.support.registry import Desk, open_desk

HERE = "/api/v1/models/default/fraud/versions/1"
PAGE = b"<html><script>alert(1)</script></html>"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A registry with one version."""
    with open_desk(f"sqlite:///{tmp_path / 'holotype.db'}", tmp_path / "blobs") as opened:
        opened.register()
        yield opened


@pytest.fixture
def owner(desk: Desk) -> Visitor:
    """Its owner."""
    return owner_of(desk.registry)


def attach(who: Visitor, **body: object) -> Got:
    """Attach evidence to the version."""
    return who.ask("POST", HERE + "/evidence", body)


def test_a_payload_comes_back_byte_for_byte(owner: Visitor) -> None:
    """Base64 on the way in, the very bytes on the way out, with their digest."""
    payload = bytes(range(256))
    made = attach(owner, type="acme.org/x", payload=base64.b64encode(payload).decode())
    assert made.status == 201, made.body
    assert (made.json["version"], made.json["created_by"]) == ("default/fraud:1", "owner")
    got = owner.ask("GET", f"{HERE}/evidence/{made.json['id']}/payload")
    assert got.body == payload
    assert made.json["digest"].removeprefix("sha256:") in got.headers["etag"]


def test_json_may_be_given_as_it_is(owner: Visitor) -> None:
    """What people type; it is written without blanks."""
    made = attach(owner, type="test-report", content={"passed": 3, "failed": 0})
    assert made.status == 201, made.body
    assert owner.ask("GET", f"{HERE}/evidence/{made.json['id']}/payload").body == b'{"passed":3,"failed":0}'


def test_a_payload_is_a_download_and_never_a_page(owner: Visitor) -> None:
    """Whatever it says that it is."""
    payload = base64.b64encode(PAGE).decode()
    made = attach(owner, type="test-report", media_type="text/html", payload=payload)
    got = owner.ask("GET", f"{HERE}/evidence/{made.json['id']}/payload")
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["content-disposition"].startswith("attachment")
    assert got.headers["x-content-type-options"] == "nosniff"
    card = owner.ask("GET", HERE + "/card")
    assert card.headers["content-disposition"].startswith("attachment")


def test_a_list_is_walked_by_its_cursor(owner: Visitor) -> None:
    """The newest first."""
    ids = [attach(owner, type="acme.org/x", content=i).json["id"] for i in range(3)]
    first = owner.ask("GET", HERE + "/evidence", query="limit=2").json
    rest = owner.ask("GET", HERE + "/evidence", query=f"limit=2&cursor={first['next']}").json
    assert [one["id"] for one in first["items"] + rest["items"]] == ids[::-1]
    assert rest["next"] is None


def test_one_piece_says_what_becomes_of_its_signature(owner: Visitor) -> None:
    """Unsigned evidence says nothing of it."""
    made = attach(owner, type="acme.org/x", content={})
    shown = owner.ask("GET", f"{HERE}/evidence/{made.json['id']}").json
    assert shown == made.json
    assert shown["signature"] is None


BAD: list[tuple[str, object]] = [
    ("neither", {"type": "acme.org/x"}),
    ("both", {"type": "acme.org/x", "payload": "AAAA", "content": 1}),
    ("not base64", {"type": "acme.org/x", "payload": "###"}),
    ("a further field", {"type": "acme.org/x", "content": 1, "signed_by": "release"}),
    ("a subject", {"type": "acme.org/x", "content": 1, "subject": "sha256:" + "0" * 64}),
    ("no media type", {"type": "acme.org/x", "content": 1, "media_type": "a\r\nset-cookie: b"}),
    ("no type", {"type": "../x", "content": 1}),
    ("the server's", {"type": "inspection", "content": {"files": []}}),
]


@pytest.mark.parametrize("body", [case[1] for case in BAD], ids=[case[0] for case in BAD])
def test_what_cannot_be_kept_is_refused(owner: Visitor, body: object) -> None:
    """With a problem that says why; nobody says who signed or what it is about."""
    got = owner.ask("POST", HERE + "/evidence", body)
    assert got.status == 400, got.body


@pytest.mark.parametrize("number", ["0", "99", "-1", "x", "1" * 30, "9" * 18, "٣"])
def test_evidence_that_is_not_there_is_not_found(owner: Visitor, number: str) -> None:
    """Or is no number."""
    assert owner.ask("GET", f"{HERE}/evidence/{number}").status in {400, 404}


def test_too_much_is_refused(owner: Visitor) -> None:
    """A payload over the limit, by its size; a whole body over its limit before it is read."""
    payload = base64.b64encode(b"x" * (2**20 + 1)).decode()
    assert attach(owner, type="acme.org/x", payload=payload).status == 413


def test_a_mebibyte_of_nesting_is_refused(owner: Visitor) -> None:
    """Without harm to the server."""
    deep = base64.b64encode(b'{"a":' * 200_000).decode()
    assert attach(owner, type="evaluation", payload=deep).status == 400


def test_who_may_not_read_a_model_finds_no_evidence(desk: Desk, owner: Visitor) -> None:
    """A reader of another model gets the answer of a model that is not there; a reader of this one reads only."""
    made = attach(owner, type="acme.org/x", content=1)
    desk.register("other")

    def reader(scope: str) -> Visitor:
        asked = {"name": scope, "role": "reader", "scope": scope}
        return Visitor(front_of(desk.registry), owner.ask("POST", "/api/v1/tokens", asked).json["secret"])

    for path in ("evidence", f"evidence/{made.json['id']}", f"evidence/{made.json['id']}/payload", "bom", "card"):
        assert Visitor(owner.app).ask("GET", f"{HERE}/{path}").status == 401
        assert reader("default/fraud").ask("GET", f"{HERE}/{path}").status == 200
        hidden = reader("default/other").ask("GET", f"{HERE}/{path}")
        nowhere = reader("default/other").ask("GET", f"{HERE.replace('fraud', 'none')}/{path}")
        assert (hidden.status, hidden.code) == (nowhere.status, nowhere.code) == (404, "not-found")
    assert attach(reader("default/fraud"), type="acme.org/x", content=1).status == 403
    assert attach(reader("default/other"), type="acme.org/x", content=1).status == 404


def test_documents_cross_the_wire(owner: Visitor) -> None:
    """The bill of materials and the card, under types of their own."""
    bom = owner.ask("GET", HERE + "/bom")
    assert bom.headers["content-type"] == "application/vnd.cyclonedx+json"
    assert json.loads(bom.body)["specVersion"] == "1.6"
    card = owner.ask("GET", HERE + "/card")
    assert card.headers["content-type"] == "text/markdown; charset=utf-8"
    assert card.body.startswith(b"---\n")
