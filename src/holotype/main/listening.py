"""On which address does the server listen, and may it? The socket is bound here, once, for all processes.

Binding it ourselves gives the real port where any free one was asked for, refuses a port that is taken (the server
library would share it with whoever has it), and lets several processes accept from one queue.
"""

from __future__ import annotations

import ipaddress
import socket

from holotype.errors import InvalidSetting
from holotype.gateways.browsers import is_loopback
from holotype.gateways.callers import networks
from holotype.operations import issuers
from holotype.settings import Settings

BACKLOG = 1_024


def check(settings: Settings) -> None:
    """Raise ``InvalidSetting`` for an address that must not be served in this way, or others that cannot be meant."""
    networks(settings.trusted_proxies)
    if settings.oidc_issuer is not None:
        issuers.check(settings, settings.oidc_issuer)
    issuers.caller(settings.egress_allow)
    if is_loopback(settings.host):
        return
    if settings.open:
        raise InvalidSetting(
            f"A server without sign-in may not listen on {settings.host}.", hint="Use --open with --host 127.0.0.1."
        )
    if settings.tls_certificate is None and not settings.insecure_public:
        raise InvalidSetting(
            f"{settings.host} can be reached from elsewhere, and tokens would cross the network unencrypted.",
            hint="Give --tls-certificate and --tls-key, or --insecure-public behind a proxy that speaks TLS.",
        )


def bind(settings: Settings) -> socket.socket:
    """Bind and listen; raise ``InvalidSetting`` where that is not possible."""
    try:
        found = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        listening = socket.socket(family, kind, protocol)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            # Connections inherit it. Without it a body that follows its head waits 40 ms for an acknowledgement.
            listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if family == socket.AF_INET6:
                listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(settings.host != "::"))
            listening.bind(address)
            listening.listen(BACKLOG)
            listening.setblocking(False)
        except OSError:
            listening.close()
            raise
    except OSError as error:
        raise InvalidSetting(
            f"The server cannot listen on {settings.host}, port {settings.port}: {error.strerror or error}.",
            hint="Is another server running there? Choose another --port; 0 takes a free one.",
        ) from error
    return listening


def url_of(settings: Settings, port: int) -> str:
    """Return the address at which people on this machine reach the server."""
    scheme = "https" if settings.tls_certificate else "http"
    host = settings.host
    if ":" in host:
        host = f"[{ipaddress.ip_address(host.partition('%')[0])}]"
    return f"{scheme}://{host}:{port}"
