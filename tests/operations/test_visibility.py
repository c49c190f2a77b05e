"""Can somebody tell what they may not read from what is not there? Every route is asked about both, byte by byte."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from holotype.domain.provenance import Data, Parent, Provenance
from holotype.domain.references import parse
from holotype.ledger.tables import ledger_entries
from holotype.operations.change_model import change_model
from holotype.operations.create_namespace import create_namespace
from holotype.operations.promote import promote
from holotype.operations.set_alias import set_alias
from tests.rules.test_routes import GUARDED, Route, named
from tests.support.asgi import Got, Visitor, front_of
from tests.support.people import Given, member, owner
from tests.support.registry import Desk

PLACES = (
    ("risk", "secret", "risk", "absent"),
    ("vault", "hidden", "vacua", "hidden"),
    ("vault", "shown", "vacua", "shown"),
)
"""Hidden namespace and model, and the ones of the same length that are not there."""
GRANTS: dict[str, list[Given]] = {
    "reader": [("reader", "risk/shown")],
    "admin": [("admin", "risk/shown")],
    "pattern": [("maintainer", "risk/sh*")],
    "beside": [("admin", "other"), ("reader", "risk/shown")],
}
DIGEST = "sha256:" + "0" * 64
IN_QUERY = ("reference", "model", "namespace", "subject", "thing", "query", "data", "version")


@pytest.fixture
def furnished(desk: Desk) -> tuple[Desk, str]:
    """A registry with something hidden in every corner, and the owner's secret."""
    for space in ("risk", "vault", "other"):
        create_namespace(desk.call(), space)
    boss = owner(desk)
    for model in ("risk/shown", "risk/secret", "vault/hidden"):
        for number in (1, 2):
            content = f"{model} {number}".encode()
            desk.held(content, namespace=model.partition("/")[0])
            origin = Provenance(
                data=[Data(f"s3://lake/{model}")], parents=[Parent("risk/shown:1", "fine-tuned")] if number > 1 else []
            )
            desk.register(model, content, origin)
        for stage in ("staging", "production"):
            promote(desk.call(), parse(f"{model}:1"), stage, reason="good")
        set_alias(desk.call(), parse(f"{model}:1"), "champion")
        change_model(desk.call(), parse(model), description=f"about {model}", given={"team": model})
    return desk, boss


@pytest.mark.parametrize("kind", GRANTS)
def test_no_route_tells_hidden_from_absent(furnished: tuple[Desk, str], kind: str) -> None:
    """Whatever the path names: the very same answer, status, headers and text, for each method."""
    desk, boss = furnished
    eve = visitor(desk, boss, kind)
    for route in GUARDED:
        if "{namespace:str}" not in route.path:
            continue
        for place in PLACES:
            for label in ("1", "production", "champion", "latest", DIGEST):
                hidden = ask(eve, route, filled(route.path, place[0], place[1], label))
                absent = ask(eve, route, filled(route.path, place[2], place[3], label))
                assert same(hidden, place[:2]) == same(absent, place[2:]), (named(route), hidden.body, absent.body)
                if "{model:" in route.path or place[0] == "vault":
                    assert hidden.code == "not-found", named(route)
                if "{label" not in route.path:
                    break


@pytest.mark.parametrize("kind", GRANTS)
def test_no_query_tells_hidden_from_absent(furnished: tuple[Desk, str], kind: str) -> None:
    """Names in query parameters: of lists, resolve, compare, the ledger, lineage, impact and whatever has them."""
    desk, boss = furnished
    eve = visitor(desk, boss, kind)
    tried = 0
    for route in GUARDED:
        wanted = [one.name for one in route.signature.query if one.name in IN_QUERY]
        if "{" in route.path or not wanted:
            continue
        for place in PLACES:
            for form in ("{0}/{1}", "{0}/{1}:1", "{0}", "name:{0}/{1}", "namespace:{0}", "dataset:s3://lake/{0}/{1}",
                         "s3://lake/{0}/{1}", "parent:{0}/{1}:1"):  # fmt: skip
                tried += 1
                answers = []
                for space, model in (place[:2], place[2:]):
                    value = form.format(space, model)
                    query = "&".join(f"{name}={value}" for name in wanted)
                    if route.path.endswith("/compare"):
                        query = f"reference=risk/shown:1&reference={value}"
                    if route.path.endswith("/explanation"):
                        query = f"who={kind}&action=model:read&thing={value}"
                    answers.append(same(ask(eve, route, route.path, query), (space, model)))
                assert answers[0] == answers[1], (named(route), form, answers)
    assert tried > 50


@pytest.mark.parametrize("kind", GRANTS)
def test_no_body_tells_hidden_from_absent(furnished: tuple[Desk, str], kind: str) -> None:
    """To create what is there already, to grant on it, to make a token for it, to name it as a parent, to recall it."""
    desk, boss = furnished
    eve = visitor(desk, boss, kind)
    file = desk.held(b"risk/shown 1", namespace="risk")
    files = [{"path": file.path, "digest": file.digest, "size": file.size}]
    for place in PLACES:
        for method, path, body in (
            ("POST", "/api/v1/models", {"namespace": "{0}", "name": "{1}"}),
            ("POST", "/api/v1/grants", {"who": kind, "role": "reader", "scope": "{0}/{1}"}),
            ("POST", "/api/v1/grants", {"who": kind, "role": "reader", "scope": "{0}/{1}*"}),
            ("POST", "/api/v1/tokens", {"name": "t", "role": "reader", "scope": "{0}/{1}"}),
            ("POST", "/api/v1/quarantines", {"subject": "{0}/{1}:1", "reason": "r"}),
            ("POST", "/api/v1/quarantines", {"subject": "parent:{0}/{1}:1", "reason": "r"}),
        ):
            answers = []
            for names in (place[:2], place[2:]):
                sent = {key: text.format(*names) for key, text in body.items()}
                answers.append(same(eve.ask(method, path, sent), names))
            assert answers[0] == answers[1], (path, body, answers)
        answers = []
        for names in (place[:2], place[2:]):
            origin = {"parents": [{"reference": "{}/{}:1".format(*names), "relation": "fine-tuned"}]}
            got = eve.ask("POST", "/api/v1/models/risk/shown/versions", {"files": files, "provenance": origin})
            answers.append((got.status, got.json.get("code"), got.json.get("version", {}).get("stage")))
        assert answers[0] == answers[1], answers


@pytest.mark.parametrize("kind", GRANTS)
def test_lists_show_nothing_that_is_hidden(furnished: tuple[Desk, str], kind: str) -> None:
    """No name, tag, description or data set of a hidden model is in anything that is listed or shown."""
    desk, boss = furnished
    eve = visitor(desk, boss, kind)
    for route in GUARDED:
        if route.method == "GET" and not route.path.endswith("/files/{path:path}"):
            got = ask(eve, route, filled(route.path, "risk", "shown", "1"))
            assert b"secret" not in got.body, named(route)
            assert b"vault" not in got.body, named(route)
    assert [one["reference"] for one in eve.ask("GET", "/api/v1/models").json["items"]] == ["risk/shown"]
    spaces = [one["name"] for one in eve.ask("GET", "/api/v1/namespaces").json["items"]]
    assert spaces == (["other", "risk"] if kind == "beside" else ["risk"])


def test_who_reads_but_lacks_the_right_is_denied_and_both_are_written_down(furnished: tuple[Desk, str]) -> None:
    """403 for what one may see, 404 for the rest; the ledger, which the caller cannot read, has both refusals."""
    desk, boss = furnished
    eve = visitor(desk, boss, "reader")
    assert eve.ask("DELETE", "/api/v1/models/risk/shown").code == "denied"
    assert eve.ask("DELETE", "/api/v1/models/risk/secret").code == "not-found"
    denials = desk.rows(sa.select(ledger_entries.c.subject).where(ledger_entries.c.action == "access.denied"))
    assert {row["subject"] for row in denials} >= {"risk/shown", "risk/secret"}


def test_every_route_asks_for_its_permission(furnished: tuple[Desk, str]) -> None:
    """A role on the whole registry that lacks a route's permission is denied, whatever the body."""
    from holotype.domain.permissions import ROLES  # noqa: PLC0415

    desk, boss = furnished
    for role, held in ROLES.items():
        someone = Visitor(front_of(desk.registry), member(desk, boss, f"all-{role}", (role, "registry")))
        for route in GUARDED:
            if route.permission not in held:
                assert ask(someone, route, filled(route.path, "risk", "shown", "1")).code == "denied", named(route)


def visitor(desk: Desk, boss: str, kind: str) -> Visitor:
    """Return somebody with rights on a part."""
    return Visitor(front_of(desk.registry), member(desk, boss, kind, *GRANTS[kind]))


def filled(path: str, namespace: str, model: str, label: str) -> str:
    """Return a path with its parts filled in."""
    parts = {"namespace": namespace, "model": model, "label": label, "path": "model.bin"}
    return re.sub(r"\{(\w+):\w+\}", lambda found: parts.get(found[1], "1"), path)


def ask(who: Visitor, route: Route, path: str, query: str = "") -> Got:
    """Ask a route, with an empty object where it takes a body."""
    return who.ask(route.method, path, {} if route.signature.body is not None else None, query=query)


def same(got: Got, names: tuple[str, ...]) -> tuple[int, str, list[tuple[str, str]]]:
    """Return an answer with the names that were asked for, and what is another in every answer, taken out."""
    text = re.sub(r'"request_id":"[^"]*"', "", got.body.decode("utf-8", "replace"))
    for name in (f"{names[0]}%2F{names[1]}", *names):
        text = text.replace(name, "NAME")
    headers = [
        (key, value)
        for key, value in got.headers.items()
        if key not in {"x-request-id", "date", "etag", "content-length"}
    ]
    return got.status, text, sorted(headers)
