"""How is an MLflow server asked? By GET alone: an import changes nothing there.

    json     a small answer, read strictly and up to a limit, tried again where the server may recover
    stream   bytes of an artifact, in one try

Credentials go to the server's own address only, for no request ever goes elsewhere: redirects are not followed.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import TypeVar

import msgspec

from holotype.client.mlflow.answers import Fault, nonsense
from holotype.client.retry import Retry
from holotype.client.transport import Transport, Unreached, target
from holotype.errors import (
    Denied,
    HolotypeError,
    Invalid,
    InvalidSetting,
    NotFound,
    TooLarge,
    Unauthenticated,
    Unavailable,
)
from holotype.wire import decoding

T = TypeVar("T")
API = "/api/2.0/mlflow"
PATIENCE = 20.0
_LARGEST, _BLOCK = 64 * 2**20, 2**16
_SECONDS = 300.0
_AGAIN = (429, 500, 502, 503, 504)
_FAULTS = (Unreached, OSError, HTTPException)


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who the server is to take us for: a user with a password, or a token. Never shown."""

    user: str = ""
    password: str = ""
    token: str = ""

    def __repr__(self) -> str:
        """Say nothing."""
        return "Credentials(…)"

    @property
    def header(self) -> dict[str, str]:
        """The header that carries them; as with MLflow's own client a password wins over a token."""
        if self.user and self.password:
            pair = f"{self.user}:{self.password}".encode()
            return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
        if not self.token:
            return {}
        if not self.token.isascii() or not self.token.isprintable():
            raise InvalidSetting("The token for the MLflow server holds characters that no token has.")
        return {"Authorization": f"Bearer {self.token}"}


NOBODY = Credentials()


class Server:
    """One MLflow server. Threads may share it."""

    def __init__(self, url: str, credentials: Credentials, workspace: str | None = None) -> None:
        """Connect lazily."""
        if "@" in url.partition("://")[2].partition("/")[0]:
            hint = "Give them as MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD."
            raise InvalidSetting("The URL of the MLflow server holds a user name or password.", hint=hint)
        self._http = Transport(url, None)
        self._headers = dict(credentials.header)
        if workspace is not None:
            if not workspace.isascii() or not workspace.isprintable():
                raise InvalidSetting(f"{workspace[:80]!r} is not the name of a workspace.")
            self._headers["X-MLFLOW-WORKSPACE"] = workspace

    @property
    def url(self) -> str:
        """The address of the server."""
        return self._http.url

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._http.close()

    def json(self, path: str, shape: type[T], params: Mapping[str, object] | None = None) -> T:
        """Return an answer in its shape; raise ``NotFound`` for what the server does not have."""
        tries = Retry(PATIENCE)
        while True:
            try:
                status, body = self._once(target(path, params))
            except _FAULTS as fault:
                if not tries.pause():
                    raise self.unreachable(fault) from fault
                continue
            if status in _AGAIN and tries.pause():
                continue
            return self._decoded(status, body, shape)

    @contextmanager
    def stream(self, path: str, params: Mapping[str, object] | None = None) -> Iterator[HTTPResponse]:
        """Yield the answer to a request for bytes. One try; whatever is not a success is raised."""
        with self._http.stream(target(path, params), self._headers) as (answer, response):
            if answer.status != 200:
                raise self._problem(answer.status, answer.body)
            if answer.headers.get("content-encoding", "identity").lower() != "identity":
                raise nonsense("it packs what nobody asked it to pack")
            yield response

    def unreachable(self, fault: BaseException) -> Unavailable:
        """Return the error for a server that gives no answer."""
        cause = fault.cause if isinstance(fault, Unreached) else fault
        why = getattr(cause, "strerror", None) or str(cause) or type(cause).__name__
        return Unavailable(f"The MLflow server {self.url} cannot be reached: {why[:200]}.", hint="Is it running there?")

    def _once(self, where: str) -> tuple[int, bytes]:
        with self._http.stream(where, self._headers) as (answer, response):
            if answer.status >= 300:
                return answer.status, answer.body
            return answer.status, self._body(response)

    def _body(self, response: HTTPResponse) -> bytes:
        """Read an answer that is neither too large nor too slow."""
        parts: list[bytes] = []
        size, until = 0, time.monotonic() + _SECONDS
        while block := response.read(_BLOCK):
            parts.append(block)
            size += len(block)
            if size > _LARGEST:
                raise TooLarge(f"An answer of the MLflow server is larger than {_LARGEST >> 20} MiB.")
            if time.monotonic() > until:
                raise Unavailable("The MLflow server sends an answer without ever ending it.")
        if response.length:
            raise HTTPException("the answer broke off")
        return b"".join(parts)

    def _decoded(self, status: int, body: bytes, shape: type[T]) -> T:
        if status != 200:
            raise self._problem(status, body)
        try:
            return decoding.read(body or b"{}", shape)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise nonsense(str(error)[:200]) from error

    def _problem(self, status: int, body: bytes) -> HolotypeError:
        try:
            fault = decoding.read(body, Fault)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            fault = Fault()
        said = f": {fault.message[:300]}" if fault.message else ""
        hint = "Set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN."
        if status == 401:
            return Unauthenticated("The MLflow server wants to know who asks.", hint=hint)
        if status == 403:
            return Denied(f"The MLflow server refuses that to this user{said}", hint=hint)
        if 300 <= status < 400:
            where = "Give the address that the server itself has, with http:// or https:// as it is."
            return Unavailable(
                f"{self.url} wants to send the import elsewhere ({status}), which is not followed.", hint=where
            )
        if status == 404 and fault.error_code in ("RESOURCE_DOES_NOT_EXIST", "NOT_FOUND"):
            return NotFound(f"The MLflow server does not have that{said}")
        if status == 404 and not fault.error_code:
            return NotFound(f"{self.url} has no such address.", hint="Is it an MLflow server?")
        if status < 500:
            return Invalid(f"The MLflow server refuses the request ({status}){said}")
        return Unavailable(f"The MLflow server cannot answer now ({status}){said}", hint="Try again later.")
