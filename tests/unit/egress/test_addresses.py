"""Is an address judged by what it leads to, in whatever form it is written?"""

from __future__ import annotations

import ipaddress

import pytest

from holotype.egress.addresses import judged, parse
from holotype.errors import InvalidSetting

PUBLIC = ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "2a00:1450:4001:82a::200e"]
NOT_PUBLIC = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.8.8.8", "169.254.169.254", "172.16.0.1",
    "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1",
    "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::8.8.8.8", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b::808:808", "64:ff9b:1::a00:1", "2002:7f00:1::1",
    "2002:808:808::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1", "fc00::1", "fd12::1", "fe80::1",
    "fec0::1", "ff02::1", "100::1",
]  # fmt: skip


def allows(text: str, setting: str | None = None, host: str = "sso.internal", port: int = 443) -> bool:
    """Say whether an address of a host would be called."""
    return parse(setting).address(ipaddress.ip_address(text), host, port)


@pytest.mark.parametrize("text", PUBLIC)
def test_a_public_address_is_called(text: str) -> None:
    """Nothing has to be set for the issuers of the world."""
    assert allows(text)


@pytest.mark.parametrize("text", NOT_PUBLIC)
def test_any_other_address_is_not(text: str) -> None:
    """Private, loopback, link-local, multicast, reserved; plain or carried inside IPv6."""
    assert not allows(text)


@pytest.mark.parametrize("text", ["10.0.0.1", "127.0.0.1", "::1", "fd12::1", "100.64.0.1", "::ffff:10.0.0.1"])
def test_a_host_that_is_named_may_be_internal(text: str) -> None:
    """That host, and no other."""
    assert allows(text, "sso.internal, other.internal")
    assert not allows(text, "other.internal")


@pytest.mark.parametrize("text", ["169.254.169.254", "fe80::1", "224.0.0.1", "0.0.0.0", "::ffff:169.254.169.254"])
def test_a_host_that_is_named_cannot_lead_to_the_cloud_s_credentials(text: str) -> None:
    """Link-local, multicast and unspecified addresses are opened by a network alone."""
    assert not allows(text, "sso.internal")


def test_a_network_that_is_named_is_called() -> None:
    """Whatever the host is called; its neighbours stay closed."""
    assert allows("10.20.1.1", "10.20.0.0/16 fd00::/8")
    assert allows("fd00::1", "10.20.0.0/16 fd00::/8")
    assert not allows("10.21.1.1", "10.20.0.0/16")
    assert not allows("::ffff:10.21.1.1", "10.20.0.0/16")


def test_plain_http_is_for_one_port() -> None:
    """The entry with a scheme opens one port of one host, and says that TLS is not needed there."""
    allowed = parse("http://127.0.0.1:9000")
    assert allowed.without_tls("127.0.0.1", 9000)
    assert not allowed.without_tls("127.0.0.1", 9001)
    assert allows("127.0.0.1", "http://127.0.0.1:9000", "127.0.0.1", 9000)
    assert not allows("127.0.0.1", "http://127.0.0.1:9000", "127.0.0.1", 9001)


def test_one_forbidden_address_forbids_the_host() -> None:
    """Nobody picks the harmless one of two."""
    assert judged(["8.8.8.8", "8.8.8.8"], parse(None), "a.example", 443) == (["8.8.8.8"], None)
    assert judged(["8.8.8.8", "10.0.0.1"], parse(None), "a.example", 443) == ([], "10.0.0.1")
    assert judged(["fe80::1%eth0"], parse(None), "a.example", 443) == ([], "fe80::1%eth0")


@pytest.mark.parametrize("entry", ["https://x", "http://a/b", "http://u@h", "10.0.0.0/33", "a b/c", "http://", "ä.de"])
def test_an_entry_that_makes_no_sense_is_refused(entry: str) -> None:
    """A slip must not open or close anything silently."""
    with pytest.raises(InvalidSetting, match="egress_allow"):
        parse(entry)
