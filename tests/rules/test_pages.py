"""Can a page be seen, or an action done, by somebody who may not? Every one of them is tried."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import jinja2
import pytest
from jinja2 import nodes
from litestar.handlers import HTTPRouteHandler

from holotype import db, web
from holotype.access import principals, secrets, tokens
from holotype.artifacts.store import open_store
from holotype.domain import times
from holotype.domain.permissions import Permission
from holotype.gateways.base import PUBLIC
from holotype.gateways.exchange import ANONYMOUS
from holotype.gateways.front import Front
from holotype.operations.bootstrap import bootstrap
from holotype.operations.call import Call, Registry
from holotype.operations.migrate import migrate
from holotype.settings import Settings
from holotype.web import base, pages
from holotype.web.base import Known
from tests.browser.every import PAGES
from tests.support.asgi import Got, Visitor, front_of
from tests.support.pages import EVERY, SHOWN, path_of

GUARDED = [known for known in EVERY if known.permission is not PUBLIC]
OPEN = {
    ("GET", "/sign-in"),
    ("POST", "/sign-in"),
    ("GET", "/sign-in/link"),
    ("POST", "/sign-in/link"),
    ("GET", "/sign-in/set-up"),
    ("POST", "/sign-in/set-up"),
    ("GET", "/sign-in/oidc"),
    ("GET", "/sign-in/oidc/done"),
    ("POST", "/sign-out"),
}
"""What people need who are not signed in yet, or want to be no longer."""
OWN = [known for known in GUARDED if known.permission is Permission.TOKEN_WRITE]
_MODEL = "/models/{namespace:str}/{model:str}"
_VERSION = f"{_MODEL}/versions/{{label:str}}"
NO_PICTURE = {
    "/sign-in/oidc": "leads to the provider",
    "/sign-in/oidc/done": "comes from the provider, and leads on",
    "/events": "a stream for a script",
    "/inbox/count": "a number in the navigation of every page",
    "/models/completions": "JSON for a script",
    f"{_MODEL}/metrics/series": "JSON for a script",
    "/ledger/consistency": "JSON for a script",
    "/ledger/export": "a download",
    f"{_VERSION}/evidence/{{piece:str}}/payload": "a download",
    f"{_VERSION}/files/{{path:path}}": "a download",
    f"{_VERSION}/provenance.json": "a download",
    f"{_VERSION}/manifest": "a download",
    f"{_VERSION}/bom": "a download",
    f"{_VERSION}/card": "a download",
}
"""What is asked for with GET and is no page that people look at, and why."""
TEMPLATES = Path(web.__file__).parent / "templates"
OURS = sorted(one for one in (TEMPLATES.parent / "static").iterdir() if one.suffix in {".css", ".js", ".svg"})
HTML = {"accept": "text/html"}


def named(known: Known) -> str:
    """Return the name of a page in the report."""
    return f"{known.method} {known.path}"


def place(known: Known) -> str:
    """Return an address that leads to a page."""
    return re.sub(r"\{(\w+):\w+\}", r"\1", known.path)


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A registry in a folder, with its owner."""
    folder = tmp_path_factory.mktemp("pages")
    database = db.connect(f"sqlite:///{folder / 'holotype.db'}")
    migrate(database)
    made = Registry(database, open_store(folder / "blobs"), Settings(data=folder))
    bootstrap(Call(made, ANONYMOUS))
    yield made
    database.close()


@pytest.fixture(scope="module")
def app(registry: Registry) -> Front:
    """The application, as it is served."""
    return front_of(registry)


@pytest.fixture(scope="module")
def cookie(registry: Registry) -> str:
    """The cookie of somebody who is known and has no right at all."""
    return f"holotype_session={session(registry, 'nobody')}"


def session(registry: Registry, name: str, *, role: str | None = None) -> str:
    """Make a user, perhaps with a role everywhere, and return the secret of a session of theirs."""
    call = Call(registry, ANONYMOUS)
    secret = secrets.new_secret(secrets.new_id())
    with call.write() as tx:
        made = principals.create(tx, name, "user", call.now)
        if role is not None:
            principals.grant(tx, made.id, role, by="test", now=call.now)
        row = {"principal_id": made.id, "name": "x", "role": "admin", "created_at": times.to_micros(call.now)}
        tokens.insert(tx, row | {"id": secrets.id_of(secret), "hash": secrets.hash_of(secret)})
    return secret


def ask(app: Front, known: Known, **headers: str) -> Got:
    """Ask for a page with a browser's headers, or send an action an empty form."""
    given = HTML | {name.replace("_", "-"): value for name, value in headers.items()}
    if known.method == "POST":
        given["content-type"] = "application/x-www-form-urlencoded"
    return Visitor(app).ask(known.method, place(known), headers=given)


def test_there_are_pages_and_only_the_sign_in_is_open() -> None:
    """A page that is for everybody is written down here."""
    assert len(GUARDED) > 10
    assert {(known.method, known.path) for known in EVERY if known.permission is PUBLIC} == OPEN
    assert all(known.summary for known in EVERY)


@pytest.mark.parametrize("known", GUARDED, ids=named)
def test_a_stranger_is_sent_to_sign_in(app: Front, known: Known) -> None:
    """They see nothing but the way in; a page is where they are led back to."""
    got = ask(app, known)
    assert got.status == 303
    assert got.headers["location"].startswith("/sign-in")
    assert got.body == b""


@pytest.mark.parametrize("known", GUARDED, ids=named)
def test_a_token_in_a_header_opens_no_page(app: Front, known: Known, cookie: str) -> None:
    """Pages go by the cookie alone: what a program may is not lent to a page."""
    assert ask(app, known, authorization=f"Bearer {cookie.partition('=')[2]}").status == 303


@pytest.mark.parametrize("known", [known for known in GUARDED if known not in OWN], ids=named)
def test_who_has_no_rights_sees_that_there_is_nothing_for_them(app: Front, known: Known, cookie: str) -> None:
    """Denied, or told that there is no such thing, before anything of the request is read."""
    got = ask(app, known, cookie=cookie)
    assert got.status == (404 if "{namespace:str}" in known.path else 403)
    assert got.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("known", OWN, ids=named)
def test_who_has_no_rights_reaches_only_what_is_their_own(app: Front, known: Known, cookie: str) -> None:
    """It says nothing of the owner, and changes nothing."""
    got = ask(app, known, cookie=cookie)
    assert got.status in ({200, 404} if known.method == "GET" else {403})
    assert b"owner" not in got.body


@pytest.mark.parametrize("known", [known for known in EVERY if known.method == "POST"], ids=named)
def test_no_form_is_taken_without_its_token_or_from_another_site(app: Front, known: Known, cookie: str) -> None:
    """Whatever the visitor may: a form that was not ours does nothing."""
    for headers in ({}, {"sec_fetch_site": "cross-site"}, {"origin": "https://evil.example"}):
        assert ask(app, known, cookie=cookie, **headers).status in {403, 404}


def test_every_page_bears_the_policy_that_keeps_scripts_out(app: Front, registry: Registry, cookie: str) -> None:
    """No inline script or style, no frame, no form to elsewhere; nothing is kept by a cache. Refusals bear it too."""
    bare = Known("GET", "/no-such-page", PUBLIC, "", "")
    owner = f"holotype_session={session(registry, 'boss', role='admin')}"
    pages = [known for known in EVERY if known.path != "/events"]  # which would go on for ever
    shown = set()
    for known, who in [(known, who) for known in (*pages, bare) for who in ("", cookie, owner)]:
        got = ask(app, known, cookie=who)
        if not got.headers.get("content-type", "").startswith("text/html"):
            continue
        shown.add(known)
        policy = got.headers["content-security-policy"].split("; ")
        assert {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"} <= set(policy), known
        assert not re.search(r"unsafe|\*|https?:|data:|blob:", " ".join(policy)), known
        assert got.headers["cache-control"] == "no-store", known
    assert {known.path for known in shown} >= {known.path for known in GUARDED} - {"/events"}


@pytest.mark.parametrize("template", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_templates_hold_no_script_no_style_and_nothing_unescaped(template: Path) -> None:
    """The policy would refuse the first two; the third is how a page is taken over."""
    text = template.read_text(encoding="utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text)
    assert not re.search(r"\|\s*safe\b|autoescape|Markup\(", text)
    assert "http://" not in text.replace("http://www.w3.org", "")


@pytest.mark.parametrize("file", [*sorted(TEMPLATES.rglob("*.html")), *OURS], ids=lambda path: path.name)
def test_nothing_of_ours_loads_anything_from_elsewhere(file: Path) -> None:
    """Whoever looks at a page is told to no other server, and the pages work where there is none."""
    text = file.read_text(encoding="utf-8")
    assert not re.search(r"""(src|href|action|poster|data)\s*=\s*["']?\s*(https?:)?//""", text)
    assert not re.search(r"url\(|@import|srcset|importScripts|new Worker", text)
    assert file.suffix != ".js" or not re.search(r"\b(import|export)\b", text)
    assert not re.search(r"""[\"'`](https?:|wss?:)?//""", text.replace('xmlns="http://www.w3.org/2000/svg"', ""))


def test_every_page_is_looked_at_in_a_browser_or_says_why_not() -> None:
    """Whoever adds a page adds a line to ``tests/browser/every.py``, so that axe runs over it in both themes."""
    looked_at = {path_of(re.sub(r"\{\w+\}", "1", page.place)) for page in PAGES if page.status == 200}
    assert sorted(set(SHOWN) - looked_at - set(NO_PICTURE)) == []
    assert sorted(set(NO_PICTURE) - set(SHOWN)) == []
    assert not looked_at & set(NO_PICTURE)


@pytest.mark.parametrize("template", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_every_form_that_does_something_carries_the_token(template: Path) -> None:
    """A form of the method POST has ``form_token()`` inside."""
    for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", template.read_text(encoding="utf-8"), re.DOTALL):
        assert "form_token()" in form


@pytest.mark.parametrize("template", sorted(TEMPLATES.rglob("*.html")), ids=lambda one: one.stem)
def test_templates_import_what_they_use_and_no_more(template: Path) -> None:
    """What is left of an earlier page would go on as if it were needed."""
    tree = jinja2.Environment(autoescape=True).parse(template.read_text(encoding="utf-8"))
    taken = {one if isinstance(one, str) else one[1] for each in tree.find_all(nodes.FromImport) for one in each.names}
    assert taken <= {one.name for one in tree.find_all(nodes.Name)}


def test_every_page_is_served_and_none_without_a_permission() -> None:
    """None was written and then forgotten in the list of its module, and none can be made open by accident."""
    served = {id(handler) for handler in web.routes()}
    for found in iter_modules(pages.__path__):
        module = import_module(f"{pages.__name__}.{found.name}")
        made = {name: one for name, one in vars(module).items() if isinstance(one, HTTPRouteHandler)}
        assert [name for name, one in made.items() if id(one) not in served] == [], module.__name__
    with pytest.raises(TypeError):
        base.page("/x", permission="public")(lambda request: base.Page(str(request)))  # type: ignore[arg-type]
