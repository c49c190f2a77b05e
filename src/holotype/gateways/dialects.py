"""In which words is an error told? In those of the protocol that the caller speaks, which the address gives away."""

from __future__ import annotations

import logging
from typing import Any

from litestar import Request, Response

from holotype.gateways import problems
from holotype.gateways.mlflow import errors as mlflow

_log = logging.getLogger("holotype")


def told(path: str, error: Exception, request_id: str | None) -> tuple[int, bytes, dict[str, str]]:
    """Return status, body and headers that tell an error to whoever asked for that address."""
    if mlflow.is_spoken(path):
        return mlflow.told(path, error)
    problem = problems.problem_of(error, request_id)
    body, headers = problems.encoded(problem)
    return problem.status, body, headers | problems.more_headers(error)


def respond(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Return the response for an error, and log what nobody foresaw."""
    request_id = problems.request_id_of(request)
    status, body, headers = told(request.scope["path"], error, request_id)
    if status == 500:
        _log.error("a request failed", extra={"request_id": request_id}, exc_info=error)
    elif status > 500 and status != 501:
        _log.warning("%s", error, extra={"request_id": request_id})
    return Response(body, status_code=status, media_type=headers.pop("Content-Type"), headers=headers)
