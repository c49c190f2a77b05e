"""From which address does a request come, and at which URL did it reach us? A trusted proxy says both.

``X-Forwarded-For`` is believed only as far as the proxies of the setting ``trusted_proxies`` wrote it: from its end,
the first address that is none of theirs. Of ``X-Forwarded-Proto`` and ``X-Forwarded-Host`` the last word counts, which
is the nearest proxy's own.
"""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from typing import Any

from litestar.connection import ASGIConnection

from holotype.errors import InvalidSetting
from holotype.gateways import exchange

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_HOST = re.compile(r"(?:[A-Za-z0-9_.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")


def address_of(request: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Return the address that a request comes from."""
    found, trusted = _peer(request), _trusted(request)
    if not _within(found, trusted):
        return found
    for hop in reversed(_list(request, b"x-forwarded-for")):
        if not _is_address(hop):
            break
        found = hop
        if not _within(found, trusted):
            break
    return found


def root_of(request: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Return the URL at which the caller reaches this server, without a slash at its end.

    The setting ``public_url`` says it; else a trusted proxy says what it was asked for; else the request itself does.
    """
    public = exchange.of(request.scope).registry.settings.public_url
    if public:
        return public.rstrip("/")
    scheme, host = str(request.scope["scheme"]), _list(request, b"host")[-1]
    if _within(_peer(request), _trusted(request)):
        told, named = _list(request, b"x-forwarded-proto")[-1].lower(), _list(request, b"x-forwarded-host")[-1]
        scheme = told if told in ("http", "https") else scheme
        host = named if _HOST.fullmatch(named) else host
    return f"{scheme}://{host if _HOST.fullmatch(host) else '127.0.0.1'}"


@lru_cache(maxsize=8)
def networks(setting: str | None) -> tuple[Network, ...]:
    """Read the setting ``trusted_proxies``."""
    try:
        return tuple(ipaddress.ip_network(one) for one in (setting or "").replace(",", " ").split())
    except ValueError as error:
        raise InvalidSetting(
            f"The setting 'trusted_proxies' is not right: {error}.", hint="For example 10.0.0.0/8, 127.0.0.1"
        ) from error


def _peer(request: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Return the address of the other end of the connection."""
    client = request.scope.get("client")
    return str(client[0]) if client else ""


def _trusted(request: ASGIConnection[Any, Any, Any, Any]) -> tuple[Network, ...]:
    return networks(exchange.of(request.scope).registry.settings.trusted_proxies)


def _list(request: ASGIConnection[Any, Any, Any, Any], wanted: bytes) -> list[str]:
    """Return the entries of a header, at least an empty one.

    A proxy may add a line of its own behind those that came with the request: they are one list.
    """
    lines = [value for name, value in request.scope["headers"] if name == wanted]
    return [entry.strip() for entry in b",".join(lines).decode("latin-1").split(",")]


def _within(address: str, trusted: tuple[Network, ...]) -> bool:
    if not trusted or not _is_address(address):
        return False
    found = ipaddress.ip_address(address)
    return any(found in network for network in trusted if network.version == found.version)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
