"""The routes by which people and machines prove who they are, and get a token that ends soon."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie

from holotype.domain.permissions import Permission
from holotype.errors import Unauthenticated
from holotype.gateways import exchange
from holotype.gateways.base import PUBLIC, Reply, Request, call_of, get, header, post
from holotype.gateways.callers import address_of
from holotype.gateways.perform import perform, perform_slowly
from holotype.operations.create_link import create_link
from holotype.operations.exchange_assertion import exchange_assertion
from holotype.operations.exchange_code import exchange_code
from holotype.operations.finish_oidc import finish_oidc
from holotype.operations.set_password import set_password
from holotype.operations.sign_in import sign_in
from holotype.operations.sign_out import sign_out
from holotype.operations.start_oidc import CALLBACK, LIFETIME, start_oidc
from holotype.operations.use_set_up import use_set_up
from holotype.settings import Settings
from holotype.wire import sign_in as shapes

SIGN_IN = "/api/v1/sign-in"
_COOKIE = "holotype_sign_in"
_ELSEWHERE = {302: "The browser goes on."}


@get(SIGN_IN, permission=PUBLIC)
async def ways(request: Request) -> shapes.Ways:
    """Say how people can sign in here."""
    settings = exchange.of(request.scope).registry.settings
    begin = f"{(settings.public_url or '').rstrip('/')}{SIGN_IN}/oidc" if settings.oidc_issuer else None
    return shapes.Ways(password=True, oidc=begin)


@post(SIGN_IN + "/password", permission=PUBLIC)
async def password_sign_in(request: Request, body: shapes.PasswordSignIn) -> shapes.SignedIn:
    """Sign a person in with a password; after several failures there is a pause (429, Retry-After)."""
    found = await perform_slowly(sign_in, call_of(request), body.name, body.password, address=address_of(request))
    return shapes.of(found)


@post(SIGN_IN + "/set-up", permission=PUBLIC)
async def used_set_up(request: Request, body: shapes.UseSetUp) -> shapes.SignedIn:
    """Set a password with the secret that an administrator handed over, and sign in."""
    found = await perform_slowly(use_set_up, call_of(request), body.secret, body.password, address=address_of(request))
    return shapes.of(found)


@post(SIGN_IN + "/workload", permission=PUBLIC)
async def workload_sign_in(request: Request, body: shapes.WorkloadSignIn) -> shapes.SignedIn:
    """Exchange the token that a CI or a cluster made for a job, once, for a short-lived token by a trust rule."""
    return shapes.of(await perform_slowly(exchange_assertion, call_of(request), body.subject_token, trust=body.trust))


@get(SIGN_IN + "/oidc", permission=PUBLIC, status=302, also=_ELSEWHERE)
async def oidc_begun(request: Request, port: int, challenge: str, state: str) -> Reply[None]:
    """Send a person's browser to the OpenID provider; the sign-in ends at a loopback port of their machine.

    ``challenge`` is the PKCE challenge (S256) of the process that listens there, ``state`` what it gets back.
    """
    call = call_of(request)
    found = await perform_slowly(
        start_oidc,
        call,
        port=port,
        challenge=challenge,
        client_state=state,
        address=address_of(request),
    )
    return Reply(
        None, 302, {"Location": found.location, "Set-Cookie": browser_cookie(call.registry.settings, found.browser)}
    )


@get(CALLBACK, permission=PUBLIC, status=302, also=_ELSEWHERE, open_query=True)
async def oidc_finished(
    request: Request, state: str, code: str | None = None, error: str | None = None, iss: str | None = None
) -> Reply[None]:
    """Take a person back from the OpenID provider, and send them on to the process that began."""
    call, browser = call_of(request), _browser(request)
    place = await perform_slowly(finish_oidc, call, state=state, browser=browser, code=code, error=error, iss=iss)
    return Reply(None, 302, {"Location": place, "Set-Cookie": browser_cookie(call.registry.settings, "", 0)})


@post(SIGN_IN + "/links", permission=Permission.TOKEN_WRITE, status=201)
async def sign_in_link(request: Request) -> shapes.Link:
    """Make a link that signs a browser in as the caller, once and within five minutes; it may what the token may."""
    made = await perform(create_link, call_of(request))
    return shapes.Link(made.place, made.expires_at)


@post(SIGN_IN + "/exchange", permission=PUBLIC)
async def code_exchange(request: Request, body: shapes.CodeExchange) -> shapes.SignedIn:
    """Exchange the code that the browser brought for a token, once and within a minute."""
    return shapes.of(await perform(exchange_code, call_of(request), body.code, body.verifier))


@post("/api/v1/sign-out", permission=PUBLIC)
async def signed_out(request: Request, body: shapes.SignOut) -> None:
    """End the token whose secret is given, at once and for good; nothing but the secret is needed."""
    await perform(sign_out, call_of(request), body.secret)


@post("/api/v1/password", permission=Permission.TOKEN_WRITE)
async def own_password(request: Request, body: shapes.NewPassword) -> None:
    """Set the caller's own password; everybody else who is signed in as them is signed out."""
    await perform_slowly(set_password, call_of(request), body.new, old=body.old, address=address_of(request))


def browser_cookie(settings: Settings, value: str, seconds: int = int(LIFETIME.total_seconds())) -> str:
    """Return the Set-Cookie that tells, when a person comes back, in which browser they set out."""
    secure = "; Secure" if (settings.public_url or "").startswith("https://") else ""
    return f"{_COOKIE}={value}; Path={SIGN_IN}/oidc; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"


def _browser(request: Request) -> str:
    try:
        found = SimpleCookie(header(request, b"cookie") or "").get(_COOKIE)
    except CookieError:
        found = None
    if found is None or not found.value:
        raise Unauthenticated("This sign-in was begun in another browser.", hint="Run `holotype login` again.")
    return found.value


routes = [
    ways,
    password_sign_in,
    used_set_up,
    workload_sign_in,
    oidc_begun,
    oidc_finished,
    sign_in_link,
    code_exchange,
    signed_out,
    own_password,
]
