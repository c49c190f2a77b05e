"""How does a request reach the server and an answer come back?

    request     a small body there, a whole answer back; tried again where that is safe
    stream      a small request there, a body back that is too big to hold
    exchange    one try on one connection, which ``request`` and ``stream`` are made of

The token goes to the configured origin only, because no request ever goes elsewhere: redirects are not followed.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException, HTTPResponse, IncompleteRead
from typing import Protocol, TypeVar
from urllib.parse import urlencode

import msgspec

from holotype import __version__
from holotype.client.answers import Answer
from holotype.client.origin import parse
from holotype.client.pool import Pool
from holotype.client.retry import CALL, Limits, Retry, after
from holotype.client.threads import current
from holotype.errors import TooLarge, Unavailable

T = TypeVar("T")
_CONNECT = 10.0
_LARGEST_ANSWER = 256 * 2**20
_LARGEST_PROBLEM = 2**20
_AGAIN = (429, 502, 503)
_AGAIN_WHERE_SAFE = (500, 504)
_FAULTS = (OSError, HTTPException)


class Body(Protocol):
    """Bytes to send: how many, and how to put them on a connection."""

    size: int

    def send(self, connection: HTTPConnection) -> None:
        """Send exactly ``size`` bytes."""


class Transport:
    """Requests to one registry. Threads may share it."""

    def __init__(self, url: str, token: str | None) -> None:
        """Connect lazily."""
        self._origin = parse(url)
        self._token = token
        self._pool = Pool(self._origin)
        self._reached = False

    @property
    def url(self) -> str:
        """The URL of the registry."""
        return self._origin.url

    def close(self) -> None:
        """Close the idle connections."""
        self._pool.close()

    def call(
        self,
        method: str,
        path: str,
        shape: type[T],
        *,
        body: msgspec.Struct | None = None,
        params: Mapping[str, object] | None = None,
        key: str | None = None,
        safe: bool = False,
        limits: Limits = CALL,
    ) -> T:
        """Send a JSON request and return the answer in its shape.

        A POST is only tried again with a ``key``, or where it changes nothing (``safe``).
        """
        headers = {"Idempotency-Key": key} if key else {}
        content = b""
        if body is not None:
            content = msgspec.json.encode(body)
            headers["Content-Type"] = "application/json"
        safe = safe or method in ("GET", "PUT", "DELETE") or key is not None
        where = target(path, params)
        sent = Content(content)
        answer = self.request(method, where, sent, headers, safe=safe, limits=limits)
        return answer.decode(shape)

    def request(
        self,
        method: str,
        path: str,
        body: Body,
        headers: Mapping[str, str],
        *,
        safe: bool,
        limits: Limits = CALL,
    ) -> Answer:
        """Send a request and read the whole answer; try again what failed, unless it may have been done (``safe``)."""
        tries = Retry(limits.patience)
        while True:
            wish: float | None = None
            try:
                answer = self._whole(method, path, body, headers, limits.silence)
            except Unreached as fault:
                if not (self._reached and tries.pause()):
                    raise self._unavailable(fault.cause) from fault.cause
                continue
            except _FAULTS as fault:
                if not (safe and tries.pause()):
                    raise self._unavailable(fault) from fault
                continue
            again = answer.status in _AGAIN or (safe and answer.status in _AGAIN_WHERE_SAFE)
            if again:
                wish = after(answer.headers.get("retry-after"))
            if not again or not tries.pause(wish):
                return answer

    @contextmanager
    def stream(self, path: str, headers: Mapping[str, str]) -> Iterator[tuple[Answer, HTTPResponse]]:
        """Ask for a body too big to hold: yield status and headers, and the body to read.

        One try: raises ``Unreached``, ``OSError`` and ``HTTPException`` as they come.
        """
        connection, response = self.exchange("GET", path, Content(b""), headers, CALL.silence)
        try:
            body = b"" if response.status < 300 else response.read(_LARGEST_PROBLEM)
            yield Answer(response.status, _headers(response), body, self.url), response
        finally:
            self._release(connection, response)

    def exchange(
        self, method: str, path: str, body: Body, headers: Mapping[str, str], timeout: float
    ) -> tuple[HTTPConnection, HTTPResponse]:
        """Send one request on one connection and return it with the answer's head."""
        connection = self._pool.take(timeout)
        try:
            if connection.sock is None:
                self._connect(connection, timeout)
            current().enter(connection)
            self._head(connection, method, path, body, headers)
            try:
                body.send(connection)
            except (BrokenPipeError, ConnectionResetError):
                # The server may have refused before it read everything: its answer says more than the broken pipe.
                connection.sock.settimeout(2.0)
            return connection, connection.getresponse()
        except BaseException:
            current().leave(connection)
            connection.close()
            raise

    def _connect(self, connection: HTTPConnection, timeout: float) -> None:
        try:
            connection.timeout = min(timeout, _CONNECT)
            connection.connect()
            connection.sock.settimeout(timeout)
        except (OSError, HTTPException) as fault:
            raise Unreached(fault) from fault
        self._reached = True

    def _head(self, connection: HTTPConnection, method: str, path: str, body: Body, headers: Mapping[str, str]) -> None:
        full = self._origin.prefix + path
        connection.putrequest(
            method, self._origin.url + path if self._pool.absolute else full, skip_accept_encoding=True
        )
        connection.putheader("User-Agent", f"holotype/{__version__}")
        connection.putheader("Accept", "application/json")
        if self._token:
            connection.putheader("Authorization", f"Bearer {self._token}")
        if body.size or method in ("POST", "PUT", "PATCH"):
            connection.putheader("Content-Length", str(body.size))
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()

    def _whole(self, method: str, path: str, body: Body, headers: Mapping[str, str], timeout: float) -> Answer:
        connection, response = self.exchange(method, path, body, headers, timeout)
        try:
            content = response.read(_LARGEST_ANSWER + 1)
            if len(content) > _LARGEST_ANSWER:
                raise TooLarge(f"The answer of {self.url} is larger than {_LARGEST_ANSWER >> 20} MiB.")
            if response.length:
                raise IncompleteRead(content, response.length)
            return Answer(response.status, _headers(response), content, self.url)
        finally:
            self._release(connection, response)

    def _release(self, connection: HTTPConnection, response: HTTPResponse) -> None:
        current().leave(connection)
        if response.isclosed() and not response.will_close:
            self._pool.give_back(connection)
        else:
            connection.close()

    def _unavailable(self, fault: BaseException) -> Unavailable:
        if isinstance(fault, ssl.SSLCertVerificationError):
            return Unavailable(
                f"The TLS certificate of {self.url} is not trusted: {fault.verify_message}.",
                hint="Point SSL_CERT_FILE to the certificate authority that signed it.",
            )
        if isinstance(fault, ssl.SSLError) and fault.reason == "WRONG_VERSION_NUMBER":
            return Unavailable(
                f"{self.url} cannot be reached: what listens there does not speak TLS.",
                hint=f"Try http://{self.url.partition('://')[2]}.",
            )
        return Unavailable(
            f"{self.url} cannot be reached: {_reason(fault)}.",
            hint="Is the server running there? `holotype serve` starts one; HOLOTYPE_URL names another.",
        )


class Unreached(Exception):
    """No connection came about, so nothing was sent."""

    def __init__(self, cause: BaseException) -> None:
        """Keep what stood in the way."""
        super().__init__(str(cause))
        self.cause = cause


class Content:
    """A small body, in memory."""

    def __init__(self, content: bytes) -> None:
        """Hold the bytes."""
        self._content = content
        self.size = len(content)

    def send(self, connection: HTTPConnection) -> None:
        """Send the bytes."""
        if self._content:
            connection.send(self._content)


def target(path: str, params: Mapping[str, object] | None = None) -> str:
    """Return the request target: a quoted path and those parameters that are not None."""
    query = urlencode({k: _text(v) for k, v in (params or {}).items() if v is not None}, doseq=True)
    return f"{path}?{query}" if query else path


def _text(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value


def _headers(response: HTTPResponse) -> dict[str, str]:
    return {name.lower(): value for name, value in response.getheaders()}


def _reason(fault: BaseException) -> str:
    if isinstance(fault, socket.gaierror):
        return "no such host"
    if isinstance(fault, TimeoutError):
        return "no answer in time"
    if isinstance(fault, ConnectionRefusedError):
        return "nothing listens there"
    if isinstance(fault, OSError) and fault.strerror:
        return fault.strerror.lower()
    return str(fault).strip() or type(fault).__name__
