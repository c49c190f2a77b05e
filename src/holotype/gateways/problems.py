"""Which HTTP status does an error have, and how is it told? As an RFC 9457 problem, always.

The table is looked up by walking the error's MRO, so a new error has a status from its parent on its first day.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Request
from litestar.exceptions import HTTPException, InternalServerException

from holotype import errors
from holotype.gateways import exchange
from holotype.wire.base import Problem

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = 2
"""Seconds after which something unavailable is worth another try."""

STATUS: dict[type[BaseException], int] = {
    errors.Unauthenticated: 401,
    errors.Denied: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.Expired: 410,
    errors.TooLarge: 413,
    errors.TooMany: 429,
    errors.Corrupt: 500,
    errors.LocalProblem: 500,
    errors.Unavailable: 503,
    errors.StorageFull: 507,
    errors.WrongSchema: 503,
    errors.Unsupported: 415,
    errors.HolotypeError: 400,
}
_CODES = {400: "invalid", 401: "unauthenticated", 403: "denied", 404: "not-found", 405: "method-not-allowed"}
_CODES |= {413: "too-large", 415: "unsupported-media-type", 503: "unavailable"}
_HINTS = {404: "See /schema for what this server answers.", 405: "See the Allow header, or /schema."}
_encode = msgspec.json.Encoder().encode


def status_of(error: BaseException) -> int:
    """Return the HTTP status of an error: its own, or that of the nearest parent in the table."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def problem_of(error: Exception, request_id: str | None) -> Problem:
    """Return what a caller is told about an error. What nobody foresaw is told without its particulars."""
    if isinstance(error, errors.HolotypeError):
        return _problem(status_of(error), error.code, error.detail, error.hint, request_id)
    if _is_disconnect(error):
        return _problem(400, "invalid", "The connection ended before the body did.", None, request_id)
    if isinstance(error, HTTPException) and error.status_code < 500:
        status = error.status_code
        code = _CODES.get(status, f"http-{status}")
        return _problem(status, code, _sentence(status), _HINTS.get(status), request_id)
    hint = "The log of the server has the particulars under this request id." if request_id else None
    return _problem(500, "internal", "Something went wrong inside the server.", hint, request_id)


def encoded(problem: Problem) -> tuple[bytes, dict[str, str]]:
    """Return the body of a problem and the headers that belong to it."""
    headers = {"Content-Type": MEDIA_TYPE}
    if problem.status in (503, 507):
        headers["Retry-After"] = str(RETRY_AFTER)
    if problem.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="holotype"'
    return _encode(problem), headers


def more_headers(error: Exception) -> dict[str, str]:
    """Return the headers that an error itself asks for."""
    if isinstance(error, HTTPException) and error.headers and "Allow" in error.headers:
        return {"Allow": error.headers["Allow"]}
    return {"Retry-After": str(error.seconds)} if isinstance(error, errors.TooMany) else {}


def request_id_of(request: Request[Any, Any, Any]) -> str | None:
    """Return the id under which a request is logged."""
    known: exchange.Exchange | None = request.scope.get(exchange.KEY)  # type: ignore[assignment]
    return known.request_id if known else None


def _is_disconnect(error: Exception) -> bool:
    """Say whether the framework found that the caller has gone; nobody is there to read the answer."""
    return isinstance(error, InternalServerException) and "disconnected" in error.detail


def _problem(status: int, code: str, detail: str, hint: str | None, request_id: str | None) -> Problem:
    title = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else "Error"
    return Problem(f"urn:holotype:problem:{code}", title, status, code, detail, hint, request_id)


def _sentence(status: int) -> str:
    if status == 404:
        return "There is nothing at this address."
    if status == 405:
        return "This address does not take that method."
    return f"{HTTPStatus(status).description or HTTPStatus(status).phrase}."
