"""How does a person set out to sign in through the OpenID provider?

    holotype login → GET /api/v1/sign-in/oidc → the provider → GET …/callback → http://127.0.0.1:PORT/ → POST …/exchange
    our own pages  → GET /sign-in/oidc        → the provider → GET …/callback → /sign-in/oidc/done

The browser gets one random cookie; nonce and PKCE verifier are derived from it, so the database holds nothing that
could finish a sign-in, and nobody can make somebody else's browser finish theirs. The command line's own state and PKCE
challenge are kept, so that the token at the end goes to the process that began.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from holotype.access import attempts, flows, secrets
from holotype.access.attempts import Counter
from holotype.errors import Invalid, NotFound
from holotype.operations import issuers
from holotype.operations.call import Call
from holotype.operations.proving import reserve
from holotype.settings import Settings

LIFETIME = timedelta(minutes=10)
CALLBACK = "/api/v1/sign-in/oidc/callback"
PAGE = "/sign-in/oidc/done"
"""The page of ours where a sign-in ends that began on one."""
OWN_PAGES = 0
"""What stands for the port where it is no process that began."""
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_STATE = re.compile(r"[A-Za-z0-9_-]{16,128}")


@dataclass(frozen=True, slots=True)
class Started:
    """Where the browser goes next, and the secret that stays with it."""

    location: str
    browser: str


def start_oidc(call: Call, *, port: int | None, challenge: str, client_state: str, address: str = "") -> Started:
    """Begin a sign-in that ends at a loopback port of the person's own machine, or without one on our own page."""
    settings = call.registry.settings
    issuer, client_id = configured(settings)
    placed = port is None or 1_024 <= port <= 65_535
    if not placed or not _CHALLENGE.fullmatch(challenge) or not _STATE.fullmatch(client_state):
        raise Invalid("This does not begin a sign-in.", hint="Use `holotype login`.")
    authorize = issuers.endpoint(settings, issuer, "authorization_endpoint")
    reserve(call, [Counter(f"oidc {attempts.network(address)}", 60, 60)])
    state, browser = secrets.new_word(), secrets.new_word()
    with call.write() as tx:
        flows.begin(
            tx,
            state,
            browser,
            port=OWN_PAGES if port is None else port,
            challenge=challenge,
            client_state=client_state,
            ends=call.now + LIFETIME,
        )
    asked = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": callback(settings),
        "scope": settings.oidc_scopes,
        "state": state,
        "nonce": derived(browser, "nonce"),
        "code_challenge": challenge_of(derived(browser, "verifier")),
        "code_challenge_method": "S256",
    }
    return Started(f"{authorize}{'&' if '?' in authorize else '?'}{urlencode(asked)}", browser)


def configured(settings: Settings) -> tuple[str, str]:
    """Return the issuer and our name there, or raise ``NotFound`` where there is none."""
    if settings.oidc_issuer is None or settings.oidc_client_id is None:
        raise NotFound(
            "This registry has no OpenID provider.", hint="Sign in with a password: `holotype login --password`."
        )
    return settings.oidc_issuer, settings.oidc_client_id


def callback(settings: Settings) -> str:
    """Return where the provider sends people back to: never taken from a request."""
    return at(settings, CALLBACK)


def at(settings: Settings, path: str) -> str:
    """Return the address of a page or route of ours, as browsers reach it."""
    return (settings.public_url or "").rstrip("/") + path


def derived(browser: str, purpose: str) -> str:
    """Return what a browser's secret gives for a purpose; who knows it cannot go back to the secret."""
    return _text(hmac.new(browser.encode(), purpose.encode(), hashlib.sha256).digest())


def challenge_of(verifier: str) -> str:
    """Return the PKCE challenge (S256) of a verifier."""
    return _text(hashlib.sha256(verifier.encode()).digest())


def _text(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
