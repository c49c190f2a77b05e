"""How is an error told to a person in front of a browser? As a page that says what happened and where to go on.

Whoever is not signed in is sent to sign in, and comes back to where they wanted to go.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from litestar.connection import ASGIConnection

from holotype.errors import Unauthenticated
from holotype.gateways import exchange, problems
from holotype.gateways.answers import Answer
from holotype.gateways.dialects import Dialect, Scope, Told
from holotype.operations.call import Call
from holotype.web import rendering, sessions
from holotype.web.base import Visit

_log = logging.getLogger("holotype")
_MACHINES = ("/api/", "/ajax-api/", "/mlflow/", "/v2/", "/schema", "/metrics", "/healthz", "/readyz")
_WORDS = {
    400: "That does not work",
    403: "Not for you",
    404: "Nothing here",
    409: "Not as things are",
    413: "Too large",
    429: "Too many tries",
    500: "Something went wrong",
    503: "Not now",
}
SIGN_IN = "/sign-in"
_LISTS = {
    "models": "Models",
    "promotions": "Promotions",
    "quarantines": "Quarantine",
    "policies": "Policies",
    "ledger": "Ledger",
    "access": "Access",
}
"""The lists that hold what pages are about, by the first part of their addresses."""


def _speaks(scope: Scope) -> bool:
    """Say whether a person asks: for a page of ours, or with a browser for what is no address of machines."""
    handler = scope.get("route_handler")
    if handler is not None and "page" in handler.opt:
        return True
    if scope["path"].startswith(_MACHINES):
        return False
    return any(name == b"accept" and b"text/html" in value for name, value in scope["headers"])


def _tell(scope: Scope, error: Exception, request_id: str | None) -> Told:
    if isinstance(error, Unauthenticated):
        return 303, b"", {"Content-Type": "text/plain", "Location": _sign_in(scope)}
    problem = problems.problem_of(error, request_id)
    visit = visit_of(scope)
    title = _WORDS.get(problem.status, problem.title)
    body = rendering.page("error.html", visit, {"problem": problem, "title": title, "beside": _beside(scope["path"])})
    answer = rendering.packed(Answer(problem.status, body, []), scope)
    headers = {name.decode(): value.decode() for name, value in answer.headers}
    return problem.status, answer.body, {"Content-Type": "text/html"} | headers


def _beside(path: str) -> tuple[str, str] | None:
    """Return the address and the name of the list to which the thing of an address would belong."""
    first, _, rest = path.strip("/").partition("/")
    return (f"/{first}", _LISTS[first]) if rest and first in _LISTS else None


def _sign_in(scope: Scope) -> str:
    query = scope["query_string"].decode("latin-1")
    wanted = sessions.local(f"{scope['path']}?{query}" if query else scope["path"])
    lost = scope["method"] not in {"GET", "HEAD"} or wanted in {"", "/"}
    return SIGN_IN if lost else f"{SIGN_IN}?{urlencode({'next': wanted})}"


def visit_of(scope: Mapping[str, Any]) -> Visit:
    """Return the visit that a request was, as far as it came."""
    known = exchange.of(scope)
    connection: ASGIConnection[Any, Any, Any, Any] = ASGIConnection(scope)  # type: ignore[arg-type]
    call = Call(known.registry, known.actor, known.request_id)
    return Visit(call, scope["path"], (), sessions.of(connection))


DIALECT = Dialect(_speaks, _tell)
