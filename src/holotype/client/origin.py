"""Which server is meant by a URL? Scheme, host, port and a path in front of every route; nothing else is accepted."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from holotype.errors import InvalidSetting

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Origin:
    """The one place that the client sends requests, and its token, to."""

    scheme: str
    host: str
    port: int
    prefix: str

    @property
    def url(self) -> str:
        """The URL as people write it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.prefix}"

    @property
    def loopback(self) -> bool:
        """Whether this is the machine itself, as far as the name says."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def parse(url: str) -> Origin:
    """Read the URL of a registry, or raise ``InvalidSetting``."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
        host = host and host.encode("idna").decode() if host and not host.isascii() else host
    except (ValueError, UnicodeError) as error:
        raise _refusal(url) from error
    if parts.scheme not in _PORTS or not host or parts.query or parts.fragment or not _plain(url):
        raise _refusal(url)
    if parts.username is not None or parts.password is not None:
        raise InvalidSetting(
            "The URL of the registry holds a user name or password.", hint="Give the token as HOLOTYPE_TOKEN instead."
        )
    return Origin(parts.scheme, host, port or _PORTS[parts.scheme], parts.path.rstrip("/"))


def _plain(url: str) -> bool:
    return not any(c.isspace() or ord(c) < 32 or ord(c) == 127 for c in url)


def _refusal(url: str) -> InvalidSetting:
    shown = url.rsplit("@", 1)[-1][:200]
    return InvalidSetting(f"{shown!r} is not the URL of a registry.", hint="For example http://127.0.0.1:7878")
