"""What are my own tokens, and my password?"""

from __future__ import annotations

from holotype.domain import times
from holotype.domain.permissions import ROLES, Permission
from holotype.errors import HolotypeError, Invalid
from holotype.operations.create_token import REGISTRY, create_token
from holotype.operations.list_tokens import list_tokens
from holotype.operations.revoke_token import revoke_token
from holotype.operations.set_password import set_password
from holotype.operations.whoami import whoami
from holotype.web.access import fresh, once
from holotype.web.base import Page, Redirect, Visit, action, page

_PAGE = 50


@page("/tokens", permission=Permission.TOKEN_WRITE)
def tokens(request: Visit, *, cursor: str | None = None) -> Page:
    """List the visitor's own tokens, who they are, and what they may."""
    found = list_tokens(request.call, before=_position(cursor), limit=_PAGE + 1)
    shown = found[:_PAGE]
    last = shown[-1] if len(found) > _PAGE else None
    following = f"{times.to_micros(last.created_at)}-{last.id}" if last else None
    about = {"tokens": shown, "next": following, "me": whoami(request.call), "roles": list(ROLES), "once": fresh()}
    return Page("tokens.html", about)


@action("/tokens", permission=Permission.TOKEN_WRITE)
def new_token(
    request: Visit,
    *,
    name: str = "",
    role: str = "reader",
    scope: str = REGISTRY,
    days: float | None = None,
    word: str = "",
) -> Page:
    """Make a token and show its secret, this once; a form that is sent again makes no second."""
    call = once(request.call, word)
    made, secret = create_token(call, name, role=role, scope=scope.strip() or REGISTRY, expires_in_days=days)
    return Page("token_made.html", {"made": made, "secret": secret})


@action("/tokens/{token:str}/revoke", permission=Permission.TOKEN_WRITE)
def revoked(request: Visit, token: str) -> Redirect:
    """Revoke a token of the visitor's."""
    revoke_token(request.call, token)
    return Redirect("/tokens", f"The token {token} is revoked.")


@page("/password", permission=Permission.TOKEN_WRITE)
def password(request: Visit) -> Page:  # noqa: ARG001 - a page takes its visit
    """Ask for another password."""
    return Page("password.html", {"why": None})


@action("/password", permission=Permission.TOKEN_WRITE, slow=True)
def changed(request: Visit, *, old: str = "", new: str = "", again: str = "") -> Page | Redirect:
    """Change the visitor's password; everybody else who is signed in as them is signed out."""
    if new != again:
        return Page("password.html", {"why": "The two new passwords are not the same."}, status=400)
    try:
        set_password(request.call, new, old=old or None, address=request.address)
    except HolotypeError as error:
        return Page("password.html", {"why": str(error)}, status=400)
    return Redirect("/tokens", "The password is changed. Other sessions of yours have ended.")


def _position(cursor: str | None) -> tuple[int, str] | None:
    """Read where a page of tokens begins: behind one that was made at a moment and has an id."""
    if cursor is None:
        return None
    micros, _, token_id = cursor.partition("-")
    if not (micros.isascii() and micros.isdigit() and len(micros) < 19):
        raise Invalid("This is not a cursor of this list.", hint="Begin again with the first page.")
    return int(micros), token_id


routes = [tokens, new_token, revoked, password, changed]
