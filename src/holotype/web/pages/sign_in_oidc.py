"""How does somebody sign in with a browser through the OpenID provider?

1. The browser keeps a verifier of ours in a cookie, and goes to the provider (``operations/start_oidc.py``).
2. It comes back to the one callback, which knows from its other cookie that it is the same browser.
3. The callback sends it here with a code, which is worth something only together with the verifier.
"""

from __future__ import annotations

from urllib.parse import quote, unquote

from holotype.access import secrets
from holotype.errors import HolotypeError, Unauthenticated
from holotype.gateways.native.sign_in import browser_cookie
from holotype.operations.exchange_code import exchange_code
from holotype.operations.start_oidc import LIFETIME, PAGE, challenge_of, start_oidc
from holotype.web import sessions
from holotype.web.base import PUBLIC, Page, Redirect, Visit, page
from holotype.web.pages.sign_in import asked, let_in

_COOKIE = "holotype_oidc"


@page("/sign-in/oidc", permission=PUBLIC)
def begun(request: Visit, *, next: str = "") -> Page | Redirect:  # noqa: A002 - it is the name of the parameter
    """Send a browser to the OpenID provider."""
    verifier, state, place = secrets.new_word() + secrets.new_word(), secrets.new_word(), sessions.local(next)
    try:
        started = start_oidc(
            request.call,
            port=None,
            challenge=challenge_of(verifier),
            client_state=state,
            address=request.address,
        )
    except HolotypeError as error:
        return asked(request, place, why=error)
    kept = f"{state}.{verifier}.{quote(place, safe='')}"
    mine = sessions.cookie(_COOKIE, kept, secure=request.session.secure, seconds=int(LIFETIME.total_seconds()))
    return Redirect(started.location, cookies=(mine, browser_cookie(request.call.registry.settings, started.browser)))


@page(PAGE, permission=PUBLIC)
def done(request: Visit, *, state: str = "", code: str = "", error: str = "") -> Page | Redirect:
    """Take a browser back from the OpenID provider, and begin its session."""
    known, verifier, place = _kept(request.session.others.get(_COOKIE, ""))
    try:
        if not known or known != state:
            raise Unauthenticated("This sign-in was begun in another browser.", hint="Begin again.")
        if error:
            raise Unauthenticated(error[:500])
        found = exchange_code(request.call, code, verifier)
    except HolotypeError as why:
        return asked(request, place, why=why)
    return let_in(request, found, place, (sessions.ended(_COOKIE, secure=request.session.secure),))


def _kept(text: str) -> tuple[str, str, str]:
    state, _, rest = text.partition(".")
    verifier, _, place = rest.partition(".")
    return state, verifier, sessions.local(unquote(place))


routes = [begun, done]
