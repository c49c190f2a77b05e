"""What becomes of an MLflow request that is not as it should be? An error in MLflow's words, on every database.

Every endpoint is asked, every field of its message in turn. What is declared tells what may come: a new endpoint is
walked from its first day.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from holotype.gateways.mlflow.serving import Endpoint
from tests.support import hostile
from tests.support.asgi import Got
from tests.support.mlflow_api import (
    ENDPOINTS,
    Ask,
    World,
    address,
    asked,
    check_sane,
    fields_of,
    open_world,
    queried,
    quoted,
    readable,
    sample,
)
from tests.support.postgres import Postgres

INVALID = (400, "INVALID_PARAMETER_VALUE")
JSON = {"content-type": "application/json"}
FILES = "/api/2.0/mlflow-artifacts"
LOCAL = ("/", "\\", "file", ".", "C:", "c:", "~", "$")
READERS = [one for one in ENDPOINTS if one.method != "GET" and fields_of(one)]
"""They read a body."""
SOURCED = [one for one in ENDPOINTS if "source" in {field.encode_name for field in fields_of(one)}]
SPECIAL = {
    "filter": hostile.FILTERS,
    "filter_string": hostile.FILTERS,
    "order_by": hostile.ORDERS,
    "page_token": hostile.TOKENS,
    "path": ["../x", "/etc/passwd", "..%2fx", "a\\..\\b", "C:\\x", "a\0b", "a//b", "con", "\u202e"],
}
REFUSED = {
    "POST /experiments/create": "RESOURCE_ALREADY_EXISTS",
    "POST /registered-models/create": "RESOURCE_ALREADY_EXISTS",
    "POST /experiments/restore": "RESOURCE_DOES_NOT_EXIST",  # it was not deleted
    "PATCH /logged-models/{model_id:str}": "INVALID_PARAMETER_VALUE",  # its status is no status of a run
    "DELETE /model-versions/delete": "RESOURCE_CONFLICT",  # an alias names it
    "DELETE /registered-models/delete": "RESOURCE_CONFLICT",
    "PUT -artifacts/mpu/part/{upload:str}/{number:str}/{target:path}": "INVALID_PARAMETER_VALUE",  # no length
    "POST -artifacts/mpu/complete/{folder:path}": "RESOURCE_CONFLICT",  # no part of it came
}
every = pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda one: f"{one.method} {one.path}")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A registry on each database."""
    folder = tmp_path_factory.mktemp("hostile")
    url = f"sqlite:///{folder / 'holotype.db'}"
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        url = server.create_database(f"hostile_{folder.name.replace('-', '_')}")
    with open_world(url, folder) as made:
        yield made


def walk(world: World, asks: Iterable[Ask]) -> list[tuple[Ask, Got]]:
    """Ask everything, and check that each answer is one that a client can go by."""
    found = world.ask(asks)
    for one, got in found:
        check_sane(one, got, world)
    return found


def code(got: Got) -> tuple[int, str]:
    """Return status and error code."""
    return got.status, "" if got.status < 300 else got.json["error_code"]


def changed(endpoint: Endpoint, things: dict[str, Any], what: str, **fields: Any) -> Ask:
    """Return a request in which some fields are other than they should be."""
    message = sample(endpoint, things) | fields
    return asked(endpoint.method, address(endpoint, things), message, what)


def test_what_is_as_it_should_be_is_taken(world: World) -> None:
    """The walk would prove little if the endpoints refused everything: all but these few do what they are for."""
    refused = {}
    for endpoint in ENDPOINTS:
        things = world.furnish()
        request = asked(endpoint.method, address(endpoint, things), sample(endpoint, things))
        ((_, got),) = walk(world, [request])
        if got.status not in {200, 201, 501}:
            refused[f"{endpoint.method} {endpoint.path.partition('mlflow')[2]}"] = code(got)[1]
    assert refused == REFUSED


@every
def test_every_field_may_hold_anything(world: World, endpoint: Endpoint) -> None:
    """Whatever stands in it: no failure inside, and what no field of its type can hold is refused as such."""
    things = world.furnish()
    asks, wrong = [], set()
    for field in fields_of(endpoint):
        values = {**hostile.TEXTS, **({} if endpoint.method == "GET" else hostile.VALUES)}
        values |= {f"special {n}": text for n, text in enumerate(SPECIAL.get(field.encode_name, []))}
        for name, value in values.items():
            shaped = [value] if endpoint.method == "GET" and "list" in str(field.type) else value
            what = f"{field.encode_name}: {name}"
            asks.append(changed(endpoint, things, what, **{field.encode_name: shaped}))
            if not readable(field.type, shaped):
                wrong.add(what)
    for one, got in walk(world, asks):
        if one.what in wrong:
            assert code(got) == INVALID, (one.what, got.body[:300])


@every
def test_what_is_required_is_missed_by_name(world: World, endpoint: Endpoint) -> None:
    """Left out or null, the answer names the field; null in any other field is as if it were not there."""
    things = world.furnish()
    required = [field.encode_name for field in fields_of(endpoint) if field.required]
    for name in required:
        whole = sample(endpoint, things)
        asks = [asked(endpoint.method, address(endpoint, things), {k: v for k, v in whole.items() if k != name}, name)]
        if endpoint.method != "GET":
            asks.append(changed(endpoint, things, name, **{name: None}))
        for _, got in walk(world, asks):
            assert code(got) == INVALID, got.body
            assert f"'{name}'" in got.json["message"]
    if endpoint.method != "GET":
        everything = {field.encode_name: None for field in fields_of(endpoint) if not field.required}
        walk(world, [changed(endpoint, things, "all null", **everything)])


@every
def test_a_message_may_come_as_it_should_not(world: World, endpoint: Endpoint) -> None:
    """Bodies that are no JSON objects, odd queries, other content types, both at once, headers that contradict."""
    things = world.furnish()
    place, whole = address(endpoint, things), sample(endpoint, things)
    body = json.dumps(whole).encode()
    asks = [Ask(f"query: {name}", endpoint.method, place, query=query) for name, query in hostile.QUERIES.items()]
    asks += [Ask(f"body: {name}", endpoint.method, place, content) for name, content in hostile.BODIES.items()]
    asks += [
        Ask(f"type: {kind}", endpoint.method, place, body, headers={"content-type": kind})
        for kind in ("text/plain", "", "application/xml", "application/json; charset=utf-16", "\xff", "x" * 8_000)
    ]
    asks += [
        Ask(f"workspace: {name[:20]!r}", endpoint.method, place, body, headers={"x-mlflow-workspace": name})
        for name in ("../x", "nobody", "Default", "\xff", "x" * 5_000, "a/b", " ", "*", "registry")
    ]
    asks.append(Ask("both", endpoint.method, place, body, queried(whole)))
    asks.append(Ask("unknown", endpoint.method, place, json.dumps(whole | {"nobody": {"knows": []}}).encode()))
    for one, got in walk(world, asks):
        if one.what in {"type: text/plain", "type: application/xml"} and endpoint in READERS:
            assert code(got) == INVALID, (one.what, got.body)
    prefixed = Ask("two namespaces", endpoint.method, f"/mlflow/risk{place}", body, headers={"x-mlflow-workspace": "a"})
    ((_, got),) = walk(world, [prefixed])
    assert got.status in {200, 400}, got.body


@every
def test_a_part_of_the_address_may_be_anything(world: World, endpoint: Endpoint) -> None:
    """Names and ids in the path, and namespaces before it."""
    things = world.furnish()
    whole = sample(endpoint, things)
    asks = []
    parts = [part[1:-1].partition(":")[0] for part in endpoint.path.split("/") if part.startswith("{")]
    for name, text in hostile.TEXTS.items():
        short = text[:3_000].replace("/", "\u2215")
        places = [(part, address(endpoint, things | {part: short or " "})) for part in parts]
        places.append(("space", f"/mlflow/{short or ' '}{address(endpoint, things)}"))
        asks += [asked(endpoint.method, place, whole, f"{part}: {name}") for part, place in places]
    walk(world, asks)


_TEXT = st.text(st.characters(exclude_categories=()), max_size=40) | st.sampled_from(
    sorted(hostile.TEXTS.values(), key=len)[:20]
)
_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=6,
)


@every
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(data=st.data())
def test_anything_at_all_may_come(world: World, endpoint: Endpoint, data: st.DataObject) -> None:
    """Several fields at once, half of them as they should be, with values that nobody thought of."""
    things = _things(world, endpoint)
    message = sample(endpoint, things)
    for field in fields_of(endpoint):
        if data.draw(st.booleans()):
            message[field.encode_name] = data.draw(_ANY)
    walk(world, [asked(endpoint.method, address(endpoint, things), message, "anything")])


_furnished: dict[tuple[int, str], dict[str, Any]] = {}


def _things(world: World, endpoint: Endpoint) -> dict[str, Any]:
    key = (id(world), f"{endpoint.method} {endpoint.path}")
    if key not in _furnished:
        _furnished[key] = world.furnish()
    return _furnished[key]


def test_no_source_leads_to_a_file_of_this_computer(world: World) -> None:
    """Each way in which other servers were pointed at one is refused, and nothing of the file is seen or kept."""
    things, secret = world.furnish(), str(world.secret)
    asks = [changed(endpoint, things, text, source=text) for text in hostile.sources(secret) for endpoint in SOURCED]
    for one, got in walk(world, asks):
        if secret in one.what or one.what.startswith(LOCAL) or ".." in one.what:
            assert code(got) == INVALID, (one.what, got.body)
    kept = [path for path in (world.secret.parent / "data").rglob("*") if path.is_file()]
    assert not [path for path in kept if b"swordfish" in path.read_bytes()]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_no_path_leads_out_of_the_artifacts(world: World, method: str) -> None:
    """As a server decodes it, once; and as a parameter of a listing."""
    things = world.furnish()
    before = _files(world)
    asks = []
    for text in hostile.artifact_paths(str(world.secret)):
        decoded = unquote_to_bytes(text.encode()).decode("utf-8", "replace").partition("?")[0]
        asks.append(Ask(text, method, f"{FILES}/artifacts/{decoded}", b"x" * (method == "PUT"), headers=JSON))
        asks.append(Ask(text, "GET", f"{FILES}/artifacts", query=f"path={text}"))
        asks.append(Ask(text, "GET", f"{FILES}/artifacts", query=f"path={quoted(text)}"))
        for step in ("create", "complete", "abort"):
            body = json.dumps({"path": text, "num_parts": 1, "upload_id": "x", "parts": []}).encode()
            asks.append(Ask(text, "POST", f"{FILES}/mpu/{step}/{decoded}", body))
            asks.append(Ask(text, "POST", f"{FILES}/mpu/{step}/{things['path'].rpartition('/')[0]}", body))
    walk(world, asks)
    assert world.secret.read_text() == "swordfish"
    assert {path for path in _files(world) - before if "blobs" not in path.parts and "data" not in path.parts} == set()


def _files(world: World) -> set[Path]:
    return {path for path in world.secret.parent.rglob("*") if path.is_file() and "holotype.db" not in path.name}


def test_a_filter_of_ten_thousand_clauses_takes_no_time(world: World) -> None:
    """It is refused or answered, in a time that keeps nobody else waiting."""
    for endpoint in ENDPOINTS:
        fields = {field.encode_name for field in fields_of(endpoint)} & {"filter", "filter_string"}
        for name in fields:
            for text in (hostile.CLAUSES, "(" * 50_000, "'" * 50_001, "name LIKE '" + "%_" * 5_000 + "x'"):
                began = time.process_time()
                walk(world, [changed(endpoint, world.furnish(), "slow", **{name: text})])
                assert time.process_time() - began < 5, (endpoint.path, text[:40])
