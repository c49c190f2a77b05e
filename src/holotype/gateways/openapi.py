"""What does the server answer, in a form that machines read? OpenAPI 3.1, made from the routes themselves."""

from __future__ import annotations

import typing
from collections.abc import Iterable, Mapping
from functools import cache
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Response
from litestar.handlers import HTTPRouteHandler

from holotype import __version__
from holotype.gateways import problems
from holotype.gateways.base import PUBLIC, Reply, Request, Route, encode, get
from holotype.wire.base import Problem

_REFERENCE = "#/components/schemas/{name}"
_BYTES: dict[str, Any] = {}
"""The schema of bytes: anything."""
_COMPONENT = {"type": "string", "pattern": "^[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*$", "maxLength": 128}
_DIGEST = {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}
_PARTS = {
    "namespace": _COMPONENT,
    "space": _COMPONENT,
    "model": _COMPONENT,
    "digest": _DIGEST,
    "label": {"type": "string", "pattern": "^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$|^sha256:[0-9a-f]{64}$"},
    "number": {"type": "integer", "minimum": 0},
}
"""What the parts of a path look like; all others are any text."""
_TEXTS = {
    "namespace": "The namespace's name.",
    "model": "The model's name.",
    "label": "A number, stage or alias, `latest`, or a digest.",
    "limit": "The largest number of items on the page.",
    "cursor": "The `next` of the page before.",
}


def document(routes: Iterable[Route]) -> dict[str, Any]:
    """Return the OpenAPI document of some routes."""
    found = sorted(routes, key=lambda route: (route.path, route.method))
    types = _types(found)
    schemas, components = msgspec.json.schema_components(
        [*types.values(), Problem], ref_template=_REFERENCE, schema_hook=_custom
    )
    shapes = dict(zip(types, schemas[:-1], strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for route in found:
        paths.setdefault(_path(route), {})[route.method.lower()] = _operation(route, shapes)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Holotype",
            "version": __version__,
            "summary": "A self-hosted model registry.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "tags": [{"name": name} for name in sorted({_noun(route) for route in found})],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "holo_<id>_<random>"}},
            "responses": {
                "Problem": {
                    "description": "What went wrong, and what to do next.",
                    "content": {problems.MEDIA_TYPE: {"schema": schemas[-1]}},
                }
            },
        },
    }


def route(routes: Iterable[HTTPRouteHandler]) -> HTTPRouteHandler:
    """Return the route that shows the document of some routes, and of itself."""
    known = [one.opt["route"] for one in routes]

    @get("/schema", permission=PUBLIC)
    async def schema(request: Request) -> Reply[bytes]:  # noqa: ARG001 - every route takes the request
        """Show this document."""
        return Reply(written(), media_type="application/vnd.oai.openapi+json")

    known.append(schema.opt["route"])

    @cache
    def written() -> bytes:
        return encode(document(known))

    return schema


def _custom(kind: type) -> dict[str, Any]:
    """Return the schema of ``object``: any JSON value."""
    if kind is object:
        return {"description": "Any JSON value."}
    raise NotImplementedError


def _types(routes: Iterable[Route]) -> dict[tuple[str, str], Any]:
    """Return every type that needs a schema, by route and place."""
    found: dict[tuple[str, str], Any] = {}
    for route in routes:
        key = f"{route.method} {route.path}"
        if route.signature.body is not None:
            found[key, "body"] = route.signature.body
        if (shape := _shape(route.signature.returns)) is not None:
            found[key, "returns"] = shape
        found |= {(key, f"?{one.name}"): one.type for one in route.signature.query}
    return found


def _shape(returns: Any) -> Any:
    """Return the wire shape of a result, or nothing where it is bytes or no body."""
    if typing.get_origin(returns) is Reply:
        (returns,) = typing.get_args(returns)
    options = [one for one in (typing.get_args(returns) or (returns,)) if one not in (bytes, type(None))]
    streams = isinstance(returns, type) and issubclass(returns, Response)
    return None if streams or not options or typing.get_origin(returns) is Response else returns


def _operation(route: Route, shapes: Mapping[tuple[str, str], Any]) -> dict[str, Any]:
    key = f"{route.method} {route.path}"
    made: dict[str, Any] = {
        "operationId": route.name,
        "tags": [_noun(route)],
        "summary": route.summary,
        "responses": _responses(route, shapes.get((key, "returns"))),
        "x-permission": "public" if route.permission is PUBLIC else route.permission.value,
    }
    if route.description:
        made["description"] = route.description
    if route.permission is PUBLIC:
        made["security"] = []
    if parameters := _parameters(route, key, shapes):
        made["parameters"] = parameters
    if (key, "body") in shapes:
        made["requestBody"] = {"required": True, "content": {"application/json": {"schema": shapes[key, "body"]}}}
    elif route.request_type is not None:
        made["requestBody"] = {"required": True, "content": {route.request_type: {"schema": _BYTES}}}
    return made


def _parameters(route: Route, key: str, shapes: Mapping[tuple[str, str], Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": _PARTS.get(name, {"type": "string"})}
        for name in route.signature.path
    ]
    found += [
        {"name": one.name, "in": "query", "required": one.required, "schema": shapes[key, f"?{one.name}"]}
        for one in route.signature.query
    ]
    for parameter in found:
        if text := _TEXTS.get(parameter["name"]):
            parameter["description"] = text
    if route.method == "POST" and route.status == HTTPStatus.CREATED:
        found.append(_IDEMPOTENCY)
    return found


_IDEMPOTENCY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    "description": "The same request with the same key takes effect once, however often it is sent within a day.",
}


def _responses(route: Route, shape: Any) -> dict[str, Any]:
    content = {route.response_type: {"schema": _BYTES if shape is None else shape}}
    found: dict[str, Any] = {}
    for status, text in {route.status: _phrase(route.status), **route.also}.items():
        found[str(status)] = {"description": text}
        if status < 300 and status != HTTPStatus.NO_CONTENT:
            found[str(status)]["content"] = content
    return found | {
        "4XX": {"$ref": "#/components/responses/Problem"},
        "5XX": {"$ref": "#/components/responses/Problem"},
    }


def _phrase(status: int) -> str:
    return {200: "Done.", 201: "Created.", 202: "Accepted.", 204: "Done; there is nothing to say."}.get(status, "Done.")


def _path(route: Route) -> str:
    return "/" + "/".join(
        "{" + part[1:-1].partition(":")[0] + "}" if part.startswith("{") else part
        for part in route.path.strip("/").split("/")
    )


def _noun(route: Route) -> str:
    """Return the module that the route lives in: one a noun."""
    return route.noun
