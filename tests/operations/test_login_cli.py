"""Can people sign in at a terminal and in a browser, with a real server and a real OpenID provider?"""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from joserfc import jwt

from holotype import Client
from tests.support.oidc import SECRET, Provider, providing
from tests.support.processes import free_port
from tests.support.server import Running, serving

COMMAND = [sys.executable, "-c", "from holotype.cli import main; main()"]
GOOD, BETTER = "a heron stood by the weir", "forty-two otters and a half"


@pytest.fixture(scope="module")
def port() -> int:
    """The port of the server, which the provider has to know."""
    return free_port()


@pytest.fixture(scope="module")
def own_provider(tmp_path_factory: pytest.TempPathFactory, port: int) -> Iterator[Provider]:
    """A provider that sends people back to the server."""
    address = f"http://127.0.0.1:{port}/api/v1/sign-in/oidc/callback"
    with providing(tmp_path_factory.mktemp("provider"), address) as running:
        yield running


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, port: int, own_provider: Provider) -> Iterator[Running]:
    """A server that asks the provider; its secret comes from the environment."""
    settings: dict[str, Any] = {
        "port": port,
        "public_url": f"http://127.0.0.1:{port}",
        "egress_allow": own_provider.issuer,
    }
    settings |= {"oidc_issuer": own_provider.issuer, "oidc_client_id": "holotype"}
    environment = {"HOLOTYPE_OIDC_CLIENT_SECRET": SECRET}
    with serving(tmp_path_factory.mktemp("server"), environment=environment, **settings) as running:
        with Client(running.url, running.token) as owner:
            for name in ("ada", "grace"):
                owner.create_user(name)
                owner.grant(f"user:{name}", "reader", "default")
            owner.link_identity("ada", subject="ada")
            owner.create_service("ci")
        yield running


def environment(server: Running, home: Path) -> dict[str, str]:
    """Return the variables of somebody with an empty home."""
    found = {name: value for name, value in server.environment.items() if not name.startswith("HOLOTYPE_")}
    return found | {"XDG_CONFIG_HOME": str(home), "HOLOTYPE_URL": server.url}


def typed(home: dict[str, str], *words: str, answers: list[str]) -> str:
    """Run a command at a terminal, type an answer to each question, and return what was shown."""
    parent, child = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, *words], env=home, stdin=child, stdout=child, stderr=child, start_new_session=True
    )
    os.close(child)
    shown, left = "", list(answers)
    while True:
        try:
            chunk = os.read(parent, 4_096).decode()
        except OSError:
            break
        if not chunk:
            break
        shown += chunk
        if left and shown.endswith(": "):
            time.sleep(0.05)
            os.write(parent, (left.pop(0) + "\n").encode())
    os.close(parent)
    assert process.wait(20) == 0, shown
    return shown


def plain(home: dict[str, str], *words: str, text: str = "") -> str:
    """Run a command in a pipe and return what it printed."""
    result = subprocess.run([*COMMAND, *words], env=home, input=text, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_a_new_user_sets_up_and_signs_in_with_a_password(server: Running, tmp_path: Path) -> None:
    """Nothing that was typed is shown, in the log or in the file; after the sign-out the token is dead."""
    with Client(server.url, server.token) as owner:
        secret = owner.create_set_up("grace").secret
    home = environment(server, tmp_path)
    shown = typed(home, "login", "--setup", answers=[secret, GOOD, GOOD])
    assert "signed in as grace" in shown
    assert "grace" in plain(home, "whoami")
    shown += typed(home, "user", "password", answers=[GOOD, BETTER, BETTER])
    shown += typed(home, "login", "--name", "grace", answers=[BETTER])
    file = tmp_path / "holotype" / "credentials.json"
    assert file.stat().st_mode & 0o777 == 0o600
    kept = json.loads(file.read_text())[server.url]["token"]
    for word in (secret, GOOD, BETTER):
        assert word not in shown + server.log + file.read_text()
    assert "signed out" in plain(home, "logout")
    assert "nobody was signed in" in plain(home, "logout")
    assert httpx2.get(f"{server.url}/api/v1/whoami", headers={"Authorization": f"Bearer {kept}"}).status_code == 401


def browse(address: str, name: str) -> httpx2.Response:
    """Be a browser: follow everything, and answer the provider's questions."""
    with httpx2.Client(follow_redirects=True, timeout=15) as browser:
        answer = browser.get(address)
        while action := re.search(r'action="([^"]+)"', answer.text):
            step = "login" if 'name="login"' in answer.text else "consent"
            form = {"prompt": step, "login": name, "password": "any"}
            answer = browser.post(str(answer.url.join(action[1])), data=form)
        return answer


@pytest.mark.parametrize("name", ["ada", "mallory"])
def test_a_person_signs_in_with_a_browser(server: Running, tmp_path: Path, name: str) -> None:
    """Command, server, provider, server, loopback, command; and who is not linked learns why at the terminal."""
    home = environment(server, tmp_path)
    process = subprocess.Popen([*COMMAND, "login"], env=home, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    address = process.stderr.readline().split()[-1]
    assert urlsplit(address).netloc == urlsplit(server.url).netloc
    page: list[httpx2.Response] = []
    visitor = threading.Thread(target=lambda: page.append(browse(address, name)))
    visitor.start()
    out, error = process.communicate(timeout=30)
    visitor.join()
    assert page[0].url.host == "127.0.0.1"
    if name == "ada":
        assert "signed in as ada" in out
        assert "ada" in plain(home, "whoami")
        plain(home, "logout")
    else:
        assert process.returncode == 1
        assert "Nobody here is known as mallory" in error
    assert "code=" not in server.log


def test_a_job_signs_in_with_what_its_platform_gave_it(server: Running, tmp_path: Path, own_provider: Provider) -> None:
    """Through the command, with the token on standard input; the second time is refused."""
    home = environment(server, tmp_path)
    owner = environment(server, server.home)
    made = plain(owner, "trust", "create", own_provider.issuer, "ci", "--claim", "repository=acme/fraud", "--json")
    key, moment = own_provider.keys.keys[0], int(time.time())
    claims = {"iss": own_provider.issuer, "aud": server.url, "sub": "x", "repository": "acme/fraud", "jti": "1"}
    token = jwt.encode({"alg": "RS256", "kid": key.kid}, claims | {"iat": moment, "exp": moment + 60}, key)
    assert "signed in as ci" in plain(home, "login", "--workload", "-", text=token + "\n")
    result = subprocess.run(
        [*COMMAND, "login", "--workload", "-"], env=home, input=token, capture_output=True, text=True, check=False
    )
    assert (result.returncode, "used before" in result.stderr) == (1, True)
    plain(owner, "trust", "revoke", str(json.loads(made)["id"]))
    assert "revoked" in plain(owner, "trust", "ls")


def test_the_owner_s_token_comes_back_after_a_sign_in(server: Running) -> None:
    """A sign-in on the server's own machine goes before the owner's token and does not lose it."""
    home = environment(server, server.home)
    before = server.token
    with Client(server.url, before) as owner:
        owner.create_user("lin")
        secret = owner.create_set_up("lin").secret
    typed(home, "login", "--setup", answers=[secret, GOOD, GOOD])
    assert server.token != before
    plain(home, "logout")
    assert server.token == before


@pytest.mark.parametrize(
    ("path", "status"),
    [("oidc?port=80&challenge=x&state=y", 400), ("oidc?redirect=https://evil.example", 400), ("oidc", 400),
     ("oidc?port=2000&challenge=x&state=y&redirect_uri=https://evil.example", 400),
     ("oidc/callback?state=x&code=y", 401),
     ("oidc/callback?state=x&code=y&session_state=z", 401), ("oidc/callback", 400)],
)  # fmt: skip
def test_no_address_sends_a_browser_elsewhere(server: Running, path: str, status: int) -> None:
    """What is not a sign-in of ours is answered here."""
    answer = httpx2.get(f"{server.url}/api/v1/sign-in/{path}", headers={"Cookie": "holotype_sign_in=abc"})
    assert (answer.status_code, answer.headers.get("location")) == (status, None)


def test_too_many_tries_are_told_when_to_come_back(server: Running) -> None:
    """Over HTTP: 429 with Retry-After; the body names no account."""
    for _ in range(8):
        body = {"name": "somebody", "password": BETTER}
        answer = httpx2.post(f"{server.url}/api/v1/sign-in/password", json=body)
    assert answer.status_code == 429
    assert answer.json()["code"] == "too-many"
    assert int(answer.headers["retry-after"]) >= 1
