"""Whose browser is it? Told by cookies, none of which a script of a page can read.

    holotype_session    the secret of a token that a sign-in made; it ends like every token
    holotype_form       a random word, by which a form is known to be ours before anybody signed in
    holotype_note       what the last action has to say, shown once
    holotype_theme      light or dark, where somebody chose; a script sets it

Where the server is reached by TLS the names begin with ``__Host-``, so that no other host of the domain can set them.
A cookie whose token is over counts as none: whoever looks is asked to sign in.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection

from holotype.domain.entities import Actor
from holotype.errors import Unauthenticated
from holotype.gateways import callers, exchange
from holotype.gateways.credentials import OPEN
from holotype.gateways.exchange import ANONYMOUS
from holotype.gateways.perform import perform_quick
from holotype.operations.authenticate import authenticate
from holotype.operations.call import Call
from holotype.settings import Settings

Kind = Literal["done", "error"]
SESSION, FORM, NOTE, THEME = "holotype_session", "holotype_form", "holotype_note", "holotype_theme"
_HOST = "__Host-"
_MASK = 16
_LONGEST_NOTE = 1_500


@dataclass(frozen=True, slots=True)
class Note:
    """What an action has to say: ``done``, or the ``error`` that kept it from being done."""

    kind: str
    text: str


@dataclass(slots=True)
class Session:
    """What a browser's cookies say. ``secret`` is of the token, ``word`` what its forms are bound to."""

    secret: str | None
    word: str
    secure: bool
    new: bool = False
    note: Note | None = None
    theme: str | None = None
    others: Mapping[str, str] = field(default_factory=dict)
    """Cookies that single pages set for themselves."""

    def form_token(self) -> str:
        """Return what a form carries to show that it is ours; another text each time, so compression tells nothing."""
        mask = secrets.token_bytes(_MASK)
        return base64.urlsafe_b64encode(mask + _masked(self._bound(), mask)).decode()

    def owns(self, token: str) -> bool:
        """Say whether a form's token was made for this browser and whoever is signed in with it."""
        try:
            sent = base64.b64decode(token, b"-_", validate=True)
        except (ValueError, TypeError):
            return False
        return hmac.compare_digest(sent[_MASK:], _masked(self._bound(), sent[:_MASK]))

    def cookies(self) -> tuple[str, ...]:
        """Return the cookies that a page sets: the word of a new browser, and the end of a note that was shown."""
        made = [cookie(FORM, self.word, secure=self.secure)] if self.new else []
        return (*made, *((ended(NOTE, secure=self.secure),) if self.note else ()))

    def _bound(self) -> bytes:
        return hmac.new(self.word.encode(), (self.secret or "").encode(), hashlib.sha256).digest()


def of(connection: ASGIConnection[Any, Any, Any, Any]) -> Session:
    """Read the cookies of a request."""
    secure = is_secure(exchange.of(connection.scope).registry.settings)
    found = _cookies(connection)
    word = found.get(_named(FORM, secure), "")
    return Session(
        found.get(_named(SESSION, secure)) or None,
        word or secrets.token_urlsafe(24),
        secure,
        new=not word,
        note=_note(found.get(_named(NOTE, secure), "")),
        theme=theme if (theme := found.get(THEME)) in {"light", "dark"} else None,
        others={name.removeprefix(_HOST): value for name, value in found.items()},
    )


async def actor_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Actor:
    """Return who looks; somebody whose session is over is nobody."""
    known = exchange.of(connection.scope)
    if known.registry.settings.open:
        return OPEN
    secret = of(connection).secret
    if secret is None:
        return ANONYMOUS
    try:
        return await perform_quick(authenticate, Call(known.registry, ANONYMOUS, known.request_id), secret)
    except Unauthenticated:
        return ANONYMOUS


def address(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Return the address that somebody looks from."""
    return callers.address_of(connection)


def begun(secret: str, seconds: int, *, secure: bool) -> tuple[str, ...]:
    """Return the cookies of somebody who signed in: the session, and another word for forms."""
    word = cookie(FORM, secrets.token_urlsafe(24), secure=secure)
    return cookie(SESSION, secret, secure=secure, seconds=seconds), word


def over(*, secure: bool) -> tuple[str, ...]:
    """Return the cookies of somebody who signed out."""
    return ended(SESSION, secure=secure), ended(FORM, secure=secure)


def note(text: str, *, secure: bool, kind: Kind = "done") -> str:
    """Return the cookie that has something said on the next page."""
    packed = json.dumps([kind, text[:_LONGEST_NOTE]], ensure_ascii=True).encode()
    return cookie(NOTE, base64.urlsafe_b64encode(packed).decode(), secure=secure, seconds=60)


def cookie(name: str, value: str, *, secure: bool, seconds: int | None = None) -> str:
    """Return a Set-Cookie that no script reads, and that is not sent with forms of other sites."""
    age = "" if seconds is None else f"; Max-Age={seconds}"
    return f"{_named(name, secure)}={value}; Path=/; HttpOnly; SameSite=Lax{age}{'; Secure' if secure else ''}"


def ended(name: str, *, secure: bool) -> str:
    """Return the Set-Cookie that takes a cookie away."""
    return cookie(name, "", secure=secure, seconds=0)


def is_secure(settings: Settings) -> bool:
    """Say whether browsers reach this server by TLS alone."""
    return settings.tls_certificate is not None or (settings.public_url or "").startswith("https://")


def local(place: str) -> str:
    """Return an address of ours, or nothing for one that leads elsewhere, whoever reads it."""
    if not place.startswith("/") or place.startswith("//") or "\\" in place or not place.isprintable():
        return ""
    try:
        parts = urlsplit(place)
    except ValueError:
        return ""
    return "" if parts.scheme or parts.netloc else place[:2_000]


def _named(name: str, secure: bool) -> str:
    return f"{_HOST}{name}" if secure else name


def _cookies(connection: ASGIConnection[Any, Any, Any, Any]) -> dict[str, str]:
    """Return the cookies by name, the first of each; one of somebody else's on this host harms none of ours."""
    lines = [value.decode("latin-1") for name, value in connection.scope["headers"] if name == b"cookie"]
    pairs = [one.partition("=") for line in lines for one in line.split(";")]
    return {name.strip(): value.strip() for name, _, value in reversed(pairs)}


def _note(packed: str) -> Note | None:
    try:
        kind, text = json.loads(base64.b64decode(packed, b"-_", validate=True)) if packed else ("", "")
    except (ValueError, TypeError, RecursionError):
        return None
    return Note(kind, text) if kind in {"done", "error"} and isinstance(text, str) and text else None


def _masked(bound: bytes, mask: bytes) -> bytes:
    return hmac.new(bound, mask, hashlib.sha256).digest()
