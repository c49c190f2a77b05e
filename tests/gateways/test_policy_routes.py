"""Do policies cross the wire as they were written, with their faults, their numbers and their tests?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from holotype.domain import built_in
from tests.support.asgi import Visitor, owner_of
from tests.support.registry import Desk, open_desk

HERE = "/api/v1/namespaces/default"
OWN = built_in.text("default") + "# ours\n"


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


def test_a_policy_is_applied_read_and_listed(owner: Visitor) -> None:
    """The text comes back as it was sent; the built-in one is number 0."""
    before = owner.ask("GET", HERE + "/policy")
    assert (before.json["number"], before.json["created_by"]) == (0, None)
    made = owner.ask("POST", HERE + "/policies", {"text": OWN, "reason": "ours", "expected": 0})
    assert (made.status, made.json["changed"], made.json["policy"]["number"]) == (200, True, 1)
    again = owner.ask("POST", HERE + "/policies", {"text": OWN})
    assert (again.json["changed"], again.json["policy"]["number"]) == (False, 1)
    now = owner.ask("GET", HERE + "/policy")
    assert (now.json["text"], now.json["reason"], now.json["created_by"]) == (OWN, "ours", "owner")
    assert owner.ask("GET", HERE + "/policy", headers={"if-none-match": now.headers["etag"]}).status == 304
    assert owner.ask("GET", HERE + "/policies/0").json["text"] == built_in.text("default")
    page = owner.ask("GET", HERE + "/policies", query="limit=1").json
    assert ([one["number"] for one in page["items"]], page["next"]) == ([1], "1")
    rest = owner.ask("GET", HERE + "/policies", query="limit=1&cursor=1").json
    assert ([one["number"] for one in rest["items"]], rest["next"]) == ([0], None)


def test_a_fault_is_a_problem_with_its_line(owner: Visitor) -> None:
    """Of a kind of its own; and who expected another policy has a conflict."""
    bad = owner.ask("POST", HERE + "/policies", {"text": OWN.replace("single", "singel")})
    assert (bad.status, bad.code) == (400, "invalid-policy")
    assert bad.json["detail"].startswith("Line 12: stages.production has no key 'singel'.")
    late = owner.ask("POST", HERE + "/policies", {"text": OWN, "expected": 7})
    assert (late.status, late.code) == (409, "conflict")
    assert owner.ask("GET", HERE + "/policy").json["number"] == 0


def test_a_policy_is_tried_without_being_applied(owner: Visitor) -> None:
    """Each move out of the stage of each version, with the verdicts of its gates."""
    got = owner.ask("POST", HERE + "/policy-tests", {"text": built_in.text("strict"), "model": "fraud"})
    assert (got.status, got.json["obstacles"], got.json["next"]) == (200, [], None)
    moves = {(one["source"], one["target"]): one["passed"] for one in got.json["items"]}
    assert moves == {("none", "staging"): False, ("none", "archived"): True}
    assert owner.ask("GET", HERE + "/policy").json["number"] == 0


@pytest.mark.parametrize("path", ["/policies/x", "/policies/-1", "/policies/1", f"/policies/{'9' * 30}"])
def test_a_policy_that_is_not_there_is_not_found(owner: Visitor, path: str) -> None:
    """Whatever stands where its number should."""
    assert owner.ask("GET", HERE + path).status == 404


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/policy", None),
        ("GET", "/policies", None),
        ("POST", "/policies", {"text": OWN}),
        ("POST", "/policy-tests", {"text": OWN}),
    ],
)
def test_who_is_nobody_learns_nothing(owner: Visitor, method: str, path: str, body: object) -> None:
    """Neither of a namespace that is there nor of one that is not."""
    assert Visitor(owner.app).ask(method, HERE + path, body).status == 401
    assert Visitor(owner.app).ask(method, "/api/v1/namespaces/other" + path, body).status == 401
    assert owner.ask(method, "/api/v1/namespaces/other" + path, body).status == 404
    assert owner.ask(method, "/api/v1/namespaces/O%20" + path, body).status == 400
