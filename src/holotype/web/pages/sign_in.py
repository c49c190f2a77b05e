"""How does somebody sign in with a browser, and out again? With a password, a link, a set-up, or an OpenID provider."""

from __future__ import annotations

from holotype.domain.sign_in import SignedIn
from holotype.errors import HolotypeError
from holotype.operations.create_link import PLACE as LINK
from holotype.operations.show_link import show_link
from holotype.operations.sign_in import sign_in
from holotype.operations.sign_out import sign_out
from holotype.operations.use_link import use_link
from holotype.operations.use_set_up import use_set_up
from holotype.web import sessions
from holotype.web.base import PUBLIC, Page, Redirect, Visit, action, page
from holotype.web.errors import SIGN_IN

SET_UP = "/sign-in/set-up"


@page(SIGN_IN, permission=PUBLIC)
def shown(request: Visit, *, next: str = "") -> Page | Redirect:  # noqa: A002 - it is the name of the parameter
    """Ask who somebody is."""
    if request.call.registry.settings.open:
        return Redirect("/")
    return asked(request, next)


@action(SIGN_IN, permission=PUBLIC, slow=True)
def signed_in(request: Visit, *, name: str = "", password: str = "", next: str = "") -> Page | Redirect:  # noqa: A002
    """Sign somebody in with a password; after several failures they have to wait."""
    try:
        found = sign_in(request.call, name, password, address=request.address)
    except HolotypeError as error:
        return asked(request, next, name=name, why=error)
    return let_in(request, found, next)


@page(LINK, permission=PUBLIC)
def linked(request: Visit, *, word: str = "") -> Page:
    """Ask whether this browser shall be signed in, and as whom: whoever only looks at a link uses nothing up."""
    try:
        name = show_link(request.call, word, address=request.address)
    except HolotypeError as error:
        return _refused(error)
    return Page("sign_in_link.html", {"word": word, "name": name, "why": None})


@action(LINK, permission=PUBLIC)
def followed(request: Visit, *, word: str = "") -> Page | Redirect:
    """Sign a browser in by a link that was made in a terminal."""
    try:
        found = use_link(request.call, word, address=request.address)
    except HolotypeError as error:
        return _refused(error)
    return let_in(request, found)


def _refused(error: HolotypeError) -> Page:
    return Page("sign_in_link.html", {"word": "", "name": "", "why": error}, status=401)


@page(SET_UP, permission=PUBLIC)
def setting_up(request: Visit) -> Page:  # noqa: ARG001 - a page takes its visit
    """Ask for a set-up secret and the password that it sets."""
    return Page("set_up.html", {"why": None})


@action(SET_UP, permission=PUBLIC, slow=True)
def set_up(request: Visit, *, secret: str = "", password: str = "", again: str = "") -> Page | Redirect:
    """Set a password with the secret that an administrator handed over, and sign in."""
    if password != again:
        return Page("set_up.html", {"why": "The two passwords are not the same."}, status=400)
    try:
        found = use_set_up(request.call, secret.strip(), password, address=request.address)
    except HolotypeError as error:
        return Page("set_up.html", {"why": str(error)}, status=400)
    return let_in(request, found)


@action("/sign-out", permission=PUBLIC)
def signed_out(request: Visit) -> Redirect:
    """End the session, here and on the server."""
    end(request)
    return Redirect(SIGN_IN, "You are signed out.", sessions.over(secure=request.session.secure))


def let_in(request: Visit, found: SignedIn, place: str = "", cookies: tuple[str, ...] = ()) -> Redirect:
    """Begin a session for somebody who proved who they are, end the one that was, and go where they wanted to."""
    end(request)
    seconds = int((found.expires_at - request.call.now).total_seconds())
    begun = sessions.begun(found.secret, seconds, secure=request.session.secure)
    return Redirect(sessions.local(place) or "/", cookies=(*begun, *cookies))


def end(request: Visit) -> None:
    """End the token of the session that a browser had, if it still works."""
    if request.session.secret is not None:
        try:
            sign_out(request.call, request.session.secret)
        except HolotypeError:
            return  # it was over already


def asked(request: Visit, place: str, *, name: str = "", why: HolotypeError | None = None) -> Page:
    """Return the page that asks who somebody is, perhaps once more and why."""
    settings = request.call.registry.settings
    about = {"next": sessions.local(place), "name": name, "why": why, "oidc": settings.oidc_issuer is not None}
    return Page("sign_in.html", about, status=200 if why is None else 401)


routes = [shown, signed_in, linked, followed, setting_up, set_up, signed_out]
