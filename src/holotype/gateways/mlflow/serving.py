"""How is an endpoint of the MLflow API declared? As a function of a message, with a permission.

    @endpoint("POST", "registered-models/create", permission=Permission.MODEL_CREATE)
    async def create(request: Request, message: CreateRegisteredModel) -> dict[str, Any]:
        '''Create a registered model.'''

A message is a ``msgspec.Struct``: required fields have no default. It is read as MLflow reads one: the query string of
a GET, the JSON body of everything else; unknown fields are passed over, ``null`` is absent, numbers may be texts. What
no database can hold (a NUL, a number of more than 64 bits) is refused here, for all endpoints. Each endpoint is reached
under ``/api`` and ``/ajax-api``, alone or behind ``/mlflow/{namespace}``.
"""

from __future__ import annotations

import asyncio
import re
import typing
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

import msgspec
from litestar.connection import ASGIConnection
from litestar.handlers import HTTPRouteHandler

from holotype.domain import names
from holotype.domain.permissions import Permission
from holotype.errors import Denied, Invalid, NotFound, Unsupported
from holotype.gateways import binding, bodies, exchange
from holotype.gateways.answers import Answer, Handler
from holotype.gateways.base import PUBLIC, Public, Request, header
from holotype.gateways.guard import record
from holotype.gateways.mlflow.errors import missing

Function: TypeAlias = Callable[..., Awaitable[Any]]
PREFIXES = ("", "/mlflow/{namespace:str}")
_ON_THE_LOOP = 64 * 1024
_JSON = [(b"content-type", b"application/json")]
_SUSPECT = re.compile(rb"\\u0000|[0-9]{19}")
"""What a body or a query has in it before it is worth to look at each of its values."""
_FURTHEST = 2**63
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


class Message(msgspec.Struct, kw_only=True):
    """What a client sends to an endpoint."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What is known of an endpoint: the source of the tests that walk all of them."""

    method: str
    path: str
    permission: Permission | Public
    message: type[Message]
    summary: str


def endpoint(
    method: str,
    path: str,
    *,
    permission: Permission | Public,
    api: str = "2.0/mlflow",
    reads: bool = True,
    spaced: bool = True,
) -> Callable[[Function], HTTPRouteHandler]:
    """Declare an endpoint under ``/api/{api}/{path}`` and the addresses that mean the same; see ``route``."""
    if not isinstance(permission, Permission | Public):
        raise TypeError(f"{method} {path} declares no permission")
    places = [f"{prefix}/{root}/{api}/{path}" for prefix in PREFIXES for root in ("api", "ajax-api")]
    return route(method, places, permission=permission, reads=reads, spaced=spaced)


def route(
    method: str, places: list[str], *, permission: Permission | Public, reads: bool = True, spaced: bool = True
) -> Callable[[Function], HTTPRouteHandler]:
    """Declare an endpoint at exactly these addresses.

    With ``reads=False`` the body is left to the function, as a stream of bytes; its message is the query string. With
    ``spaced=False`` it is about no namespace: the permission is asked somewhere, else within the one that is named.
    """

    def decorate(function: Function) -> HTTPRouteHandler:
        message = typing.get_type_hints(function)["message"]
        known = Endpoint(method, places[0], permission, message, (function.__doc__ or "").partition("\n")[0])
        return Handler(
            places,
            http_method=["GET", "HEAD"] if method == "GET" else method,  # type: ignore[arg-type]
            status_code=200,
            opt={"permission": permission, "endpoint": known, "namespace": _named if spaced else None},
            request_max_body_size=None,
        )(_handler(function, message, public=permission is PUBLIC, reads=reads))

    return decorate


def _named(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Return the namespace that is named, whether or not it can be one."""
    named: str | None = connection.scope["path_params"].get("namespace")
    return named or (header(connection, b"x-mlflow-workspace") or "").strip() or names.DEFAULT_NAMESPACE


def namespace_of(request: Request) -> str:
    """Return the namespace that a request is about: of its address, else of the workspace header, else ``default``."""
    named: str | None = request.scope["path_params"].get("namespace")
    given = {value.strip() for name, value in request.scope["headers"] if name == b"x-mlflow-workspace"}
    if not named and not given:
        return names.DEFAULT_NAMESPACE
    if len(given) > 1:
        raise Invalid("The header X-MLFLOW-WORKSPACE is given twice.")
    workspace = given.pop().decode("latin-1") if given else ""
    if named and workspace and named != workspace:
        raise Invalid(f"The address names the namespace {named!r}, the header X-MLFLOW-WORKSPACE {workspace[:80]!r}.")
    return names.component(named or workspace or names.DEFAULT_NAMESPACE, "namespace")


def _handler(function: Function, message: type[Message], *, public: bool, reads: bool) -> Function:
    fields = msgspec.structs.fields(message)
    lists = frozenset(one.name for one in fields if typing.get_origin(one.type) in {list, tuple})

    async def handle(request: Request) -> Any:
        try:
            if not public:
                namespace_of(request)  # also where the endpoint is about none: what contradicts itself is refused
            given, suspect = await _given(request, lists, public=public, reads=reads) if fields else ({}, False)
            read = _message(message, given)
            if suspect:
                _check(read)
            result = await function(request, message=read)
        except (Denied, NotFound) as error:
            await record(exchange.of(request.scope), error)
            raise
        if result is None:
            return Answer(200, b"{}", [*_JSON])
        return Answer(200, _encode(result), [*_JSON]) if isinstance(result, dict | msgspec.Struct) else result

    handle.__name__ = handle.__qualname__ = function.__name__
    return handle


async def _given(request: Request, lists: frozenset[str], *, public: bool, reads: bool) -> tuple[dict[str, Any], bool]:
    """Return the fields that were sent, and whether their values want a look.

    A query string counts for GET alone, a body for everything else.
    """
    query = request.scope["query_string"]
    if not reads or (request.method in {"GET", "HEAD"} and query):
        return _asked(query, lists), _SUSPECT.search(query) is not None
    limit = exchange.of(request.scope).registry.settings.body_limit
    body = await bodies.read_bytes(request, min(limit, bodies.FROM_STRANGERS) if public else limit)
    if not body.strip():
        return {}, False
    _check_type(request)
    if len(body) <= _ON_THE_LOOP:
        return _fields(body)
    return await asyncio.get_running_loop().run_in_executor(None, _fields, body)


def _asked(query: bytes, lists: frozenset[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in binding.pairs(query):
        if name in lists:
            found.setdefault(name, []).append(value)
        elif name in found:
            raise Invalid(f"The parameter {name[:80]!r} is given twice.", hint="Give it once.")
        else:
            found[name] = value
    return found


def _check_type(request: Request) -> None:
    """Raise for a body that a form on a web page can send: browsers add Basic credentials to it by themselves."""
    kind = (header(request, b"content-type") or "application/json").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Unsupported(f"The body is {kind[:80]!r}.", hint="Send `Content-Type: application/json`.")


def _fields(body: bytes) -> tuple[dict[str, Any], bool]:
    try:
        found = _decode(body)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise Invalid("The body is not JSON.", hint="Send one JSON object in UTF-8.") from error
    if not isinstance(found, dict):
        raise Invalid("The body is not a JSON object.")
    suspect = _SUSPECT.search(body) is not None
    return {name: value for name, value in found.items() if value is not None}, suspect


def _check(value: Any) -> None:
    """Raise for a value that no database can hold, however deep it lies in a message."""
    if isinstance(value, str):
        if "\0" in value:
            raise Invalid("A parameter holds a NUL character.", hint="Leave it out.")
    elif isinstance(value, int):
        if not -_FURTHEST <= value < _FURTHEST:
            raise Invalid("A parameter is a number of more than 64 bits.")
    elif value is not None:
        for one in _parts(value):
            _check(one)


def _parts(value: Any) -> Iterable[Any]:
    """Return what a value is made of: the values of a message, keys and values of an object, members of a list."""
    if isinstance(value, msgspec.Struct):
        return [getattr(value, name) for name in value.__struct_fields__]
    if isinstance(value, dict):
        return [*value, *value.values()]
    return value if isinstance(value, list | tuple) else ()


def _message(message: type[Message], given: dict[str, Any]) -> Message:
    try:
        return msgspec.convert(given, message, strict=False)
    except msgspec.ValidationError as error:
        text = str(error)
        if text.startswith("Object missing required field"):
            raise missing(text.split("`")[1]) from error
        raise Invalid(f"Invalid value for a parameter supplied: {text}.") from error
    except ValueError as error:
        raise Invalid("A parameter cannot be read.") from error
