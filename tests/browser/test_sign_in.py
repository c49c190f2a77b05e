"""Does somebody come in with a browser by each of the ways, and does nobody else?"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from holotype import Client
from tests.browser.conftest import Person
from tests.browser.site import PASSWORD, Site
from tests.support.oidc import SECRET, providing
from tests.support.processes import free_port
from tests.support.server import Running, serving

People = Callable[..., Person]


def session_of(person: Person) -> dict[str, object]:
    """Return the cookie of somebody's session."""
    (found,) = [one for one in person.context.cookies() if one["name"] == "holotype_session"]
    return dict(found)


def test_a_stranger_is_asked_and_comes_back_to_where_they_wanted_to_go(people: People) -> None:
    """A wrong password says so in the same words for every name; after the right one the page is what was asked for."""
    nobody = people(None)
    page = nobody.visit("/models?q=auc")
    assert "/sign-in?next=%2Fmodels%3Fq%3Dauc" in page.url
    said = set()
    for name in ("ada", "no-such-person"):
        page.fill("#f-name", name)
        page.fill("#f-password", "wrong")
        page.click("main button")
        said.add(page.inner_text(".note.error"))
    assert len(said) == 1
    page.fill("#f-name", "ada")
    page.fill("#f-password", PASSWORD)
    page.click("main button")
    page.wait_for_url("**/models?q=auc")


def test_a_session_is_closed_to_scripts_and_ends_with_the_sign_out(people: People, site: Site) -> None:
    """HttpOnly and SameSite; each sign-in has another secret; signing out ends it on the server too."""
    ada = people("ada")
    first = session_of(ada)
    assert (first["httpOnly"], first["sameSite"]) == (True, "Lax")
    assert ada.page.evaluate("document.cookie").find("session") == -1
    ada.page.click(".menu summary")
    ada.page.click("text=Sign out")
    assert "You are signed out." in ada.page.inner_text("main")
    with pytest.raises(Exception, match="revoked"), Client(site.url, str(first["value"])) as old:
        old.whoami()
    ada.visit("/models")
    assert "/sign-in" in ada.page.url
    assert session_of(people("ada"))["value"] != first["value"]


def test_a_link_from_the_terminal_signs_a_browser_in_once(people: People, site: Site, tmp_path: Path) -> None:
    """`holotype open` prints it; looking at it uses nothing up, a second browser gets nothing."""
    command = [sys.executable, "-c", "from holotype.cli import main; main()", "open", "--print"]
    got = subprocess.run(command, env=site.server.client_environment, capture_output=True, text=True, check=True)
    place = got.stdout.split()[0].removeprefix(site.url)
    first, second = people(None), people(None)
    for person in (first, second):
        person.visit(place)
        assert "as owner. Is that you" in person.page.inner_text("main")
    first.page.click("main button")
    assert first.page.inner_text(".menu summary") == "owner"
    second.page.click("main button")
    assert "was used" in second.page.inner_text(".note.error")
    assert "was used" in second.visit(place, 401).inner_text(".note.error")  # and already when it is opened


def test_who_was_given_a_set_up_chooses_a_password(people: People, site: Site) -> None:
    """The two have to be the same, and long enough; then they are in."""
    with site.client() as owner:
        owner.create_user("nina")
        secret = owner.create_set_up("nina").secret
    person = people(None)
    tries = (("short", "short", "at least 12"), (PASSWORD, "another", "not the same"), (PASSWORD, PASSWORD, ""))
    for first, again, said in tries:
        person.visit("/sign-in/set-up")
        person.page.fill("#f-secret", secret)
        person.page.fill("#f-password", first)
        person.page.fill("#f-again", again)
        person.page.click("main button")
        if said:
            assert said in person.page.inner_text(".note.error")
    assert person.page.inner_text(".menu summary") == "nina"


def test_a_token_is_shown_once_and_revoked(people: People, site: Site) -> None:
    """Its secret stands on one page and nowhere else, and stops working at once."""
    ada = people("ada")
    page = ada.visit("/tokens")
    page.fill("#f-name", "notebook")
    page.fill("#f-scope", "risk")
    page.click("text=Make it")
    secret = page.inner_text("[data-secret]")
    with Client(site.url, secret) as made:
        assert made.whoami().scope == "risk"
    ada.visit("/tokens")
    assert secret not in page.content()
    assert page.locator("tr", has_text="notebook").count() == 1
    page.locator("tr", has_text="notebook").get_by_role("button").click()
    with pytest.raises(Exception, match="revoked"), Client(site.url, secret) as made:
        made.whoami()


@pytest.fixture(scope="module")
def with_provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server whose people sign in through a real OpenID provider."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with providing(tmp_path_factory.mktemp("provider"), f"{address}/api/v1/sign-in/oidc/callback") as provider:
        settings = {
            "port": port,
            "public_url": address,
            "oidc_issuer": provider.issuer,
            "oidc_client_id": "holotype",
            "oidc_create_users": True,
            "egress_allow": provider.issuer,
        }
        environment = {"HOLOTYPE_OIDC_CLIENT_SECRET": SECRET}
        with serving(tmp_path_factory.mktemp("server"), environment=environment, **settings) as running:
            yield running


def test_a_person_comes_in_through_the_provider(browser: Browser, with_provider: Running) -> None:
    """And lands where they wanted to go; what comes back in another browser is worth nothing."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{with_provider.url}/tokens")
    page.click("text=Sign in through your organisation")
    page.fill("input[name=login]", "greta")
    page.fill("input[name=password]", "any")
    page.click("button[type=submit]")
    page.click("button[type=submit]")  # consent
    page.wait_for_url("**/tokens")
    assert page.inner_text(".menu summary") == "greta"
    other = browser.new_context().new_page()
    other.goto(f"{with_provider.url}/sign-in/oidc/done?state=x&code=y")
    assert re.search("another browser", other.inner_text("main"))
    context.close()
