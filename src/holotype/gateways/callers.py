"""From which address does a request come? From the other end of the connection, or from whom a trusted proxy names.

``X-Forwarded-For`` is believed only as far as the proxies of the setting ``trusted_proxies`` wrote it: from its end,
the first address that is none of theirs.
"""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from typing import Any

from litestar.connection import ASGIConnection

from holotype.errors import InvalidSetting
from holotype.gateways import exchange

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def address_of(request: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Return the address that a request comes from."""
    client = request.scope.get("client")
    found = str(client[0]) if client else ""
    trusted = networks(exchange.of(request.scope).registry.settings.trusted_proxies)
    if not trusted or not _within(found, trusted):
        return found
    # A proxy may add a line of its own behind those that came with the request: they are one list.
    lines = [value for name, value in request.scope["headers"] if name == b"x-forwarded-for"]
    for hop in reversed(b",".join(lines).decode("latin-1").split(",")):
        if not _is_address(hop.strip()):
            break
        found = hop.strip()
        if not _within(found, trusted):
            break
    return found


@lru_cache(maxsize=8)
def networks(setting: str | None) -> tuple[Network, ...]:
    """Read the setting ``trusted_proxies``."""
    try:
        return tuple(ipaddress.ip_network(one) for one in (setting or "").replace(",", " ").split())
    except ValueError as error:
        raise InvalidSetting(
            f"The setting 'trusted_proxies' is not right: {error}.", hint="For example 10.0.0.0/8, 127.0.0.1"
        ) from error


def _within(address: str, trusted: tuple[Network, ...]) -> bool:
    if not _is_address(address):
        return False
    found = ipaddress.ip_address(address)
    return any(found in network for network in trusted if network.version == found.version)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
