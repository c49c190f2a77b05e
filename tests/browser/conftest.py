"""Real people in front of a real Chromium, with a server of their own: who they are, and what they see.

site              a server with models, versions, a policy and people, made once for each worker
ada, rita, rob    people who are signed in, each in a browser of their own, as a ``Person``
person.page       Playwright's page; ``person.visit("/models")`` opens one and insists on 200
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.site import PASSWORD, Site, building
from tools.chromium import ensure

SHOTS = Path(__file__).resolve().parents[2] / "build" / "screenshots"
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync",
              "--disable-component-update", "--no-first-run"]  # fmt: skip


@dataclass(slots=True)
class Person:
    """Somebody in front of a browser."""

    name: str
    site: Site
    context: BrowserContext
    page: Page
    errors: list[str]

    def visit(self, place: str, status: int = 200) -> Page:
        """Open an address and insist on the status of the answer, and on the policy that keeps scripts out of it."""
        got = self.page.goto(self.site.url + place)
        assert got is not None
        assert got.status == status, (place, got.status, self.page.inner_text("main"))
        assert "script-src 'self';" in got.headers["content-security-policy"], place
        return self.page

    def until(self, true: str, argument: object = None, seconds: float = 2) -> bool:
        """Wait until a function of JavaScript says so of the page, and return whether it did.

        Playwright's own waiting evaluates its words inside the page, whose policy refuses that from the second time on.
        """
        end = time.monotonic() + seconds
        while not (met := bool(self.page.evaluate(true, argument))) and time.monotonic() < end:
            self.page.wait_for_timeout(20)
        return met

    def shoot(self, name: str) -> None:
        """Take a picture of the whole page, for people to look at."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{name}.png", full_page=True)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, the system's. It ends with its module: while it runs, no other test of the process can run a loop."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=ensure(), args=_ARGUMENTS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with something to look at."""
    with building(tmp_path_factory.mktemp("site")) as made:
        yield made


@contextlib.contextmanager
def entering(browser: Browser, site: Site) -> Iterator[Callable[..., Person]]:
    """Give ``enter("ada", …)``, who is signed in; options are those of a browser's context. All leave at the end."""
    with contextlib.ExitStack() as stack:

        def enter(name: str | None, **options: object) -> Person:
            context = browser.new_context(**options)  # type: ignore[arg-type]
            stack.callback(context.close)
            page, errors = context.new_page(), list[str]()
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
            person = Person(name or "nobody", site, context, page, errors)
            if name is not None:
                sign_in(person)
            return person

        yield enter


@pytest.fixture
def people(browser: Browser, site: Site) -> Iterator[Callable[..., Person]]:
    """Give ``people("ada", …)``, as ``entering`` does, until the test ends."""
    with entering(browser, site) as enter:
        yield enter


def sign_in(person: Person) -> None:
    """Sign somebody in by the page."""
    page = person.visit("/sign-in")
    page.fill("#f-name", person.name)
    page.fill("#f-password", PASSWORD)
    page.click("main button")
    page.wait_for_url(person.site.url + "/")


@pytest.fixture
def ada(people: Callable[..., Person]) -> Person:
    """A data scientist: she pushes and asks for promotions."""
    return people("ada")


@pytest.fixture
def rita(people: Callable[..., Person]) -> Person:
    """A reviewer."""
    return people("rita")


@pytest.fixture
def rob(people: Callable[..., Person]) -> Person:
    """Another reviewer."""
    return people("rob")


@pytest.fixture
def mia(people: Callable[..., Person]) -> Person:
    """A maintainer and administrator of the registry."""
    return people("mia")


@pytest.fixture
def eve(people: Callable[..., Person]) -> Person:
    """Somebody with an account and no rights at all."""
    return people("eve")
