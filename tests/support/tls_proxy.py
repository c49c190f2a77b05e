"""How is a server reached behind a proxy that speaks TLS for it? By the proxy's name, which the server never sees.

The proxy asks the server under the server's own address, and says in ``X-Forwarded-Proto`` and ``X-Forwarded-Host``
what it was asked for, as the usual ones do.
"""

from __future__ import annotations

import contextlib
import http.client
import ssl
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

_BETWEEN_TWO = ("host", "connection", "transfer-encoding", "x-forwarded-host", "x-forwarded-proto")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, target: str, *about: object) -> None:
        self._target = target
        super().__init__(*about)  # type: ignore[arg-type]  # request, address and server, as they come

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _BETWEEN_TWO}
        told = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": self.headers["Host"]}
        with contextlib.closing(http.client.HTTPConnection(self._target)) as connection:
            connection.request(self.command, self.path, body or None, headers | told)
            answer = connection.getresponse()
            content = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in (*_BETWEEN_TWO, "content-length"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _pass_on  # noqa: N815 - as the library asks

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def tls_proxy(url: str, certificate: Path) -> Iterator[str]:
    """Serve what a server serves at ``https://localhost:PORT`` for as long as the block lasts, and give this URL."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, urlsplit(url).netloc)) as proxy:
        proxy.socket = context.wrap_socket(proxy.socket, server_side=True)
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        yield f"https://localhost:{proxy.server_port}"
        proxy.shutdown()
