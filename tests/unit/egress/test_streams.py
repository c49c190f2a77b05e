"""Does a stream come whole or not at all, and does nobody wait for one that does not get on?"""

from __future__ import annotations

import socket
import time

import pytest

from holotype import egress
from holotype.egress import streams
from holotype.errors import ForbiddenAddress, Unavailable
from tests.unit.egress.speakers import Speak, says, speaking

BODY = bytes(range(256)) * 1_024
HEAD = f"HTTP/1.1 200 OK\r\nETag: x\r\nContent-Length: {len(BODY)}\r\n\r\n".encode()


def read(speak: Speak, *, seconds: float = 10.0, stall: float = 10.0) -> bytes:
    """Read a stream to its end."""
    with speaking(speak) as port:
        client, url = egress.Client(f"http://127.0.0.1:{port}"), f"http://127.0.0.1:{port}/x"
        with client.stream(url, seconds=seconds, stall=stall) as answer:
            assert answer.status == 200
            return b"".join(answer.chunks())


def test_a_stream_comes_whole() -> None:
    """Byte for byte, with its headers beforehand."""
    assert read(says(HEAD + BODY)) == BODY


def test_a_stream_that_ends_early_is_an_error() -> None:
    """What was announced and did not come is not the end of the file."""
    with pytest.raises(Unavailable, match="ended after"):
        read(says(HEAD + BODY[:-1]))


def test_a_stream_that_stalls_is_given_up() -> None:
    """After the time for one wait, however long the whole may take."""

    def speak(connection: socket.socket) -> None:
        connection.sendall(HEAD + BODY[:1_000])
        time.sleep(5)

    begun = time.monotonic()
    with pytest.raises(Unavailable, match="in time"):
        read(speak, stall=0.3)
    assert time.monotonic() - begun < 4


def test_a_trickle_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte now and then keeps no thread busy for ever."""
    monkeypatch.setattr(streams, "_WINDOW", 0.5)

    def speak(connection: socket.socket) -> None:
        connection.sendall(HEAD)
        for at in range(100):
            connection.sendall(BODY[at : at + 1])
            time.sleep(0.05)

    with pytest.raises(Unavailable, match="in time"):
        read(speak)


def test_a_stream_longer_than_any_wait_comes_whole() -> None:
    """There is no time for all of it: only for each wait."""

    def speak(connection: socket.socket) -> None:
        connection.sendall(HEAD)
        for at in range(0, len(BODY), 2**16):
            connection.sendall(BODY[at : at + 2**16])
            time.sleep(0.2)

    assert read(speak, seconds=0.5, stall=0.5) == BODY


def test_the_rules_of_addresses_hold_for_streams() -> None:
    """Nothing is connected to that must not be, and no redirect is followed."""
    with pytest.raises(ForbiddenAddress), egress.Client().stream("https://127.0.0.1/x"):
        raise AssertionError
    with pytest.raises(ForbiddenAddress):
        egress.Client().check_host("https://169.254.169.254/")
    with speaking(says(b"HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/\r\nContent-Length: 0\r\n\r\n")) as port:
        url = f"http://127.0.0.1:{port}/x"
        with egress.Client(f"http://127.0.0.1:{port}").stream(url) as answer:
            assert (answer.status, answer.headers["location"]) == (302, "http://10.0.0.1/")
