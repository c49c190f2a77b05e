"""Does a real server start, refuse, serve and stop as it should?"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import json
import os
import signal
import socket
import ssl
import stat
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.server import Running, prepared, serving


@contextlib.contextmanager
def connected(url: str) -> Iterator[http.client.HTTPConnection]:
    """Open a connection to a server."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=20)
    yield connection
    connection.close()


def ask(
    server: Running, method: str, path: str, *, token: str | None = None, headers: Mapping[str, str] | None = None
) -> tuple[int, bytes]:
    """Ask once and return status and body."""
    given = dict(headers or {}) | ({"Authorization": f"Bearer {token}"} if token else {})
    with connected(server.url) as connection:
        connection.request(method, path, headers=given)
        answer = connection.getresponse()
        return answer.status, answer.read()


def children(pid: int) -> list[int]:
    """Return the processes that a process started."""
    listing = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [int(word) for word in listing.stdout.split()]


def refused(server: Running) -> str:
    """Start a server that must not start, and return what it says."""
    process = server.launch()
    assert process.wait(30) != 0
    assert server.output == ""
    return server.log


def test_the_first_start_just_works(tmp_path: Path) -> None:
    """Data directory, registry and owner are there; the token lies in a file for this OS user alone."""
    with serving(tmp_path) as server:
        assert ask(server, "GET", "/readyz")[0] == 200
        assert json.loads(ask(server, "GET", "/api/v1/whoami", token=server.token)[1])["principal"] == "owner"
        assert stat.S_IMODE(server.credentials.stat().st_mode) == 0o600
        assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
        assert json.loads(server.credentials.read_text())["default"] == server.url
        assert server.token not in server.output + server.log


def test_commands_ask_the_server_that_was_started_last(tmp_path: Path) -> None:
    """Another server that came and went does not keep them from the one that is started again."""
    with serving(tmp_path) as server:
        server.stop()
        content = json.loads(server.credentials.read_text())
        gone = "http://127.0.0.1:9"
        server.credentials.write_text(json.dumps({**content, gone: {"token": "other"}, "default": gone}))
        server.start()
        assert json.loads(server.credentials.read_text()) == {**content, gone: {"token": "other"}}


def test_what_is_kept_is_for_its_os_user_alone(tmp_path: Path) -> None:
    """Also in a data directory that others may look into, as a volume often is: the rules of access hold on disk."""
    data = tmp_path / "data"
    data.mkdir(mode=0o755)
    with serving(tmp_path) as server:
        assert ask(server, "GET", "/readyz")[0] == 200
        readable = [str(path) for path in data.rglob("*") if path.stat().st_mode & 0o077]
    assert readable == []
    assert len(list(data.rglob("*"))) > 3


def test_the_next_start_keeps_what_is_there(tmp_path: Path) -> None:
    """The same token works; when it is lost or revoked a new one is left, and the server says so."""
    with serving(tmp_path) as server:
        first = server.token
        assert server.stop() == 0
        server.start()
        assert server.token == first
        assert "token" not in server.output

        name = first.split("_")[1]
        assert ask(server, "DELETE", f"/api/v1/tokens/{name}", token=first)[0] == 204
        assert ask(server, "GET", "/api/v1/whoami", token=first)[0] == 401
        server.stop()
        server.start()
        assert server.token != first
        assert "no longer worked" in server.output

        server.credentials.unlink()
        server.stop()
        server.start()
        assert ask(server, "GET", "/api/v1/whoami", token=server.token)[0] == 200


def test_credentials_of_other_servers_are_kept(tmp_path: Path) -> None:
    """A server adds its entry; the client's default stays where a server elsewhere has it."""
    server = prepared(tmp_path)
    server.credentials.parent.mkdir(parents=True)
    others = {"https://models.example.com": {"token": "t"}, "default": "https://models.example.com"}
    server.credentials.write_text(json.dumps(others))
    server.credentials.chmod(0o600)
    server.start()
    try:
        found = json.loads(server.credentials.read_text())
        assert found | others == found
        assert server.url in found
    finally:
        server.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
@pytest.mark.parametrize("workers", [1, 2])
def test_a_stop_finishes_what_is_in_flight(tmp_path: Path, workers: int, number: signal.Signals) -> None:
    """An upload that is half sent when the server is told to stop is finished and answered; then the server ends."""
    content = b"x" * 300_000
    digest = "sha256:" + hashlib.sha256(content).hexdigest()
    with serving(tmp_path, workers=workers) as server, connected(server.url) as connection:
        connection.putrequest("PUT", f"/api/v1/namespaces/default/blobs/{digest}")
        connection.putheader("Authorization", f"Bearer {server.token}")
        connection.putheader("Content-Type", "application/octet-stream")
        connection.putheader("Content-Length", str(len(content)))
        connection.endheaders()
        connection.send(content[:100_000])
        time.sleep(0.5)
        os.kill(server.pid, number)
        time.sleep(0.5)
        connection.send(content[100_000:])
        assert connection.getresponse().status in (200, 201)
        assert server.process is not None
        assert server.process.wait(20) == 0
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", int(str(server.settings["port"]))))


def test_a_stop_does_not_wait_for_ever(tmp_path: Path) -> None:
    """A client that never finishes its request holds the server up for the stop timeout, not longer."""
    with serving(tmp_path, stop_timeout=1) as server, connected(server.url) as connection:
        connection.putrequest("PUT", f"/api/v1/namespaces/default/blobs/sha256:{'0' * 64}")
        connection.putheader("Authorization", f"Bearer {server.token}")
        connection.putheader("Content-Length", "1000")
        connection.endheaders()
        connection.send(b"x")
        time.sleep(0.5)
        began = time.monotonic()
        server.stop()
        assert time.monotonic() - began < 10


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_a_public_address_needs_tls_or_a_word(tmp_path: Path, host: str) -> None:
    """Tokens would cross the network in the clear."""
    said = refused(prepared(tmp_path, host=host))
    assert "unencrypted" in said
    assert not (tmp_path / "data").exists()


def test_a_public_address_is_served_when_asked_for(tmp_path: Path) -> None:
    """Behind a proxy that speaks TLS; no credentials are left, for the owner may be somebody else."""
    with serving(tmp_path, host="0.0.0.0", insecure_public=True) as server:
        assert not server.credentials.exists()
        port = server.settings["port"]
        server.url = f"http://127.0.0.1:{port}"
        assert ask(server, "GET", "/healthz")[0] == 200


def test_open_is_for_loopback_only(tmp_path: Path) -> None:
    """Also with the override that lets other servers listen on public addresses."""
    assert "without sign-in" in refused(prepared(tmp_path, host="0.0.0.0", open=True, insecure_public=True))


def test_an_open_server_answers_this_machine_only(tmp_path: Path) -> None:
    """No token is needed, but a page on the web that talks to it through a browser gets nothing."""
    with serving(tmp_path, open=True) as server:
        assert not server.credentials.exists()
        host = urlsplit(server.url).netloc
        own = {"Origin": server.url, "Sec-Fetch-Site": "same-origin"}
        local = f"localhost:{server.settings['port']}"
        for good in ({}, own, {"Host": local}, {"Host": f"[::1]:{server.settings['port']}"}):
            assert ask(server, "GET", "/api/v1/namespaces", headers=good)[0] == 200, good
        rebound = {"Host": f"evil.example:{server.settings['port']}"}
        across = {"Sec-Fetch-Site": "cross-site"}
        other = {"Origin": "https://evil.example", "Host": host}
        for bad in (rebound, across, other, {"Origin": "null"}, {"Host": "127.0.0.1.evil.example"}):
            status, body = ask(server, "GET", "/api/v1/namespaces", headers=bad)
            assert (status, json.loads(body)["code"]) == (403, "denied"), bad


def test_a_port_that_is_taken_is_refused(tmp_path: Path) -> None:
    """Two servers never share a port unseen."""
    with serving(tmp_path / "one") as first:
        said = refused(prepared(tmp_path / "two", port=first.settings["port"]))
        assert "cannot listen" in said


def test_ipv6_works(tmp_path: Path) -> None:
    """Where the machine has it."""
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    with serving(tmp_path, host="::1") as server:
        assert server.url.startswith("http://[::1]:")
        assert ask(server, "GET", "/api/v1/whoami", token=server.token)[0] == 200


def test_servers_that_start_together_make_one_registry(tmp_path: Path) -> None:
    """Same data, two ports: one owner, and both tokens work on both."""
    servers = [prepared(tmp_path / name, data=str(tmp_path / "data")) for name in ("one", "two", "three")]
    processes = [server.launch() for server in servers]
    try:
        for server in servers:
            end = time.monotonic() + 30
            while "ready" not in server.output and time.monotonic() < end:
                time.sleep(0.05)
            assert "ready" in server.output, server.log
            server.url = server.output.split("ready at ")[1].strip()
        for server in servers:
            for other in servers:
                assert ask(server, "GET", "/api/v1/whoami", token=other.token)[0] == 200
    finally:
        for server in servers:
            server.kill()
    assert [process.poll() is not None for process in processes] == [True] * 3


def test_a_worker_that_dies_is_replaced(tmp_path: Path) -> None:
    """The server serves on, and stops as it should afterwards."""
    with serving(tmp_path, workers=2) as server:
        before = children(server.pid)
        assert len(before) == 2
        os.kill(before[0], signal.SIGKILL)
        end = time.monotonic() + 10
        while len(set(children(server.pid)) - set(before)) < 1 and time.monotonic() < end:
            time.sleep(0.05)
        for _ in range(20):
            assert ask(server, "GET", "/api/v1/whoami", token=server.token)[0] == 200
        assert "another one takes its place" in server.log
        assert server.stop() == 0


def test_workers_do_not_outlive_the_first_process(tmp_path: Path) -> None:
    """Killed without a word, the server frees its port, and the next start takes it."""
    with serving(tmp_path, workers=2) as server:
        os.kill(server.pid, signal.SIGKILL)
        end = time.monotonic() + 20
        while time.monotonic() < end:
            try:
                ask(server, "GET", "/healthz")
                time.sleep(0.05)
            except OSError:
                break
        server.start()
        assert ask(server, "GET", "/api/v1/whoami", token=server.token)[0] == 200
        assert len(children(server.pid)) == 2


def test_a_token_revoked_on_one_worker_ends_on_all(tmp_path: Path) -> None:
    """No worker remembers who was let in."""
    with serving(tmp_path, workers=2) as server:
        token = server.token
        assert {ask(server, "GET", "/api/v1/whoami", token=token)[0] for _ in range(10)} == {200}
        assert ask(server, "DELETE", f"/api/v1/tokens/{token.split('_')[1]}", token=token)[0] == 204
        assert {ask(server, "GET", "/api/v1/whoami", token=token)[0] for _ in range(20)} == {401}


def test_json_logs_hold_a_line_a_request_and_no_secret(tmp_path: Path) -> None:
    """Each line is an object with id, method, path, status, time and actor; no token and no query string."""
    with serving(tmp_path, log_format="json") as server:
        ask(server, "GET", "/api/v1/whoami", token=server.token, headers={"X-Request-Id": "seven"})
        ask(server, "GET", f"/api/v1/tokens?cursor={server.token}", token=server.token)
        ask(server, "GET", "/nowhere", token=f"holo_aaaaaaaaaaaa_{'b' * 32}")
        token = server.token
        server.stop()
        assert "" not in server.log.splitlines(), server.log
        lines = [json.loads(line) for line in server.log.splitlines()]
        requests = {line["request_id"]: line for line in lines if line["event"] == "request"}
        assert len(requests) == 3
        assert {"GET", "/api/v1/whoami", 200, "owner"} <= set(requests["seven"].values())
        assert token not in server.log
        assert "b" * 32 not in server.log


def test_tls_is_spoken_with_a_certificate(tmp_path: Path) -> None:
    """And nothing else is spoken then."""
    certificate, key = _certificate(tmp_path)
    with serving(tmp_path, tls_certificate=str(certificate), tls_key=str(key)) as server:
        assert server.url.startswith("https://")
        context = ssl.create_default_context(cafile=str(certificate))
        connection = http.client.HTTPSConnection("127.0.0.1", int(str(server.settings["port"])), context=context)
        connection.request("GET", "/healthz")
        assert connection.getresponse().status == 200
        connection.close()


def test_fifty_megabytes_of_json_are_refused_over_the_network(tmp_path: Path) -> None:
    """With and without an announced length; the server's memory does not grow by them."""
    with serving(tmp_path) as server:
        before = _resident(server.pid)
        for chunked in (False, True):
            assert _send_much(server, chunked=chunked) in (413, None)
        assert _resident(server.pid) - before < 30 * 2**20
        assert ask(server, "GET", "/healthz")[0] == 200


def _send_much(server: Running, *, chunked: bool) -> int | None:
    """Send 50 MB of JSON; return the status, or None where the server hung up on us."""
    piece = b'"' + b"a" * (2**20 - 2) + b'"'
    with connected(server.url) as connection:
        connection.putrequest("POST", "/api/v1/models")
        connection.putheader("Authorization", f"Bearer {server.token}")
        connection.putheader("Content-Type", "application/json")
        if chunked:
            connection.putheader("Transfer-Encoding", "chunked")
        else:
            connection.putheader("Content-Length", str(50 * 2**20))
        connection.endheaders()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            for _ in range(50):
                connection.send(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
        try:
            return connection.getresponse().status
        except (http.client.HTTPException, OSError):
            return None


def _resident(pid: int) -> int:
    listing = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True)
    return int(listing.stdout) * 1024


def _certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate for 127.0.0.1 that nobody else signed."""
    import datetime as dt  # noqa: PLC0415 - one test needs these
    import ipaddress  # noqa: PLC0415

    from cryptography import x509  # noqa: PLC0415
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "holotype test")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    certificate, secret = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    pem = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    secret.write_bytes(key.private_bytes(*pem))
    return certificate, secret


def test_connections_that_say_nothing_keep_nobody_out(tmp_path: Path) -> None:
    """Several hundred of them, from the first request on."""
    with serving(tmp_path) as server, contextlib.ExitStack() as stack:
        place = urlsplit(server.url)
        for number in range(400):
            idle = stack.enter_context(socket.create_connection((str(place.hostname), int(place.port or 0)), timeout=5))
            idle.sendall(b"GET /healthz HTTP/1.1\r\nho" if number % 2 else b"")
        for _ in range(3):
            assert ask(server, "GET", "/healthz")[0] == 200
