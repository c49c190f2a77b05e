"""How does the server make a request to somebody else's server, so that it cannot be used against its own network?

1. The URL is read: https, or plain http where ``egress_allow`` says so; no user, no password.
2. The name is resolved once. One address that may not be called refuses them all: see ``addresses``.
3. The connection goes to the address that was checked, not to the name: a name that resolves to something else a moment
   later changes nothing. The certificate is checked against the name.
4. The answer is what it is: redirects are not followed, proxies of the environment are not used (a proxy would
   resolve the name again, elsewhere, and the check would be of nothing).
5. From the first packet to the last byte there are so many seconds and so many bytes, however slowly they come. A
   stream has no such end, but has to get on: see ``holotype.egress.streams``.

It blocks, so it is called in a thread. It sends nothing that is not given: no cookies, no credentials.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from dataclasses import dataclass
from functools import cached_property
from http.client import HTTPConnection, HTTPException, HTTPResponse
from urllib.parse import SplitResult, urlsplit

from holotype import __version__
from holotype.egress.addresses import judged, parse
from holotype.egress.streams import STALL, Stream
from holotype.errors import ForbiddenAddress, Unavailable

Resolve = Callable[[str, int], Sequence[str]]
SECONDS, LIMIT = 10.0, 2**20
_ADDRESSES = 4
_LONGEST_URL = 8_192


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whatever its status; names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class _Target:
    """Where a request goes."""

    url: str
    host: str
    port: int
    tls: bool
    path: str

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.tls else 80) else f"{host}:{self.port}"


class Client:
    """Makes requests to others. Threads may share it."""

    def __init__(self, allow: str | None = None, *, resolve: Resolve | None = None) -> None:
        """Allow what the setting ``egress_allow`` names; ``resolve`` returns the addresses of a host, as text."""
        self._allowed = parse(allow)
        self._resolve = resolve or resolved
        self._names = ThreadPoolExecutor(4, thread_name_prefix="names")

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        seconds: float = SECONDS,
        limit: int = LIMIT,
    ) -> Answer:
        """Send a request and return the answer.

        Raises ``ForbiddenAddress`` for what may not be called, and ``Unavailable`` where no whole answer came in time.
        """
        end = time.monotonic() + seconds
        target = self._target(url)  # 1
        addresses = self._addresses(target, end)  # 2
        try:
            with self._connected(target, addresses, end) as connection:  # 3, 5
                answer = _exchange(connection, target, method, headers or {}, body, limit)  # 4
            _check_time(end)
        except (OSError, HTTPException, ValueError) as fault:
            late = time.monotonic() >= end
            raise _unreachable(target, "no whole answer came in time" if late else _reason(fault)) from fault
        return answer

    @contextlib.contextmanager
    def stream(
        self, url: str, *, headers: Mapping[str, str] | None = None, seconds: float = SECONDS, stall: float = STALL
    ) -> Iterator[Stream]:
        """Ask for a URL and give the answer while it comes: it has to begin in ``seconds`` and to get on.

        Raises as ``request`` does, also out of the block where the body does not come to its end.
        """
        end = time.monotonic() + seconds
        target = self._target(url)
        addresses = self._addresses(target, end)
        try:
            with self._connected(target, addresses, end, stall=stall) as connection:
                _send(connection, target, "GET", headers or {}, b"")
                with contextlib.closing(connection.getresponse()) as response:
                    yield Stream(response.status, _headers(response), response)
        except (OSError, HTTPException, ValueError) as fault:
            raise _unreachable(target, _reason(fault)) from fault

    def check_host(self, url: str, *, seconds: float = SECONDS) -> None:
        """Raise ``ForbiddenAddress`` where the host of a URL may not be called, by its addresses of this moment."""
        self._addresses(self._target(url), time.monotonic() + seconds)

    def check(self, url: str) -> None:
        """Raise ``ForbiddenAddress`` for a URL that would never be called, without calling it."""
        self._target(url)

    def _target(self, url: str) -> _Target:
        parts, host, port = _read(url)
        tls = parts.scheme == "https"
        port = port or (443 if tls else 80)
        if not tls and not self._allowed.without_tls(host, port):
            raise ForbiddenAddress(
                f"{_shown(url)} is not called without TLS.",
                hint=f"Use https://, or start the server with egress_allow = 'http://{host}:{port}'.",
            )
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return _Target(url, host, port, tls, path)

    def _addresses(self, target: _Target, end: float) -> list[str]:
        asked: Future[Sequence[str]] = self._names.submit(self._resolve, target.host, target.port)
        try:
            texts = asked.result(max(0.0, end - time.monotonic()))
        except TooLate:
            asked.cancel()
            raise _unreachable(target, "its name was not resolved in time") from None
        except (OSError, UnicodeError) as fault:
            raise _unreachable(target, "there is no such host") from fault
        found, forbidden = judged(texts, self._allowed, target.host, target.port)
        if forbidden is not None:
            raise ForbiddenAddress(
                f"{target.host} has the address {forbidden}, which this server does not call.",
                hint="If it is a server of yours, name its host or network in the setting egress_allow.",
            )
        return found[:_ADDRESSES]

    @contextlib.contextmanager
    def _connected(
        self, target: _Target, addresses: Sequence[str], end: float, *, stall: float | None = None
    ) -> Iterator[HTTPConnection]:
        """Connect, and cut the connection off when the time is over, whatever it is doing then.

        With ``stall`` it has no end, but every wait for a packet has.
        """
        raw = _connect(addresses, target.port, end)
        watch = threading.Timer(max(0.0, end - time.monotonic()), _cut, [raw])
        watch.daemon = True
        if stall is None:
            watch.start()
        try:
            raw.settimeout(max(0.05, end - time.monotonic()) if stall is None else stall)
            sock = self._context.wrap_socket(raw.dup(), server_hostname=target.host) if target.tls else raw
            with contextlib.closing(HTTPConnection(target.host, target.port)) as connection:
                connection.sock = sock
                yield connection
        finally:
            watch.cancel()
            raw.close()

    @cached_property
    def _context(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context


def resolved(host: str, port: int) -> list[str]:
    """Return the addresses of a host, as the system resolves it."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def _read(url: str) -> tuple[SplitResult, str, int | None]:
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise _refused(url) from None
    plain = url.isascii() and url.isprintable() and not any(c in url for c in " \\") and len(url) <= _LONGEST_URL
    if not plain or parts.scheme not in ("http", "https") or not host or "@" in parts.netloc or "%" in host:
        raise _refused(url)
    return parts, host, port


def _check_time(end: float) -> None:
    """Raise where the time is over: an answer that was cut off looks like one that has ended."""
    if time.monotonic() >= end:
        raise TimeoutError


def _connect(addresses: Sequence[str], port: int, end: float) -> socket.socket:
    fault: OSError = OSError("it has no address")
    for address in addresses:
        try:
            return socket.create_connection((address, port), timeout=max(0.05, end - time.monotonic()))
        except OSError as error:
            fault = error
    raise fault


def _exchange(
    connection: HTTPConnection, target: _Target, method: str, headers: Mapping[str, str], body: bytes, limit: int
) -> Answer:
    _send(connection, target, method, headers, body)
    with contextlib.closing(connection.getresponse()) as response:
        return Answer(response.status, _headers(response), _body(response, limit))


def _send(connection: HTTPConnection, target: _Target, method: str, headers: Mapping[str, str], body: bytes) -> None:
    given = {"User-Agent": f"holotype/{__version__}", "Accept-Encoding": "identity", "Connection": "close", **headers}
    connection.putrequest(method, target.path, skip_host=True, skip_accept_encoding=True)
    connection.putheader("Host", target.authority)
    if body or method in ("POST", "PUT", "PATCH"):
        connection.putheader("Content-Length", str(len(body)))
    for name, value in given.items():
        if not (value.isascii() and value.isprintable()):
            raise HTTPException(f"the header {name} that it would get cannot be sent")  # its value may be a secret
        connection.putheader(name, value)
    connection.endheaders(body or None)


def _body(response: HTTPResponse, limit: int) -> bytes:
    content = response.read(limit + 1)
    if len(content) > limit:
        raise HTTPException(f"the answer is larger than {limit:,} bytes")
    if response.length:
        raise HTTPException("the answer ended before its end")
    return content


def _headers(response: HTTPResponse) -> dict[str, str]:
    return {name.lower(): value for name, value in response.getheaders()}


def _cut(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def _shown(url: str) -> str:
    return ascii(url.partition("?")[0][:200])  # what is asked for may be a secret


def _refused(url: str) -> ForbiddenAddress:
    shown = "An address with an @" if "@" in url else _shown(url)  # a password, or a token, may lie on either side
    return ForbiddenAddress(f"{shown} is not a URL that this server calls.", hint="For example https://host/path")


def _unreachable(target: _Target, why: str) -> Unavailable:
    place = f"{'https' if target.tls else 'http'}://{target.authority}"
    return Unavailable(f"{place} did not answer: {why}.", hint="Is it up, and can this server reach it?")


def _reason(fault: BaseException) -> str:
    if isinstance(fault, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted ({fault.verify_message})"
    if isinstance(fault, TimeoutError):
        return "no whole answer came in time"
    if isinstance(fault, OSError) and fault.strerror:
        return fault.strerror.lower()
    told = "" if isinstance(fault, ValueError) else " ".join(str(fault).split())[:200]
    return told or type(fault).__name__  # what cannot be sent or read may be a secret
