"""Can a route be reached by somebody who may not? Every route of the application is tried, with every method."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

import pytest
from litestar.handlers import HTTPRouteHandler, get

from holotype import db
from holotype.access import principals, secrets, tokens
from holotype.artifacts.store import open_store
from holotype.domain import times
from holotype.domain.permissions import Permission
from holotype.gateways import base, mlflow, native
from holotype.gateways.base import PUBLIC, Route
from holotype.gateways.exchange import ANONYMOUS
from holotype.gateways.front import Front
from holotype.gateways.metrics import Metrics
from holotype.gateways.mlflow.serving import Endpoint
from holotype.main.application import framework, routes
from holotype.operations.bootstrap import bootstrap
from holotype.operations.call import Call, Registry
from holotype.operations.migrate import migrate
from holotype.settings import Settings
from holotype.web.assets import Asset
from holotype.web.base import Known
from tests.support.asgi import Visitor, front_of

EVERY: list[Route] = [handler.opt["route"] for handler in routes(Metrics()) if "route" in handler.opt]
SIGN_IN = {
    f"/api/v1/sign-in{way}" for way in ("", "/password", "/set-up", "/workload", "/oidc", "/oidc/callback", "/exchange")
} | {"/api/v1/sign-out"}
"""Where people and machines who have no token yet get one."""
PROBES = {"/healthz", "/readyz", "/metrics", "/schema"}
GUARDED = [route for route in EVERY if route.permission is not PUBLIC]
OWN = [route for route in GUARDED if route.permission is Permission.TOKEN_WRITE]
"""Routes about one's own account, which need no grant."""
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")


def address(route: Route) -> str:
    """Return a path that belongs to a route."""
    return re.sub(r"\{(\w+):\w+\}", r"\1", route.path)


def named(route: Route) -> str:
    """Return a route's name in the report."""
    return f"{route.method} {route.path}"


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A registry in a folder, with its owner."""
    folder = tmp_path_factory.mktemp("routes")
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


def test_there_are_routes() -> None:
    """The walk would prove nothing about an empty list."""
    assert len(GUARDED) > 30
    assert {route.path for route in EVERY if route.permission is PUBLIC} == PROBES | SIGN_IN


@pytest.mark.parametrize("route", GUARDED, ids=named)
@pytest.mark.parametrize("method", METHODS)
def test_nobody_gets_in_without_a_token(app: Front, route: Route, method: str) -> None:
    """Whatever the method: the answer is a problem, and it is 401, or 405 where there is no such method."""
    got = Visitor(app).ask(method, address(route))
    assert got.status in ({401} if method in (route.method, "HEAD" * (route.method == "GET")) else {401, 405})
    assert got.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("route", [one for one in GUARDED if one not in OWN], ids=named)
def test_nobody_gets_in_with_a_token_without_rights(nobody: Visitor, route: Route) -> None:
    """A principal without a grant is denied, or told that there is nothing, before anything of the request is read."""
    refused = "not-found" if "{namespace:str}" in route.path else "denied"
    assert nobody.ask(route.method, address(route)).code == refused
    assert nobody.ask(route.method, address(route), content=b"\xff", query="%ff=1").code == refused


@pytest.mark.parametrize("route", OWN, ids=named)
def test_who_has_no_rights_reaches_only_what_is_their_own(nobody: Visitor, route: Route) -> None:
    """What is asked of everybody's own account shows nothing of others, and changes nothing."""
    got = nobody.ask(route.method, address(route))
    assert b"owner" not in got.body
    if route.path.endswith("/sign-in/links"):
        assert got.status == 201  # a link to their own pages, where there is nothing for them
        return
    assert got.status >= 400 if route.method != "GET" else got.status in {200, 400, 403, 404}


@pytest.mark.parametrize("token", ["holo_x_y", "", "a b", "holo__"])
def test_a_wrong_token_is_worse_than_none(app: Front, token: str) -> None:
    """It is refused, and the answer says how to sign in."""
    got = Visitor(app, token).ask("GET", "/api/v1/whoami")
    assert got.code == "unauthenticated"
    assert got.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("path", sorted(PROBES))
def test_probes_are_open(app: Front, path: str) -> None:
    """Load balancers and Prometheus have no token."""
    assert Visitor(app).ask("GET", path).status == 200


def test_a_route_without_a_permission_cannot_be_made() -> None:
    """Not by leaving it out, and not by giving something else."""
    with pytest.raises(TypeError):
        base.get("/open")  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        base.get("/open", permission=None)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        base.post("/open", permission="public")  # type: ignore[arg-type]


def test_a_route_of_the_framework_is_refused_to_everybody(registry: Registry, nobody: Visitor) -> None:
    """Whoever goes around our decorators gets a route that nobody can call."""

    @get("/forgotten")
    async def forgotten() -> str:
        return "secret"

    inner = front_of(registry)
    inner.app = framework([forgotten])
    assert Visitor(inner).ask("GET", "/forgotten").code == "unauthenticated"
    assert Visitor(inner, nobody.token).ask("GET", "/forgotten").code == "denied"
    assert replace(nobody, app=inner).ask("OPTIONS", "/forgotten").code == "denied"


@pytest.mark.parametrize("route", EVERY, ids=named)
def test_every_route_is_in_the_schema(app: Front, route: Route) -> None:
    """With a summary, its parameters, its body, its answer, its problems and its permission."""
    paths = Visitor(app).ask("GET", "/schema").json["paths"]
    shown = paths[re.sub(r":\w+\}", "}", route.path)][route.method.lower()]
    assert shown["summary"]
    wanted = {*route.signature.path, *(one.name for one in route.signature.query)}
    assert wanted <= {parameter["name"] for parameter in shown.get("parameters", [])}
    assert ("requestBody" in shown) == (route.signature.body is not None or route.request_type is not None)
    assert shown["responses"]["4XX"]["$ref"].endswith("Problem")
    done = shown["responses"][str(route.status)]
    assert route.status in (204, 302) or done["content"]
    public = route.permission is PUBLIC
    assert shown["x-permission"] == ("public" if public else Permission(route.permission).value)
    assert ("security" in shown) == public


def test_operations_have_names_of_their_own(app: Front) -> None:
    """Generated clients make one function of each."""
    names = [route.name for route in EVERY]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("folder", [native, mlflow], ids=lambda folder: folder.__name__.rpartition(".")[2])
def test_every_handler_is_served(folder: ModuleType) -> None:
    """None was written and then forgotten in the list of its module."""
    served = {id(handler) for handler in folder.routes()}
    for found in iter_modules(folder.__path__):
        module = import_module(f"{folder.__name__}.{found.name}")
        handlers = {name: one for name, one in vars(module).items() if isinstance(one, HTTPRouteHandler)}
        assert [name for name, one in handlers.items() if id(one) not in served] == [], module.__name__


def test_handlers_are_ours() -> None:
    """Every handler that the application serves was made by our decorators."""
    made: list[HTTPRouteHandler] = routes(Metrics())
    known = [next((handler.opt[of] for of in ("route", "endpoint", "page", "asset") if of in handler.opt), None)
             for handler in made]  # fmt: skip
    assert all(isinstance(one, Route | Endpoint | Known | Asset) for one in known)
