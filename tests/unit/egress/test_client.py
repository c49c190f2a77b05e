"""Can whoever names a URL, or answers it, make the server call where it must not, or keep it busy?"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from holotype import egress
from holotype.errors import ForbiddenAddress, Unavailable
from tests.unit.client.certificate import self_signed
from tests.unit.egress.speakers import Speak, says, speaking, whole


def plain(port: int) -> egress.Client:
    """Return a client that may call one port of this machine without TLS."""
    return egress.Client(f"http://127.0.0.1:{port}")


def test_a_whole_answer_comes_back() -> None:
    """Status, headers and body, whatever the status."""
    heard: list[bytes] = []

    def speak(connection: socket.socket) -> None:
        heard.append(b"asked")
        connection.sendall(b"HTTP/1.1 404 No\r\nX-One: 1\r\nContent-Length: 2\r\n\r\nno")

    with speaking(speak) as port:
        answer = plain(port).request("GET", f"http://127.0.0.1:{port}/a?b=c")
    assert (answer.status, answer.headers["x-one"], answer.body, heard) == (404, "1", b"no", [b"asked"])


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/", "http://example.com/", "ftp://example.com/", "https://u:p@example.com/", "https://", "//x/y",
     "https://exa mple.com/", "https://example.com\\@10.0.0.1/", "https://[::1%25eth0]/", "https://example.com:99999/",
     "https://u:p@h/?:p@x", "file:///etc/passwd", "https://example.com/\r\nX: y", "https://example.com/" + "a" * 9_000],
)  # fmt: skip
def test_a_url_that_is_not_called_is_refused_before_anything_is_resolved(url: str) -> None:
    """Schemes, credentials, tricks and plain HTTP."""

    def resolve(host: str, port: int) -> Sequence[str]:
        raise AssertionError((host, port))

    with pytest.raises(ForbiddenAddress) as caught:
        egress.Client(resolve=resolve).request("GET", url)
    assert ":p@" not in str(caught.value)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "0.0.0.0"])
def test_a_name_that_leads_inside_is_refused(address: str) -> None:
    """Whatever the name looks like."""
    client = egress.Client(resolve=lambda _host, _port: [address])
    with pytest.raises(ForbiddenAddress, match="does not call"):
        client.request("GET", "https://models.example.com/")


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "localhost", "[::1]"])
def test_every_way_to_write_loopback_is_refused(host: str) -> None:
    """The system resolves them, and what it found is judged."""
    with pytest.raises((ForbiddenAddress, Unavailable)):
        egress.Client().request("GET", f"https://{host}:1/", seconds=3)


def test_a_name_is_resolved_once() -> None:
    """A name that leads elsewhere a moment later is called where it led when it was checked."""
    asked: list[str] = []
    with speaking(says(whole())) as port:

        def resolve(host: str, _port: int) -> Sequence[str]:
            asked.append(host)
            return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

        client = egress.Client(f"http://rebound.test:{port}", resolve=resolve)
        assert client.request("GET", f"http://rebound.test:{port}/").status == 200
        assert asked == ["rebound.test"]
        with pytest.raises(ForbiddenAddress, match=r"169\.254"):
            client.request("GET", f"http://rebound.test:{port}/")


def test_a_redirect_is_not_followed() -> None:
    """It comes back as what it is."""
    with speaking(
        says(b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n")
    ) as port:
        assert plain(port).request("GET", f"http://127.0.0.1:{port}/").status == 302


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would resolve the name again, where nobody checks."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with speaking(says(whole())) as port:
        assert plain(port).request("GET", f"http://127.0.0.1:{port}/").status == 200


def drip(connection: socket.socket) -> None:
    """Send a head that never ends, a byte at a time."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while True:
        time.sleep(0.05)
        connection.sendall(b"a")


def drip_body(connection: socket.socket) -> None:
    """Send a body that never ends, a byte at a time."""
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        time.sleep(0.05)
        connection.sendall(b"a")


def silence(connection: socket.socket) -> None:
    """Say nothing at all."""
    connection.recv(1)


@pytest.mark.parametrize("speak", [drip, drip_body, silence])
def test_a_slow_answer_is_cut_off(speak: Speak) -> None:
    """However slowly it comes: the time is for the whole of it."""
    with speaking(speak) as port:
        began = time.monotonic()
        with pytest.raises(Unavailable, match="in time"):
            plain(port).request("GET", f"http://127.0.0.1:{port}/", seconds=0.5)
        assert time.monotonic() - began < 5


def test_a_slow_resolver_is_not_waited_for() -> None:
    """Resolving counts towards the time."""

    def resolve(_host: str, _port: int) -> Sequence[str]:
        time.sleep(3)
        return ["8.8.8.8"]

    with pytest.raises(Unavailable, match="resolved in time"):
        egress.Client(resolve=resolve).request("GET", "https://a.example/", seconds=0.2)


@pytest.mark.parametrize(
    "answer",
    [whole(b"x" * 2_000), b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 2_000, b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 500,
     b"HTTP/1.1 200 OK\r\nX: " + b"a" * 100_000, b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nxx",
     b"nonsense\r\n\r\n",
     b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1000\r\n" + b"x" * 4_096],
    ids=["announced", "endless", "headers", "header", "short", "nonsense", "chunked"],
)  # fmt: skip
def test_a_huge_or_broken_answer_is_refused(answer: bytes) -> None:
    """No more than the limit is ever held."""
    with speaking(says(answer)) as port, pytest.raises(Unavailable):
        plain(port).request("GET", f"http://127.0.0.1:{port}/", limit=1_000, seconds=3)


def tls(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """Return a certificate for ``localhost`` and what serves it."""
    made = self_signed(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made)
    return made, context


def test_a_certificate_of_nobody_known_is_refused(tmp_path: Path) -> None:
    """TLS is verified, also where the host was allowed."""
    with speaking(says(whole()), tls(tmp_path)[1]) as port, pytest.raises(Unavailable, match="not trusted"):
        egress.Client("localhost").request("GET", f"https://localhost:{port}/")


def test_a_certificate_is_checked_against_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name of the URL counts, not the address that was connected to."""
    made, context = tls(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made))
    with speaking(says(whole()), context) as port:
        client = egress.Client("localhost other.test", resolve=lambda _host, _port: ["127.0.0.1"])
        assert client.request("GET", f"https://localhost:{port}/").status == 200
        with pytest.raises(Unavailable, match="not trusted"):
            client.request("GET", f"https://other.test:{port}/")
