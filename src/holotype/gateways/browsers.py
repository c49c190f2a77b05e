"""Could a page on the web make this request through somebody's browser?

A server without sign-in must not answer pages from elsewhere. Two ways lead there: a name of the attacker's that
resolves to 127.0.0.1 (told by the Host header), and a request across sites (told by Origin and Sec-Fetch-Site).
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from holotype.errors import Denied


def check_origin(headers: list[tuple[bytes, bytes]]) -> None:
    """Raise ``Denied`` unless the request is for a loopback name and from no other site."""
    given = {name: value.decode("latin-1") for name, value in headers}
    host = given.get(b"host", "")
    if not is_loopback(_name_of(f"//{host}")):
        raise Denied("A server without sign-in answers only to loopback names.", hint="Use http://127.0.0.1:PORT.")
    origin = given.get(b"origin")
    if given.get(b"sec-fetch-site", "none") not in {"none", "same-origin"} or (
        origin is not None and urlsplit(origin).netloc.lower() != host.lower()
    ):
        raise Denied("A server without sign-in does not answer pages of other sites.", hint="Serve without --open.")


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
