"""Can an endpoint of the MLflow API be reached by somebody who may not? Each is tried, at each of its addresses."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from holotype import db
from holotype.access import principals, secrets, tokens
from holotype.artifacts.store import open_store
from holotype.domain import times
from holotype.domain.permissions import Permission
from holotype.gateways import mlflow
from holotype.gateways.base import PUBLIC
from holotype.gateways.exchange import ANONYMOUS
from holotype.gateways.front import Front
from holotype.gateways.mlflow import serving
from holotype.gateways.mlflow.serving import Endpoint
from holotype.operations.bootstrap import bootstrap
from holotype.operations.call import Call, Registry
from holotype.operations.migrate import migrate
from holotype.settings import Settings
from tests.support.asgi import Got, Visitor, front_of

PROBES = {"/api/3.0/mlflow/server-info", "/api/3.0/mlflow/server-features", "/health", "/version"}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")


@dataclass(frozen=True)
class Door:
    """One endpoint at one address."""

    endpoint: Endpoint
    address: str

    def __str__(self) -> str:
        """Return its name in the report."""
        return f"{self.endpoint.method} {self.address}"


EVERY = [
    Door(handler.opt["endpoint"], re.sub(r"\{(\w+):\w+\}", r"\1", path))
    for handler in mlflow.routes()
    for path in sorted(handler.paths)
]
GUARDED = [door for door in EVERY if door.endpoint.permission is not PUBLIC]
METHODS_OF = {address: {one.endpoint.method for one in EVERY if one.address == address} for address in
              {door.address for door in EVERY}}  # fmt: skip


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A registry in a folder, with its owner."""
    folder = tmp_path_factory.mktemp("mlflow-routes")
    database = db.connect(f"sqlite:///{folder / 'holotype.db'}")
    migrate(database)
    made = Registry(database, open_store(folder / "blobs"), Settings(data=folder))
    bootstrap(Call(made, ANONYMOUS))
    yield made
    database.close()


@pytest.fixture(scope="module")
def app(registry: Registry) -> Front:
    """The application, as it is served."""
    return front_of(registry)


@pytest.fixture(scope="module")
def nobody(registry: Registry, app: Front) -> Visitor:
    """Somebody who is known and has no right at all."""
    call = Call(registry, ANONYMOUS)
    secret = secrets.new_secret(secrets.new_id())
    with call.write() as tx:
        made = principals.create(tx, "nobody", "service", call.now)
        row = {"principal_id": made.id, "name": "x", "role": "admin", "created_at": times.to_micros(call.now)}
        tokens.insert(tx, row | {"id": secrets.id_of(secret), "hash": secrets.hash_of(secret)})
    return Visitor(app, secret)


def told(got: Got) -> tuple[int, str]:
    """Return status and error code of an error that is told as MLflow's clients read it."""
    assert got.headers["content-type"] == "application/json", got.body
    assert set(got.json) == {"error_code", "message"}
    assert got.json["message"]
    return got.status, got.json["error_code"]


def test_every_endpoint_has_a_permission_and_four_addresses() -> None:
    """Only the probes are open; all others are found under ``/api`` and ``/ajax-api``, with and without a prefix."""
    assert len(GUARDED) > 40
    assert {door.endpoint.path for door in EVERY if door.endpoint.permission is PUBLIC} == PROBES
    for handler in mlflow.routes():
        known = handler.opt["endpoint"]
        assert isinstance(handler.opt["permission"], Permission) or known.path in PROBES
        assert len(handler.paths) == (2 if known.path in {"/health", "/version"} else 4), known.path
        assert known.summary


@pytest.mark.parametrize("door", GUARDED, ids=str)
def test_nobody_gets_in_without_credentials(app: Front, door: Door) -> None:
    """The answer is MLflow's error, and asks for Basic credentials; HEAD gets the same without its body."""
    got = Visitor(app).ask(door.endpoint.method, door.address)
    assert told(got) == (401, "UNAUTHENTICATED")
    assert got.headers["www-authenticate"] == 'Basic realm="mlflow"'
    assert "MLFLOW_TRACKING" in got.json["message"]


@pytest.mark.parametrize("door", GUARDED, ids=str)
def test_other_methods_lead_nowhere(app: Front, nobody: Visitor, door: Door) -> None:
    """Whatever the method: 401, or the answer by which a client knows that there is no such endpoint."""
    for method in METHODS:
        if method in METHODS_OF[door.address] or (method == "HEAD" and "GET" in METHODS_OF[door.address]):
            continue
        assert told(Visitor(app).ask(method, door.address)) in {(401, "UNAUTHENTICATED"), (404, "ENDPOINT_NOT_FOUND")}
        assert told(nobody.ask(method, door.address))[0] in {403, 404}


@pytest.mark.parametrize("door", GUARDED, ids=str)
def test_nobody_gets_in_without_rights(nobody: Visitor, door: Door) -> None:
    """A principal without a grant is told that there is no such namespace, before anything of the request is read."""
    registry = door.address.split("/")[4] in {"workspaces", "webhooks"}  # they are about no namespace
    wanted = (403, "PERMISSION_DENIED") if registry else (404, "RESOURCE_DOES_NOT_EXIST")
    assert told(nobody.ask(door.endpoint.method, door.address)) == wanted
    assert told(nobody.ask(door.endpoint.method, door.address, content=b"\xff", query="%ff=1")) == wanted
    assert told(nobody.ask(door.endpoint.method, door.address, headers={"x-mlflow-workspace": "\xff"})) == wanted


@pytest.mark.parametrize("door", [door for door in GUARDED if door.endpoint.method == "GET"], ids=str)
def test_a_token_may_be_the_password(nobody: Visitor, door: Door) -> None:
    """As git hosts have it: what the name is does not matter. Who the token belongs to is known then."""
    basic = {"authorization": "Basic " + b64encode(f"anything:{nobody.token}".encode()).decode()}
    assert Visitor(nobody.app).ask("GET", door.address, headers=basic).status in {403, 404}


@pytest.mark.parametrize("door", [door for door in EVERY if door.endpoint.permission is PUBLIC], ids=str)
def test_probes_are_open(app: Front, door: Door) -> None:
    """Clients ask them before they have credentials at hand, and also with those that are wrong."""
    for headers in ({}, {"authorization": "Basic !"}, {"x-mlflow-workspace": "No Such"}):
        assert Visitor(app).ask("GET", door.address, headers=headers).status == 200


@pytest.mark.parametrize("address", ["/api/2.0/mlflow/nothing", "/mlflow/default/api/2.0/x", "/mlflow/x/y", "/api/2.0",
                                     "/ajax-api/3.0/mlflow/trace", "/api/2.0/mlflow-artifacts"])  # fmt: skip
def test_an_endpoint_that_is_not_there_is_told_as_such(nobody: Visitor, address: str) -> None:
    """Clients fall back to another when they hear it."""
    for method in ("GET", "POST", "DELETE"):
        assert told(nobody.ask(method, address)) == (404, "ENDPOINT_NOT_FOUND")


@pytest.mark.parametrize("address", ["traces", "traces/tr-1/tags", "scorers/list", "experiments/search-datasets"])
def test_what_only_a_tracker_does_is_told_as_such(nobody: Visitor, address: str) -> None:
    """Clients go on without it; the sentence says what to do."""
    for path in (f"/api/2.0/mlflow/{address}", f"/mlflow/default/ajax-api/3.0/mlflow/{address}"):
        for method in ("GET", "POST", "PATCH", "DELETE"):
            got = nobody.ask(method, path)
            assert told(got) == (501, "NOT_IMPLEMENTED")
            assert "MLFLOW_TRACKING_URI" in got.json["message"]


def test_an_endpoint_without_a_permission_cannot_be_made() -> None:
    """Not by giving something else."""
    with pytest.raises(TypeError):
        serving.endpoint("GET", "x", permission="public")  # type: ignore[arg-type]
    assert callable(serving.endpoint("GET", "x", permission=Permission.MODEL_READ))
