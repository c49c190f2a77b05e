"""Which addresses may the server call? Public ones; and what ``egress_allow`` names.

    10.20.0.0/16, fd00::/8      addresses of a network that would be refused otherwise
    sso.internal                a host that may have private and loopback addresses
    http://127.0.0.1:9000       the same for one port of a host, and without TLS

An IPv6 address that carries an IPv4 address (mapped, compatible, NAT64, 6to4, Teredo) is judged by both. Link-local,
multicast and unspecified addresses are never called because of a host's name: where a cloud keeps its credentials is
link-local. Only a network that is written down as one opens them.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from holotype.errors import InvalidSetting

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NAT64 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))
_COMPATIBLE = ipaddress.IPv6Network("::/96")
_NOT_PUBLIC = (
    ipaddress.ip_network("100.64.0.0/10"),  # shared by carriers
    ipaddress.ip_network("192.88.99.0/24"),  # 6to4 relays
    ipaddress.ip_network("198.18.0.0/15"),  # benchmarks
    ipaddress.ip_network("2001::/23"),  # protocol assignments, Teredo among them
    ipaddress.ip_network("2002::/16"),  # 6to4
    ipaddress.ip_network("fec0::/10"),  # site-local, of old
    *_NAT64,
    _COMPATIBLE,
)


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a setting allows beyond the public addresses."""

    networks: tuple[Network, ...] = ()
    hosts: frozenset[str] = frozenset()
    plain: frozenset[tuple[str, int]] = frozenset()

    def without_tls(self, host: str, port: int) -> bool:
        """Say whether plain HTTP to a host and port was asked for."""
        return (host, port) in self.plain

    def address(self, found: Address, host: str, port: int) -> bool:
        """Say whether an address of a host may be called."""
        if any(found in network for network in self.networks if network.version == found.version):
            return True
        named = host in self.hosts or (host, port) in self.plain
        return all(is_public(one) or (named and _is_internal(one)) for one in (found, *_carried(found)))


def parse(entries: str | None) -> Allowed:
    """Read the setting: entries with commas or blanks between them."""
    networks: list[Network] = []
    hosts: set[str] = set()
    plain: set[tuple[str, int]] = set()
    for entry in (entries or "").replace(",", " ").split():
        if "://" in entry:
            plain.add(_origin(entry))
        elif (network := _network(entry)) is not None:
            networks.append(network)
        else:
            hosts.add(_host(entry))
    return Allowed(tuple(networks), frozenset(hosts), frozenset(plain))


def is_public(found: Address) -> bool:
    """Say whether an address belongs to the public internet and to one machine there."""
    special = found.is_multicast or found.is_reserved or found.is_unspecified or not found.is_global
    return not special and not any(found in network for network in _NOT_PUBLIC if network.version == found.version)


def _is_internal(found: Address) -> bool:
    """Say whether an address may be called because its host was allowed by name."""
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        return _is_internal(found.ipv4_mapped)
    never = found.is_link_local or found.is_multicast or found.is_unspecified
    return not never and (found.is_private or found.is_loopback or not is_public(found))


def _carried(found: Address) -> Iterator[Address]:
    """Give the IPv4 addresses that an IPv6 address leads to."""
    if isinstance(found, ipaddress.IPv4Address):
        return
    if found.ipv4_mapped is not None:
        yield found.ipv4_mapped
    if found.sixtofour is not None:
        yield found.sixtofour
    if found.teredo is not None:
        yield from found.teredo
    if any(found in network for network in _NAT64) or (found in _COMPATIBLE and int(found) > 1):
        yield ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)


def _network(entry: str) -> Network | None:
    try:
        return ipaddress.ip_network(entry.strip("[]"))
    except ValueError:
        if "/" in entry:
            raise _refusal(entry) from None
        return None


def _origin(entry: str) -> tuple[str, int]:
    parts = urlsplit(entry)
    try:
        host, port = parts.hostname, parts.port
    except ValueError:
        raise _refusal(entry) from None
    if parts.scheme != "http" or not host or parts.path not in ("", "/") or parts.query or parts.username is not None:
        raise _refusal(entry)
    return _host(host), port or 80


def _host(entry: str) -> str:
    if not all(_is_letter(c) for c in entry) or not entry:
        raise _refusal(entry)
    return entry.lower().rstrip(".")


def _is_letter(character: str) -> bool:
    return character.isascii() and (character.isalnum() or character in "-._:")


def _refusal(entry: str) -> InvalidSetting:
    return InvalidSetting(
        f"The setting 'egress_allow' holds {entry[:80]!r}.",
        hint="Give networks (10.20.0.0/16), hosts (sso.internal) or http://HOST:PORT, with commas between them.",
    )


def judged(texts: Iterable[str], allowed: Allowed, host: str, port: int) -> tuple[list[str], str | None]:
    """Return the addresses to connect to, and the first one that may not be called: then none may."""
    found = []
    for text in dict.fromkeys(texts):
        if not allowed.address(ipaddress.ip_address(text.partition("%")[0]), host, port):
            return [], text
        found.append(text)
    return found, None
