"""Could a page on the web make this request through somebody's browser?

A server without sign-in must not answer pages from elsewhere. Two ways lead there: a name of the attacker's that
resolves to 127.0.0.1 (told by the Host header), and a request across sites (told by Origin and Sec-Fetch-Site). Nor may
it take Basic credentials from there: a browser that knows them sends them along whoever asks.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

from holotype.errors import Denied

Headers = Iterable[tuple[bytes, bytes]]
_TELLING = {b"host", b"origin", b"sec-fetch-site"}


def check_origin(headers: Headers) -> None:
    """Raise ``Denied`` unless the request is for a loopback name and from no other site."""
    host = _given(headers).get(b"host", "")
    if not is_loopback(_name_of(f"//{host}")):
        raise Denied("A server without sign-in answers only to loopback names.", hint="Use http://127.0.0.1:PORT.")
    if is_of_other_site(headers):
        raise Denied("A server without sign-in does not answer pages of other sites.", hint="Serve without --open.")


def is_of_other_site(headers: Headers) -> bool:
    """Say whether a browser made the request for a page of another site."""
    given = _given(headers)
    origin, host = given.get(b"origin"), given.get(b"host", "")
    return given.get(b"sec-fetch-site", "none") not in {"none", "same-origin"} or (
        origin is not None and _place_of(origin) != host.lower()
    )


def _given(headers: Headers) -> dict[bytes, str]:
    return {name: value.decode("latin-1") for name, value in headers if name in _TELLING}


def is_loopback(host: str) -> bool:
    """Say whether a host name or address can only be this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _name_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _place_of(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""
