"""Whose address does a request come from, when a proxy stands between?"""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from holotype.errors import InvalidSetting
from holotype.gateways import exchange
from holotype.gateways.callers import address_of, networks
from holotype.settings import Settings


def seen(client: str, forwarded: str | None, trusted: str | None) -> str:
    """Return whom a request is taken to come from."""
    known: Any = SimpleNamespace(registry=SimpleNamespace(settings=Settings(data=Path("x"), trusted_proxies=trusted)))
    headers = [] if forwarded is None else [(b"x-forwarded-for", one.encode()) for one in forwarded.split("\n")]
    scope = {exchange.KEY: known, "client": (client, 1), "headers": headers}
    request: Any = SimpleNamespace(scope=scope)
    return address_of(request)


@pytest.mark.parametrize(
    ("client", "forwarded", "trusted", "expected"),
    [
        ("192.0.2.1", None, None, "192.0.2.1"),
        ("192.0.2.1", "203.0.113.5", None, "192.0.2.1"),
        ("192.0.2.1", "203.0.113.5", "10.0.0.0/8", "192.0.2.1"),
        ("10.0.0.1", "203.0.113.5", "10.0.0.0/8", "203.0.113.5"),
        ("10.0.0.1", "8.8.8.8, 203.0.113.5, 10.0.0.2", "10.0.0.0/8", "203.0.113.5"),
        ("10.0.0.1", "8.8.8.8, nonsense", "10.0.0.0/8", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.0/8", "10.0.0.1"),
        ("::1", "2001:db8::1", "::1", "2001:db8::1"),
    ],
)
def test_only_trusted_proxies_are_believed(
    client: str, forwarded: str | None, trusted: str | None, expected: str
) -> None:
    """What a caller writes into the header itself changes nothing."""
    assert seen(client, forwarded, trusted) == expected


def test_a_line_that_a_proxy_adds_is_the_end_of_the_list() -> None:
    """HAProxy adds a second header behind the caller's own: that one is believed, not what the caller wrote."""
    assert seen("10.0.0.1", "8.8.8.8\n203.0.113.5", "10.0.0.0/8") == "203.0.113.5"


def test_a_setting_that_is_no_network_is_refused() -> None:
    """When the server starts, not with the first sign-in."""
    assert len(networks("10.0.0.0/8, 127.0.0.1")) == 2
    with pytest.raises(InvalidSetting, match="trusted_proxies"):
        networks("proxy.example")
