"""What becomes of answers that fail, and of servers that do not answer?"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future

import pytest

from holotype import Client, errors
from holotype.client import retry
from holotype.client.answers import by_code
from holotype.client.threads import workers
from tests.unit.client.hostile import OneVersion as Registry
from tests.unit.client.hostile import Request, serving

WHOAMI = b'{"principal":"ada","permissions":[],"scope":"registry"}'


def ask(answer: Callable[[Request], None], token: str | None = "secret") -> str:
    """Ask a server who the caller is."""
    with serving(answer) as server, Client(server.url, token) as client:
        return client.whoami().principal


@pytest.mark.parametrize("kind", sorted(by_code().values(), key=lambda kind: kind.code), ids=lambda kind: kind.code)
def test_every_error_arrives_as_its_own_class(
    kind: type[errors.HolotypeError], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Code, detail and hint survive the wire."""
    monkeypatch.setattr(retry, "_FIRST", 100.0)
    with pytest.raises(kind) as caught:
        ask(lambda r: r.problem(418, kind.code, "What happened.", "What to do."))
    assert type(caught.value) is kind
    assert (caught.value.detail, caught.value.hint) == ("What happened.", "What to do.")


def test_an_unknown_code_is_told_by_the_status() -> None:
    """A newer server may know errors that this client does not."""
    with pytest.raises(errors.Conflict, match="Later"):
        ask(lambda r: r.problem(409, "invented-later", "Later."))
    with pytest.raises(errors.HolotypeError):
        ask(lambda r: r.problem(418, "invented-later", "Later."))


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, b"<html>Welcome</html>", "text/html"),
        (200, b"", "application/json"),
        (200, b'{"principal": 7}', "application/json"),
        (200, b"\xff\xfe", "application/json"),
        (404, b"<html>Not here</html>", "text/html"),
        (400, b"{", "application/problem+json"),
    ],
)
def test_answers_that_make_no_sense_name_the_address(status: int, body: bytes, kind: str) -> None:
    """Something else listens there: say so, and where to set the address."""
    with pytest.raises(errors.Unavailable, match=r"http://127\.0\.0\.1:\d+ does not answer like a Holotype server"):
        ask(lambda r: r.reply(status, body, kind))


def test_a_proxy_that_asks_for_a_password_is_told_apart() -> None:
    """401 and 403 keep their meaning without a problem body."""
    with pytest.raises(errors.Unauthenticated):
        ask(lambda r: r.reply(401, b"<html>", "text/html"))
    with pytest.raises(errors.Denied):
        ask(lambda r: r.reply(403, b"<html>", "text/html"))


def test_redirects_are_refused_and_the_token_stays() -> None:
    """The other place is never even asked."""
    with serving(lambda r: r.reply(200, WHOAMI)) as elsewhere:
        with pytest.raises(errors.Unavailable, match="not followed"):
            ask(lambda r: r.reply(302, b"", Location=f"{elsewhere.url}/api/v1/whoami"))
        assert elsewhere.seen == []


def test_a_token_is_a_bearer_and_absent_without_one() -> None:
    """Nothing is sent where there is nothing to send."""
    seen: list[str | None] = []

    def answer(request: Request) -> None:
        seen.append(request.headers.get("Authorization"))
        request.reply(200, WHOAMI)

    assert (ask(answer), ask(answer, None)) == ("ada", "ada")
    assert seen == ["Bearer secret", None]


@pytest.mark.parametrize("status", [429, 502, 503])
def test_a_busy_server_is_asked_again_after_the_pause_that_it_wants(status: int) -> None:
    """``Retry-After`` is obeyed."""
    times: list[float] = []

    def answer(request: Request) -> None:
        times.append(time.monotonic())
        if len(times) == 1:
            return request.problem(status, "unavailable", Retry_After="0.5")
        return request.reply(200, WHOAMI)

    assert ask(answer) == "ada"
    assert times[1] - times[0] >= 0.5


def test_a_create_keeps_its_key_over_all_tries() -> None:
    """So the server can tell that it is the same request."""
    count = iter(range(9))

    def answer(request: Request) -> None:
        if next(count) < 2:
            return request.hang_up()
        return request.reply(201, b'{"name":"risk","description":"","created_at":"2024-01-01T00:00:00Z"}')

    with serving(answer) as server, Client(server.url) as client:
        assert client.create_namespace("risk").name == "risk"
        client.create_namespace("risk")
        keys = [seen.headers["Idempotency-Key"] for seen in server.seen]
    assert len(keys) == 4
    assert keys[0] == keys[1] == keys[2] != keys[3]


def test_nobody_listening_is_said_at_once_with_the_address() -> None:
    """A first request is not repeated: a person waits."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    started = time.monotonic()
    with pytest.raises(errors.Unavailable, match=f"127.0.0.1:{port} cannot be reached: nothing listens there"):
        Client(f"http://127.0.0.1:{port}").whoami()
    assert time.monotonic() - started < 1


def test_an_unknown_host_is_said() -> None:
    """Not an exception of the socket library."""
    with pytest.raises(errors.Unavailable, match="cannot be reached"):
        Client("http://registry.invalid").whoami()


def test_a_server_that_restarts_is_waited_for() -> None:
    """Once it was reached, a refused connection is a pause."""
    with serving(lambda r: r.reply(200, WHOAMI)) as first:
        client = Client(first.url)
        client.whoami()
        port = first.server_port
    client.close()

    def come_back() -> None:
        time.sleep(0.4)
        listener = socket.create_server(("127.0.0.1", port))
        connection, _ = listener.accept()
        connection.recv(65_536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(WHOAMI), WHOAMI))
        connection.close()
        listener.close()

    thread = threading.Thread(target=come_back)
    thread.start()
    assert client.whoami().principal == "ada"
    thread.join()


def test_a_kept_connection_that_the_server_closed_is_not_used() -> None:
    """A promotion is not repeatable without a key, so it must not meet a dead connection."""

    def answer(request: Request) -> None:
        request.reply(200, WHOAMI)
        request.hang_up()

    with serving(answer) as server, Client(server.url) as client:
        for _ in range(3):
            assert client.whoami().principal == "ada"
            time.sleep(0.02)


def test_an_answer_without_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is not the server's to fill."""
    monkeypatch.setattr("holotype.client.transport._LARGEST_ANSWER", 1000)
    with pytest.raises(errors.TooLarge):
        ask(lambda r: r.reply(200, b"x" * 2000))


def test_a_certificate_that_nobody_signed_is_refused(tmp_path_factory: pytest.TempPathFactory) -> None:
    """TLS is verified, and there is no switch to turn that off."""
    from tests.unit.client.certificate import self_signed  # noqa: PLC0415 - needs a library that only this test needs

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(tmp_path_factory.mktemp("tls")))
    with serving(Registry({})) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        with pytest.raises(errors.Unavailable, match="certificate"):
            Client(f"https://localhost:{server.server_port}", "secret").whoami()
        assert server.seen == []


def test_a_failure_in_one_thread_ends_the_others_at_once() -> None:
    """A thread that waits for an answer, or pauses before a new try, does not hold up Ctrl-C."""
    asked = threading.Barrier(3)

    def answer(request: Request) -> None:
        if request.route.endswith("whoami"):
            return request.problem(503, "unavailable", Retry_After="7")
        asked.wait(5)
        time.sleep(2)
        return request.hang_up()

    futures: list[Future[object]] = []

    def work(client: Client) -> None:
        with workers(3, "test") as pool:
            futures.extend(
                pool.submit(call) for call in (lambda: client.model("a"), lambda: client.model("b"), client.whoami)
            )
            asked.wait(5)
            time.sleep(0.2)
            raise KeyboardInterrupt

    with serving(answer) as server, Client(server.url) as client:
        started = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            work(client)
        assert time.monotonic() - started < 1.5
        assert all(isinstance(future.exception(), errors.Unavailable) for future in futures)
