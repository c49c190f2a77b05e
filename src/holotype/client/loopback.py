"""How does a sign-in through the browser come back to the process that began it? To a port of this machine.

    this process listens on 127.0.0.1 → the browser goes to the server → the OpenID provider → the server → this port

What comes to the port is a code, worth nothing without the PKCE verifier that never left this process. Whoever else on
this machine knocks at the port does not know the state, and is told nothing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlencode, urlsplit

from holotype.errors import Unauthenticated

_DONE = b"<!doctype html><title>Holotype</title><p>You can close this page and go back to the terminal."
_SILENCE = 5.0


class Loopback:
    """A port that waits for one sign-in; used in a ``with`` block."""

    def __init__(self) -> None:
        """Listen on a free port."""
        self.verifier, self.state = secrets.token_urlsafe(48), secrets.token_urlsafe(32)
        self.answers: list[dict[str, list[str]]] = []
        self._server = HTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.timeout = 0.2

    def __enter__(self) -> Self:
        """Begin to wait."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Listen no longer."""
        self._server.server_close()

    def address(self, begin: str) -> str:
        """Return what to open in a browser, for the address at which the server begins sign-ins."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        query = {"port": self._server.server_address[1], "challenge": challenge, "state": self.state}
        return f"{begin}?{urlencode(query)}"

    def wait(self, seconds: float) -> str:
        """Return the code that comes, or raise ``Unauthenticated`` with what the server said instead."""
        end = time.monotonic() + seconds
        while not self.answers and time.monotonic() < end:
            self._server.handle_request()
        if not self.answers:
            raise Unauthenticated("Nobody came back from the browser in time.", hint="Run `holotype login` again.")
        answer = self.answers[0]
        if "code" not in answer:
            raise Unauthenticated(answer.get("error", ["The sign-in was refused."])[0])
        return answer["code"][0]


def _handler(waiting: Loopback) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Takes what the browser brings."""

        timeout = _SILENCE

        def do_GET(self) -> None:
            """Take an answer that bears our state."""
            parts = urlsplit(self.path)
            query = parse_qs(parts.query)
            ours = hmac.compare_digest(query.get("state", [""])[0].encode(), waiting.state.encode())
            if parts.path != "/" or not ours:
                self.send_error(404)
                return
            waiting.answers.append(query)
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(_DONE)))
            self.send_header("Cache-Control", "no-store")
            self.send_header("Content-Security-Policy", "default-src 'none'")
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(_DONE)

        def log_message(self, *words: object) -> None:
            """Write nothing: the code is in the address."""

    return Handler
