"""What does the server answer to who asks again? The same, without doing it twice or sending it twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from holotype import db
from holotype.artifacts.store import open_store
from holotype.domain import digest
from holotype.gateways.native import routes
from holotype.operations.call import Registry
from holotype.operations.migrate import migrate
from holotype.settings import Settings
from tests.support.asgi import Visitor, owner_of

ROOT = "/api/v1"
MODELS, SPACES, TOKENS = f"{ROOT}/models", f"{ROOT}/namespaces", f"{ROOT}/tokens"
FRAUD, BASE = f"{MODELS}/default/fraud", f"{MODELS}/default/base"
CONTENT = b"weights"
FILE = {"path": "model.bin", "digest": digest.of(CONTENT), "size": len(CONTENT)}

OVERRIDE = {"target": "staging", "gates": ["scan-clean"], "reason": "an emergency"}
RECALL = {"subject": "default/base:1", "reason": "poisoned"}
GRANT = {"who": "grace", "role": "reader", "scope": "default"}
TRUST = {"issuer": "https://ci.example.org", "service": "bot", "claims": {"repository_id": "7"}, "audience": "models"}

# Every route that creates something: a body, another body, and the status of the second answer.
CREATES = {
    SPACES: ({"name": "risk"}, {"name": "lending"}, 201),
    MODELS: ({"namespace": "default", "name": "churn"}, {"namespace": "default", "name": "spam"}, 201),
    f"{FRAUD}/versions": ({"files": [FILE]}, {"files": [FILE], "tags": {"a": "b"}}, 201),
    TOKENS: ({"name": "ci"}, {"name": "ci", "role": "admin"}, 409),
    f"{BASE}/versions/1/evidence": (
        {"type": "evaluation", "content": {"metrics": [{"name": "auc", "value": 0.9}]}},
        {"type": "acme.org/fairness", "content": {}},
        201,
    ),
    f"{BASE}/versions/1/overrides": (OVERRIDE, OVERRIDE | {"reason": "another"}, 201),
    f"{ROOT}/quarantines": (RECALL, RECALL | {"reason": "another"}, 201),
    f"{ROOT}/users": ({"name": "ada"}, {"name": "bob"}, 201),
    f"{ROOT}/services": ({"name": "ci-bot"}, {"name": "cd-bot"}, 201),
    f"{ROOT}/teams": ({"name": "risk"}, {"name": "lending"}, 201),
    f"{ROOT}/grants": (GRANT, GRANT | {"role": "reviewer"}, 201),
    f"{ROOT}/promotions/1/comments": ({"text": "looks good"}, {"text": "looks bad"}, 201),
    f"{ROOT}/trusts": (TRUST, TRUST | {"lifetime": 60}, 201),
}
BY_NATURE = {
    f"{SPACES}/{{space:str}}/uploads": "the same bytes are the same upload",
    f"{ROOT}/users/{{user:str}}/set-up": "of several secrets the last one counts",
    f"{ROOT}/sign-in/links": "each is another link, and one that got lost is over in five minutes",
    f"{ROOT}/users/{{user:str}}/identities": "an identity belongs to one user, once",
    f"{ROOT}/models/{{namespace:str}}/{{model:str}}/import/versions": "its number is one version, once",
}
"""Creates that need no key, and why."""


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[Visitor]:
    """The owner of a registry that holds the bytes of one file."""
    database = db.connect(f"sqlite:///{tmp_path / 'holotype.db'}")
    migrate(database)
    visitor = owner_of(Registry(database, open_store(tmp_path / "blobs"), Settings(data=tmp_path)))
    headers = {"content-length": str(len(CONTENT)), "content-type": "application/octet-stream"}
    path = f"{SPACES}/default/blobs/{FILE['digest']}"
    assert visitor.ask("PUT", path, content=CONTENT, headers=headers).status == 200
    for place, body in ((f"{ROOT}/users", {"name": "grace"}), (f"{ROOT}/services", {"name": "bot"})):
        assert visitor.ask("POST", place, body).status == 201
    for place in (f"{BASE}/versions", f"{MODELS}/default/lead/versions"):
        assert visitor.ask("POST", place, {"files": [FILE]}).status == 201
    assert visitor.ask("POST", f"{MODELS}/default/lead/versions/1/promotions", {"stage": "staging"}).status == 200
    yield visitor
    database.close()


def test_every_route_that_creates_is_asked_twice_here() -> None:
    """A new one is asked below, or says why it needs no key."""
    created = {one.opt["route"].path for one in routes() if one.opt["route"].status == 201}
    named = {path.replace("versions/1/", "versions/{label:str}/") for path in CREATES}
    named = {path.replace("promotions/1/", "promotions/{promotion:str}/") for path in named}
    asked = {re.sub("default/(fraud|base)", "{namespace:str}/{model:str}", path) for path in named}
    assert created == asked | BY_NATURE.keys()


@pytest.mark.parametrize("path", CREATES)
def test_a_create_takes_effect_once_with_a_key(owner: Visitor, path: str) -> None:
    """The same request again makes nothing new; another request under its key is refused."""
    body, other, again = CREATES[path]
    key = {"idempotency-key": "k"}
    first = owner.ask("POST", path, body, headers=key)
    assert first.status == 201
    before = owner.ask("GET", f"{ROOT}/ledger").json
    second = owner.ask("POST", path, body, headers=key)
    assert second.status == again
    assert again != 201 or second.json == first.json
    refused = owner.ask("POST", path, other, headers=key)
    assert (refused.status, refused.code) == (409, "idempotency-mismatch")
    assert owner.ask("GET", f"{ROOT}/ledger").json == before


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb"])
def test_a_key_that_makes_no_sense_is_refused(owner: Visitor, key: str) -> None:
    """It has 1 to 255 printable characters."""
    got = owner.ask("POST", SPACES, {"name": "risk"}, headers={"idempotency-key": key})
    assert (got.status, got.code) == (400, "invalid")


@pytest.mark.parametrize("path", [FRAUD, f"{FRAUD}/versions/latest", f"{ROOT}/resolve"])
def test_who_has_it_already_gets_nothing_until_it_changes(owner: Visitor, path: str) -> None:
    """Model, version and resolved reference bear an ETag; If-None-Match with it answers 304, without a body."""
    query = "reference=fraud:latest" if path.endswith("resolve") else ""
    assert owner.ask("POST", f"{FRAUD}/versions", {"files": [FILE]}).status == 201
    first = owner.ask("GET", path, query=query)
    seen = {"if-none-match": first.headers["etag"]}
    again = owner.ask("GET", path, query=query, headers=seen)
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert owner.ask("POST", f"{FRAUD}/versions/1/promotions", {"stage": "staging"}).status == 200
    after = owner.ask("GET", path, query=query, headers=seen)
    assert after.status == 200
    assert after.headers["etag"] != first.headers["etag"]


@pytest.mark.parametrize("document", ["manifest", "provenance"])
def test_a_document_is_sent_once(owner: Visitor, document: str) -> None:
    """Its digest is its ETag, and it never changes."""
    assert owner.ask("POST", f"{FRAUD}/versions", {"files": [FILE]}).status == 201
    first = owner.ask("GET", f"{FRAUD}/versions/1/{document}")
    assert first.headers["etag"].startswith('"sha256:')
    again = owner.ask("GET", f"{FRAUD}/versions/1/{document}", headers={"if-none-match": first.headers["etag"]})
    assert (again.status, again.body) == (304, b"")
