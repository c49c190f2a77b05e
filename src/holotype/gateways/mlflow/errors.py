"""How is an error told to an MLflow client? As ``{"error_code": …, "message": …}``; the client goes by the code.

The table is looked up by walking the error's MRO. What is a client's fault, a refusal or a conflict is never a 5xx:
clients of MLflow 3 send a request again, up to seven times, when they see one.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec
from litestar.exceptions import HTTPException

from holotype import errors
from holotype.errors import HolotypeError
from holotype.gateways.mlflow import untracked

CODES: dict[type[BaseException], tuple[int, str]] = {
    errors.Unauthenticated: (401, "UNAUTHENTICATED"),
    errors.Denied: (403, "PERMISSION_DENIED"),
    errors.NotFound: (404, "RESOURCE_DOES_NOT_EXIST"),
    errors.AlreadyExists: (400, "RESOURCE_ALREADY_EXISTS"),
    errors.Conflict: (409, "RESOURCE_CONFLICT"),
    errors.TooMany: (429, "REQUEST_LIMIT_EXCEEDED"),
    errors.StorageFull: (429, "RESOURCE_EXHAUSTED"),
    errors.Unavailable: (503, "TEMPORARILY_UNAVAILABLE"),
    errors.WrongSchema: (503, "TEMPORARILY_UNAVAILABLE"),
    errors.Corrupt: (500, "DATA_LOSS"),
    errors.LocalProblem: (500, "INTERNAL_ERROR"),
    errors.HolotypeError: (400, "INVALID_PARAMETER_VALUE"),
}
_ADDRESSES = re.compile(r"/mlflow/[^/]*/.|/(ajax-)?api/[23]\.0|/graphql$")
_NO_ENDPOINT = (
    "This server has no such endpoint; docs/reference/mlflow.md lists those it has. Its address for MLflow is "
    "http://HOST:PORT, or http://HOST:PORT/mlflow/NAMESPACE."
)
_SIGN_IN = "Set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN."
_LONGEST = 4_000
"""So much of a message is told: some repeat what was sent."""
_encode = msgspec.json.Encoder().encode


class Refusal(Exception):
    """An error of this dialect alone, named otherwise than the registry would."""

    def __init__(self, status: int, error_code: str, detail: str) -> None:
        """Say it in MLflow's words."""
        super().__init__(detail)
        self.status, self.error_code, self.detail = status, error_code, detail


def is_spoken(path: str) -> bool:
    """Say whether an address is one of MLflow's, known or not."""
    return _ADDRESSES.match(path) is not None


def told(path: str, error: Exception) -> tuple[int, bytes, dict[str, str]]:
    """Return status, body and headers for an error. What nobody foresaw is told without its particulars."""
    status, code, message = _words(path, error)
    headers = {"Content-Type": "application/json"}
    if status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="mlflow"'
    if isinstance(error, errors.TooMany):
        headers["Retry-After"] = str(error.seconds)
    return status, _encode({"error_code": code, "message": message[:_LONGEST]}), headers


def _words(path: str, error: Exception) -> tuple[int, str, str]:
    if isinstance(error, Refusal):
        return error.status, error.error_code, error.detail
    if isinstance(error, HolotypeError):
        status, code = next(CODES[kind] for kind in type(error).__mro__ if kind in CODES)
        hint = _SIGN_IN if status == 401 else error.hint
        return status, code, " ".join(filter(None, (error.detail, hint)))
    if isinstance(error, HTTPException) and error.status_code in {404, 405}:
        left_out = untracked.sentence(path)
        if left_out is not None:
            return 501, "NOT_IMPLEMENTED", left_out
        return 404, "ENDPOINT_NOT_FOUND", _NO_ENDPOINT
    if isinstance(error, HTTPException) and error.status_code < 500:
        return 400, "BAD_REQUEST", "The request cannot be read."
    return 500, "INTERNAL_ERROR", "Something went wrong inside the server; its log has the particulars."


def not_implemented(what: str) -> Refusal:
    """Return the error for what MLflow's own server does and this one does not; clients do not send it again."""
    return Refusal(501, "NOT_IMPLEMENTED", what)


def missing(name: str) -> HolotypeError:
    """Return the error for a parameter that has to be there."""
    return errors.Invalid(f"Missing value for required parameter '{name}'.")


def invalid(name: str, value: Any, why: str = "") -> HolotypeError:
    """Return the error for a parameter whose value cannot be used."""
    return errors.Invalid(
        f"Invalid value {str(value)[:200]!r} for parameter '{name}' supplied{': ' + why if why else ''}."
    )
