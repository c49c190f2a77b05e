"""How does somebody sign in with a browser, and out again?"""

from __future__ import annotations

from holotype.domain.sign_in import SignedIn
from holotype.errors import HolotypeError
from holotype.operations.sign_in import sign_in
from holotype.operations.sign_out import sign_out
from holotype.web import sessions
from holotype.web.base import PUBLIC, Page, Redirect, Visit, action, page
from holotype.web.errors import SIGN_IN


@page(SIGN_IN, permission=PUBLIC)
def shown(request: Visit, *, next: str = "") -> Page | Redirect:  # noqa: A002 - it is the name of the parameter
    """Ask who somebody is."""
    if request.call.registry.settings.open:
        return Redirect("/")
    return _asked(request, next)


@action(SIGN_IN, permission=PUBLIC, slow=True)
def signed_in(request: Visit, *, name: str = "", password: str = "", next: str = "") -> Page | Redirect:  # noqa: A002
    """Sign somebody in with a password; after several failures they have to wait."""
    try:
        found = sign_in(request.call, name, password, address=request.address)
    except HolotypeError as error:
        return _asked(request, next, name=name, why=error)
    return let_in(request, found, next)


@action("/sign-out", permission=PUBLIC)
def signed_out(request: Visit) -> Redirect:
    """End the session, here and on the server."""
    end(request)
    return Redirect(SIGN_IN, "You are signed out.", sessions.over(secure=request.session.secure))


def let_in(request: Visit, found: SignedIn, place: str = "") -> Redirect:
    """Begin a session for somebody who proved who they are, end the one that was, and go where they wanted to."""
    end(request)
    seconds = int((found.expires_at - request.call.now).total_seconds())
    cookies = sessions.begun(found.secret, seconds, secure=request.session.secure)
    return Redirect(sessions.local(place) or "/", cookies=cookies)


def end(request: Visit) -> None:
    """End the token of the session that a browser had, if it still works."""
    if request.session.secret is not None:
        try:
            sign_out(request.call, request.session.secret)
        except HolotypeError:
            return  # it was over already


def _asked(request: Visit, place: str, *, name: str = "", why: HolotypeError | None = None) -> Page:
    settings = request.call.registry.settings
    about = {"next": sessions.local(place), "name": name, "why": why, "oidc": settings.oidc_issuer is not None}
    return Page("sign_in.html", about, status=200 if why is None else 401)


routes = [shown, signed_in, signed_out]
