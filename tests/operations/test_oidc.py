"""Does sign-in through a real OpenID provider let in whom it should, and nobody else?"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
import sqlalchemy as sa

from holotype.access import principals
from holotype.client.loopback import Loopback
from holotype.errors import HolotypeError, NotFound, Unauthenticated
from holotype.ledger.tables import ledger_entries
from holotype.operations import issuers
from holotype.operations.authenticate import authenticate
from holotype.operations.exchange_code import exchange_code
from holotype.operations.finish_oidc import finish_oidc
from holotype.operations.link_identity import link_identity
from holotype.operations.start_oidc import Started, challenge_of, start_oidc
from tests.support.oidc import PUBLIC, SECRET, Provider
from tests.support.registry import Desk, open_desk

VERIFIER, STATE, PORT = "v" * 43, "s" * 32, 40_000


@dataclass(slots=True)
class Person:
    """Somebody with a browser, in front of a registry."""

    desk: Desk
    browser: httpx2.Client = field(default_factory=lambda: httpx2.Client(timeout=10))

    def start(self, **changes: Any) -> Started:
        """Set out."""
        given = {"port": PORT, "challenge": challenge_of(VERIFIER), "client_state": STATE} | changes
        return start_oidc(self.now(), **given)

    def at_the_provider(self, location: str, name: str = "ada") -> dict[str, str]:
        """Sign in and consent at the provider, and return what it sends back."""
        form = {"prompt": "login", "login": name, "password": "any"}
        answer = self.browser.get(location)
        for _ in range(10):
            if answer.is_redirect:
                place = str(answer.url.join(answer.headers["location"]))
                if place.startswith(PUBLIC):
                    return {key: values[0] for key, values in parse_qs(urlsplit(place).query).items()}
                answer = self.browser.get(place)
                continue
            action = re.search(r'action="([^"]+)"', answer.text)
            assert action, answer.text
            form["prompt"] = "login" if 'name="login"' in answer.text else "consent"
            answer = self.browser.post(str(answer.url.join(action[1])), data=form)
        raise AssertionError("the provider goes round in circles")

    def come_back(self, started: Started, back: dict[str, str], **changes: Any) -> dict[str, str]:
        """Come back to the registry, and return what the process that began is told."""
        given: dict[str, Any] = {"state": back["state"], "code": back.get("code"), "error": back.get("error")}
        given |= {"iss": back.get("iss"), "browser": started.browser} | changes
        place = urlsplit(finish_oidc(self.now(), **given))
        assert (place.scheme, place.netloc, place.path) == ("http", f"127.0.0.1:{PORT}", "/")
        return {key: values[0] for key, values in parse_qs(place.query).items()}

    def whole(self, name: str = "ada") -> dict[str, str]:
        """Go the whole way, and return what the process that began is told."""
        started = self.start()
        return self.come_back(started, self.at_the_provider(started.location, name))

    def now(self) -> Any:
        """Return the next call, at the real time: the provider has a clock of its own."""
        return replace(self.desk.call(), now=self.desk.registry.clock())


@pytest.fixture
def person(database_url: str, tmp_path: Path, provider: Provider) -> Iterator[Person]:
    """A person in front of a registry whose provider runs, with the user ada."""
    issuers.forget()
    settings: dict[str, Any] = {
        "public_url": PUBLIC,
        "oidc_issuer": provider.issuer,
        "oidc_client_id": "holotype",
        "oidc_client_secret": SECRET,
        "egress_allow": provider.issuer,
    }
    with open_desk(database_url, tmp_path / "blobs", **settings) as desk:
        call = desk.call()
        with call.write() as tx:
            for name in ("ada", "grace"):
                principals.create(tx, name, "user", call.now)
        found = Person(desk)
        yield found
        found.browser.close()


def changed(person: Person, **settings: Any) -> None:
    """Serve the same registry with other settings."""
    made = replace(person.desk.registry, settings=replace(person.desk.registry.settings, **settings))
    person.desk.registry = made


def told(person: Person) -> list[dict[str, Any]]:
    """Return what the ledger says about sign-ins."""
    rows = person.desk.rows(sa.select(ledger_entries).order_by(ledger_entries.c.sequence))
    return [dict(row) for row in rows if str(row["action"]).startswith("sign-in.")]


def test_a_linked_person_gets_a_token(person: Person) -> None:
    """Code, PKCE, state and nonce; a code that is exchanged once; a token that works and ends."""
    link_identity(person.desk.call(), "ada", subject="ada")
    answer = person.whole()
    assert answer["state"] == STATE
    found = exchange_code(person.now(), answer["code"], VERIFIER)
    assert found.principal == "ada"
    assert authenticate(person.now(), found.secret).name == "ada"
    with pytest.raises(Unauthenticated, match="expired"):
        authenticate(replace(person.now(), now=found.expires_at), found.secret)
    assert [one["action"] for one in told(person)] == ["sign-in.accepted"]
    with pytest.raises(Unauthenticated):
        exchange_code(person.now(), answer["code"], VERIFIER)


def test_nobody_is_let_in_whom_nobody_linked(person: Person) -> None:
    """A user of the same name, or with the same address, is somebody else until an administrator says so."""
    answer = person.whole("ada")
    assert "Nobody here is known as ada" in answer["error"]
    assert [one["action"] for one in told(person)] == ["sign-in.refused"]


def test_a_verified_address_links_once(person: Person) -> None:
    """From then on the subject counts; an address that is not verified links nobody."""
    link_identity(person.desk.call(), "ada", email="Ada@example.org")
    link_identity(person.desk.call(), "grace", email="unverified-grace@example.org")
    assert "code" in person.whole("ada")
    person.browser.cookies.clear()
    assert "error" in person.whole("unverified-grace")
    person.browser.cookies.clear()
    assert "code" in person.whole("ada")


def test_users_are_made_only_where_that_is_set(person: Person) -> None:
    """Without rights, and never with a name that somebody has."""
    assert "error" in person.whole("newcomer")
    changed(person, oidc_create_users=True)
    person.browser.cookies.clear()
    answer = person.whole("newcomer")
    found = exchange_code(person.now(), answer["code"], VERIFIER)
    actor = authenticate(person.now(), found.secret)
    assert (actor.name, actor.permissions, actor.rights) == ("newcomer", frozenset(), ())
    person.browser.cookies.clear()
    assert "taken" in person.whole("ada")["error"]


def test_a_claim_can_be_required(person: Person) -> None:
    """Whoever the provider lets in without it stays outside."""
    link_identity(person.desk.call(), "ada", subject="ada")
    changed(person, oidc_require="hd=acme.org")
    assert "claim hd" in person.whole()["error"]


def test_state_and_cookie_belong_together(person: Person) -> None:
    """Another state, another browser's cookie, or a second return: nobody is let in, and nobody is sent anywhere."""
    link_identity(person.desk.call(), "ada", subject="ada")
    started, other = person.start(), person.start()
    back = person.at_the_provider(started.location)
    for changes in ({"state": "x" * 32}, {"browser": other.browser}, {"browser": ""}):
        with pytest.raises(Unauthenticated, match="not begun here"):
            person.come_back(started, back, **changes)
    assert "code" in person.come_back(started, back)
    with pytest.raises(Unauthenticated, match="not begun here"):
        person.come_back(started, back)


def test_a_code_of_the_provider_works_once(person: Person) -> None:
    """Put into another sign-in it is refused: it was used, and the PKCE verifier is another one's."""
    link_identity(person.desk.call(), "ada", subject="ada")
    first, second = person.start(), person.start()
    back = person.at_the_provider(first.location)
    later = person.at_the_provider(second.location)
    injected = person.come_back(second, later, code=back["code"])
    assert "gave no token" in injected["error"]
    assert "code" in person.come_back(first, back)
    third = person.start()
    again = person.at_the_provider(third.location)
    assert "gave no token" in person.come_back(third, again, code=back["code"])["error"]


def test_another_provider_s_answer_is_refused(person: Person) -> None:
    """The issuer parameter must name ours (RFC 9207): its absence is a mix-up too."""
    for wrong in ("https://evil.example", None):
        started = person.start()
        back = person.at_the_provider(started.location)
        assert "another OpenID provider" in person.come_back(started, back, iss=wrong)["error"]


def test_a_refusal_of_the_provider_is_told(person: Person) -> None:
    """To the process that began, without what could steer a terminal."""
    started = person.start()
    answer = person.come_back(
        started, {"state": parse_qs(urlsplit(started.location).query)["state"][0]}, error="no\x1b[1m"
    )
    assert answer["error"].startswith("The OpenID provider refused: no?[1m.")


@pytest.mark.parametrize(
    "changes",
    [{"port": 80}, {"port": 0}, {"port": 65_536}, {"port": -1}, {"challenge": "short"}, {"challenge": "x" * 44},
     {"client_state": "short"}, {"client_state": "a b" * 10}, {"client_state": "a&error=" + "x" * 20}],
    ids=str,
)  # fmt: skip
def test_nobody_is_sent_elsewhere(person: Person, changes: dict[str, Any]) -> None:
    """There is no address to give but a port of the person's own machine; what makes no sense is refused."""
    with pytest.raises(HolotypeError):
        person.start(**changes)


def test_a_wrong_verifier_uses_the_code_up(person: Person) -> None:
    """Whoever took the code from the browser's history cannot exchange it, and cannot try twice."""
    link_identity(person.desk.call(), "ada", subject="ada")
    answer = person.whole()
    with pytest.raises(Unauthenticated):
        exchange_code(person.now(), answer["code"], "w" * 43)
    with pytest.raises(Unauthenticated):
        exchange_code(person.now(), answer["code"], VERIFIER)


def test_a_code_ends_after_a_minute_and_a_flow_after_ten(person: Person) -> None:
    """Nothing lies around."""
    link_identity(person.desk.call(), "ada", subject="ada")
    answer, started = person.whole(), person.start()
    with pytest.raises(Unauthenticated):
        exchange_code(replace(person.now(), now=person.now().now + timedelta(seconds=61)), answer["code"], VERIFIER)
    late = replace(person.now(), now=person.now().now + timedelta(minutes=11))
    state = parse_qs(urlsplit(started.location).query)["state"][0]
    with pytest.raises(Unauthenticated, match="not begun"):
        finish_oidc(late, state=state, browser=started.browser, code="x")


def test_without_a_provider_nothing_begins(person: Person) -> None:
    """The route says what to do instead."""
    changed(person, oidc_issuer=None)
    with pytest.raises(NotFound, match="no OpenID provider"):
        person.start()


def test_keys_are_rotated(person: Person, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the provider signs with new keys is taken at once, though the old ones are remembered."""
    link_identity(person.desk.call(), "ada", subject="ada")
    assert "code" in person.whole()
    provider.rotate()
    person.browser.cookies.clear()
    monkeypatch.setattr(issuers, "BETWEEN_TRIES", 0.0)
    assert "code" in person.whole()


def test_the_loopback_takes_only_its_own_answer() -> None:
    """Another state, another path: 404, and it goes on waiting."""
    with Loopback() as waiting:
        port = parse_qs(urlsplit(waiting.address("x")).query)["port"][0]
        statuses: list[int] = []

        def visit() -> None:
            paths = ("/?state=x&code=evil", f"/other?state={waiting.state}&code=evil", "/")
            statuses.extend(httpx2.get(f"http://127.0.0.1:{port}{path}").status_code for path in paths)
            httpx2.get(f"http://127.0.0.1:{port}/?state={waiting.state}&code=good")

        visitor = threading.Thread(target=visit)
        visitor.start()
        assert waiting.wait(10) == "good"
        visitor.join()
    assert statuses == [404, 404, 404]
