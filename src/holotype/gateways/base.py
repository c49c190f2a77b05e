"""How is a route written? As a function with a permission; without one it cannot be made.

    @post("/api/v1/models", permission=Permission.MODEL_CREATE, status=201)
    async def create(request: Request, body: shapes.NewModel) -> shapes.Model:
        '''Create a model.'''
        return present.model(await perform(create_model, call_of(request), …))

``holotype.gateways.binding`` says where arguments come from. The result is a wire shape, ``None`` (204), a
:class:`Reply` where status or headers depend on the outcome, or a response of Litestar's for a stream of bytes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeAlias, TypeVar

import litestar
import msgspec
from litestar import Response
from litestar.connection import ASGIConnection
from litestar.handlers import HTTPRouteHandler

from holotype.domain.permissions import Permission
from holotype.errors import Denied, NotFound
from holotype.gateways import binding, exchange
from holotype.gateways.answers import Answer, Handler
from holotype.gateways.guard import PUBLIC, Public, record
from holotype.operations.call import Call

__all__ = [
    "PUBLIC",
    "Public",
    "Reply",
    "Request",
    "Route",
    "answer_of",
    "call_of",
    "delete",
    "get",
    "header",
    "patch",
    "post",
    "put",
]

T = TypeVar("T")
Request: TypeAlias = litestar.Request[Any, Any, Any]
Function = Callable[..., Awaitable[Any]]
encode = msgspec.json.Encoder().encode


@dataclass(slots=True)
class Reply(Generic[T]):
    """A result with a status or headers of its own. ``content`` is a wire shape, or bytes of ``media_type``."""

    content: T
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class Route:
    """What is known of a route: the source of the schema and of the test that walks all routes."""

    method: str
    path: str
    permission: Permission | Public
    status: int
    name: str
    noun: str
    summary: str
    description: str
    signature: binding.Signature
    also: Mapping[int, str]
    request_type: str | None
    response_type: str


def call_of(request: Request) -> Call:
    """Return the call that a request makes: its actor, its id and its idempotency key."""
    known = exchange.of(request.scope)
    return Call(known.registry, known.actor, known.request_id, header(request, b"idempotency-key"))


def header(request: ASGIConnection[Any, Any, Any, Any], wanted: bytes) -> str | None:
    """Return a header by its name in lower case; the framework's own look-up copies all headers first."""
    for name, value in request.scope["headers"]:
        if name == wanted:
            return value.decode("latin-1")
    return None


def get(path: str, *, permission: Permission | Public, **options: Any) -> Callable[[Function], HTTPRouteHandler]:
    """Declare a route that shows something; it answers HEAD as well."""
    return _route("GET", path, permission, **options)


def post(path: str, *, permission: Permission | Public, **options: Any) -> Callable[[Function], HTTPRouteHandler]:
    """Declare a route that creates or does something."""
    return _route("POST", path, permission, **options)


def put(path: str, *, permission: Permission | Public, **options: Any) -> Callable[[Function], HTTPRouteHandler]:
    """Declare a route that sets something."""
    return _route("PUT", path, permission, **options)


def patch(path: str, *, permission: Permission | Public, **options: Any) -> Callable[[Function], HTTPRouteHandler]:
    """Declare a route that changes a part of something."""
    return _route("PATCH", path, permission, **options)


def delete(path: str, *, permission: Permission | Public, **options: Any) -> Callable[[Function], HTTPRouteHandler]:
    """Declare a route that removes something."""
    return _route("DELETE", path, permission, **options)


def _route(
    method: str,
    path: str,
    permission: Permission | Public,
    *,
    status: int | None = None,
    also: Mapping[int, str] | None = None,
    request_type: str | None = None,
    response_type: str = "application/json",
    open_query: bool = False,
) -> Callable[[Function], HTTPRouteHandler]:
    """Make the decorator. ``also`` names further statuses and what they mean; the types are for bodies of bytes.

    With ``open_query`` parameters that nobody here knows are passed over: others call this route, and add their own.
    """
    _check_declared(permission, f"{method} {path}")

    def decorate(function: Function) -> HTTPRouteHandler:
        wanted = binding.signature(function, path)
        code = status or (204 if wanted.returns is type(None) else 200)
        summary, _, description = (function.__doc__ or "").strip().partition("\n")
        route = Route(
            method,
            path,
            permission,
            code,
            function.__name__,
            function.__module__.rpartition(".")[2],
            summary.rstrip("."),
            description.strip(),
            wanted,
            also or {},
            request_type,
            response_type,
        )
        return Handler(
            path,
            http_method=["GET", "HEAD"] if method == "GET" else method,  # type: ignore[arg-type]
            status_code=200,  # each response bears its own
            opt={"permission": permission, "route": route},
            request_max_body_size=None,  # bodies are counted while they are read: see holotype.gateways.bodies
        )(_handler(function, binding.Binder(wanted, open_query=open_query, public=permission is PUBLIC), code))

    return decorate


def _check_declared(permission: object, route: str) -> None:
    if not isinstance(permission, Permission | Public):
        raise TypeError(f"{route} declares no permission")


def _handler(function: Function, binder: binding.Binder, status: int) -> Function:
    async def handle(request: litestar.Request[Any, Any, Any]) -> Any:
        try:
            result = await function(request, **await binder.arguments(request))
        except (Denied, NotFound) as error:
            await record(exchange.of(request.scope), error)
            raise
        return answer_of(result, status)

    handle.__name__ = handle.__qualname__ = function.__name__
    return handle


def answer_of(result: Any, status: int = 200) -> Answer | Response[Any]:
    """Return what is sent for the result of a route."""
    if isinstance(result, Response):
        return result
    if isinstance(result, Reply):
        content, status, headers = result.content, result.status, _lines(result.headers)
        kind = result.media_type.encode("latin-1")
    else:
        content, headers, kind = result, [], b"application/json"
    if content is None:
        return Answer(status, b"", headers)
    headers.append((b"content-type", kind))
    return Answer(status, content if isinstance(content, bytes) else encode(content), headers)


def _lines(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
