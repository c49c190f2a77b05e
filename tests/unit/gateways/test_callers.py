"""Whose address does a request come from, when a proxy stands between?"""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from holotype.errors import InvalidSetting
from holotype.gateways import exchange
from holotype.gateways.callers import address_of, networks, root_of
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


def reached(*headers: tuple[str, str], client: str = "10.0.0.1", host: str = "inner:7878", **settings: str) -> str:
    """Return the URL at which a request is taken to have reached the server; ``10.0.0.0/8`` are proxies."""
    known = {"trusted_proxies": "10.0.0.0/8"} | settings
    registry = SimpleNamespace(settings=Settings(data=Path("x"), **known))  # type: ignore[arg-type]  # texts alone
    given = [(name.encode(), value.encode()) for name, value in (("host", host), *headers)]
    scope = {exchange.KEY: SimpleNamespace(registry=registry), "client": (client, 1), "headers": given}
    request: Any = SimpleNamespace(scope=scope | {"scheme": "http"})
    return root_of(request)


PROTO, HOST = "x-forwarded-proto", "x-forwarded-host"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ((), "http://inner:7878"),
        (((PROTO, "https"),), "https://inner:7878"),
        (((PROTO, "HTTPS"), (HOST, "models.example")), "https://models.example"),
        (((HOST, "models.example:8443"),), "http://models.example:8443"),
        (((HOST, "[2001:db8::1]:8443"),), "http://[2001:db8::1]:8443"),
        (((PROTO, "http, https"), (HOST, "evil.example"), (HOST, "models.example")), "https://models.example"),
        (((PROTO, "javascript"), (HOST, "models.example/x?")), "http://inner:7878"),
        (((PROTO, ""), (HOST, "ada@models.example")), "http://inner:7878"),
    ],
)
def test_a_trusted_proxy_says_at_which_url_it_was_asked(headers: tuple[tuple[str, str], ...], expected: str) -> None:
    """By its own word, which is the last one; what is neither a scheme nor a host says nothing."""
    assert reached(*headers) == expected


@pytest.mark.parametrize("untrusted", [{"client": "192.0.2.1"}, {"trusted_proxies": ""}])
def test_nobody_else_says_at_which_url_we_are(untrusted: dict[str, str]) -> None:
    """A caller would have others sent elsewhere."""
    assert reached((PROTO, "https"), (HOST, "evil.example"), **untrusted) == "http://inner:7878"


@pytest.mark.parametrize("host", ["", "evil.example/x?", "a@b", "a b", "<b>"])
def test_a_host_that_is_none_is_not_told_to_others(host: str) -> None:
    """A caller who writes nonsense gets addresses of this machine."""
    assert reached(host=host) == "http://127.0.0.1"


def test_the_setting_says_it_once_for_all() -> None:
    """It may have a path, which no header of a proxy tells."""
    said = reached((PROTO, "https"), (HOST, "other.example"), public_url="https://models.example/reg/")
    assert said == "https://models.example/reg"


def test_a_setting_that_is_no_network_is_refused() -> None:
    """When the server starts, not with the first sign-in."""
    assert len(networks("10.0.0.0/8, 127.0.0.1")) == 2
    with pytest.raises(InvalidSetting, match="trusted_proxies"):
        networks("proxy.example")
