"""In which words is an error told? In those of the dialect that the caller speaks: the first that says it is spoken.

MLflow's clients      by the address                      ``error_code`` and ``message``
people in a browser   by the address, or what they take   a page
everybody else                                            an RFC 9457 problem
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

from litestar import Request, Response

from holotype.gateways import problems
from holotype.gateways.mlflow import errors as mlflow

_log = logging.getLogger("holotype")

Scope: TypeAlias = Mapping[str, Any]
Told: TypeAlias = tuple[int, bytes, dict[str, str]]
"""Status, body and headers that tell an error."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """A way to tell errors: whether whoever made a request speaks it, and an error in its words."""

    speaks: Callable[[Scope], bool]
    tell: Callable[[Scope, Exception, str | None], Told]


def _problem(_scope: Scope, error: Exception, request_id: str | None) -> Told:
    problem = problems.problem_of(error, request_id)
    body, headers = problems.encoded(problem)
    return problem.status, body, headers | problems.more_headers(error)


MLFLOW = Dialect(
    lambda scope: mlflow.is_spoken(scope["path"]), lambda scope, error, _id: mlflow.told(scope["path"], error)
)
NATIVE = Dialect(lambda _scope: True, _problem)


def told(dialects: Sequence[Dialect], scope: Scope, error: Exception, request_id: str | None) -> Told:
    """Return status, body and headers that tell an error to whoever made the request."""
    spoken = next(one for one in (*dialects, NATIVE) if one.speaks(scope))
    return spoken.tell(scope, error, request_id)


def responder(dialects: Sequence[Dialect]) -> Callable[[Request[Any, Any, Any], Exception], Response[bytes]]:
    """Return what makes the framework's response for an error."""
    return partial(_respond, tuple(dialects))


def _respond(dialects: tuple[Dialect, ...], request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Return the response for an error, and log what nobody foresaw."""
    request_id = problems.request_id_of(request)
    status, body, headers = told(dialects, request.scope, error, request_id)
    if status == 500:
        _log.error("a request failed", extra={"request_id": request_id}, exc_info=error)
    elif status > 500 and status != 501:
        _log.warning("%s", error, extra={"request_id": request_id})
    return Response(body, status_code=status, media_type=headers.pop("Content-Type"), headers=headers)
