"""Which keys does an issuer of tokens have now? Asked of the issuer itself, through its discovery document.

Only issuers that somebody with the right to do so has named are asked: the one of the setting ``oidc_issuer``, and
those of trust rules. What was found is remembered for ten minutes. A key that is not among them may be new, so it is
asked for at once, but not more often than twice a minute, whatever comes. An issuer that did not answer is left in
peace for some seconds: nobody waits again for what has just failed.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from holotype import egress
from holotype.access.assertions import Keys
from holotype.domain import names
from holotype.errors import Invalid, Unavailable
from holotype.settings import Settings

REMEMBERED = 600.0
BETWEEN_TRIES = 30.0
AFTER_FAILURE = 5.0
_LARGEST = 256 * 1_024
_MOST_KEYS = 100
_SECONDS = 8.0
_LONGEST_URL = 500
_SUFFIX = "/.well-known/openid-configuration"

Document = Mapping[str, Any]


@dataclass(slots=True)
class _Known:
    """What is remembered of one issuer. Moments are of the monotonic clock."""

    asking: threading.Lock = field(default_factory=threading.Lock)
    document: Document = field(default_factory=dict)
    keys: Keys = ()
    found_at: float = -REMEMBERED
    tried_at: float = -REMEMBERED
    failed: bool = False


_known: dict[tuple[str | None, str], _Known] = {}
_finding = threading.Lock()


@lru_cache(maxsize=8)
def caller(allow: str | None) -> egress.Client:
    """Return the client with which issuers are called."""
    return egress.Client(allow)


def check(settings: Settings, issuer: str) -> str:
    """Return an issuer's URL unchanged, or raise ``Invalid`` for one that can never be asked."""
    odd = len(issuer) > _LONGEST_URL or not names.printable(issuer) or "?" in issuer or "#" in issuer
    if odd or not issuer.startswith(("https://", "http://")):
        raise Invalid(
            "This is not the URL of an issuer.", hint="For example https://token.actions.githubusercontent.com"
        )
    caller(settings.egress_allow).check(issuer)
    return issuer


def document(settings: Settings, issuer: str) -> Document:
    """Return what an issuer says of itself."""
    known = _of(settings, issuer)
    with known.asking:
        _refresh(settings, issuer, known, None)
        return known.document


def keys(settings: Settings, issuer: str, kid: str | None) -> Keys:
    """Return the keys of an issuer, asked for anew where the one with an id is not among those that are remembered."""
    known = _of(settings, issuer)
    with known.asking:
        _refresh(settings, issuer, known, kid)
        return list(known.keys)


def forget() -> None:
    """Forget everything that is remembered."""
    with _finding:
        _known.clear()


def _of(settings: Settings, issuer: str) -> _Known:
    with _finding:
        return _known.setdefault((settings.egress_allow, issuer), _Known())


def _refresh(settings: Settings, issuer: str, known: _Known, kid: str | None) -> None:
    now = time.monotonic()
    current = now - known.found_at < REMEMBERED
    if current and (kid is None or any(key.get("kid") == kid for key in known.keys)):
        return
    if now - known.tried_at < (AFTER_FAILURE if known.failed else BETWEEN_TRIES):
        if current:
            return
        if known.failed:
            raise Unavailable(f"The issuer {issuer} did not answer.", hint="Try again in a few seconds.")
    known.tried_at, known.failed = now, True
    found = _json(settings, issuer.rstrip("/") + _SUFFIX, issuer)
    if found.get("issuer") != issuer:
        raise Unavailable(
            f"What answers at {issuer} says that it is another issuer.", hint="Check the URL, slash by slash."
        )
    listed = _json(settings, _url(found, "jwks_uri", issuer), issuer).get("keys")
    if not isinstance(listed, list):
        raise _nonsense(issuer)
    known.keys = [*(key for key in listed if isinstance(key, dict))][:_MOST_KEYS]
    known.document, known.found_at, known.failed = found, time.monotonic(), False


def endpoint(settings: Settings, issuer: str, name: str) -> str:
    """Return a URL of an issuer's document, which must be one that the server would call itself."""
    url = _url(document(settings, issuer), name, issuer)
    caller(settings.egress_allow).check(url)
    return url


def _url(found: Document, name: str, issuer: str) -> str:
    url = found.get(name)
    if not isinstance(url, str):
        raise _nonsense(issuer)
    return url


def _json(settings: Settings, url: str, issuer: str) -> Document:
    headers = {"Accept": "application/json"}
    answer = caller(settings.egress_allow).request("GET", url, headers=headers, seconds=_SECONDS, limit=_LARGEST)
    try:
        found = json.loads(answer.body) if answer.status == 200 else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise _nonsense(issuer)
    return found


def _nonsense(issuer: str) -> Unavailable:
    return Unavailable(f"{issuer} does not answer like an OpenID provider.", hint="Check the issuer's URL.")
