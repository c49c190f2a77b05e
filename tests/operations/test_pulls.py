"""Are downloads events, as far as the setting says, without a pull waiting for it?"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

import holotype
from holotype.errors import Unavailable
from holotype.ledger import pulls
from holotype.operations import record_pull as recording
from holotype.operations.record_pull import forget, is_first, record_pull
from tests.support.registry import Desk, open_desk
from tests.support.server import Running, serving


def _pushed(server: Running, folder: Path) -> tuple[holotype.Client, Any]:
    source = folder / "source"
    source.mkdir()
    for name in ("a.bin", "b.bin"):
        (source / name).write_bytes(name.encode() * 100)
    client = holotype.Client(server.url, server.token)
    return client, client.push(source, "default/fraud")


def _pulls(client: holotype.Client, least: int) -> list[Any]:
    """Return the downloads in the ledger, as soon as there are so many, else after a while."""
    end = time.monotonic() + 5
    while True:
        found = list(client.ledger(action="version.pulled"))
        if len(found) >= least or time.monotonic() > end:
            return found
        time.sleep(0.02)


@pytest.mark.parametrize(("mode", "count"), [("none", 0), ("sampled", 1), ("full", 4)])
def test_each_setting_writes_what_it_says(tmp_path: Path, mode: str, count: int) -> None:
    """Two pulls of two files: nothing, one entry, or one a file; a HEAD is no download."""
    with serving(tmp_path, record_pulls=mode) as server:
        client, version = _pushed(server, tmp_path)
        headers = {"Authorization": f"Bearer {server.token}"}
        address = f"{server.url}/api/v1/models/default/fraud/versions/1/files/a.bin"
        assert httpx2.head(address, headers=headers).status_code == 200
        for name in ("one", "two"):
            client.pull("default/fraud:1", tmp_path / name)
        found = _pulls(client, max(count, 1) if count else 0)
        time.sleep(0.1)
        assert len(found) == len(_pulls(client, 0)) == count
        for event in found:
            assert (event.subject, event.actor, event.data["digest"]) == ("default/fraud:1", "owner", version.digest)
        if mode == "full":
            assert sorted(event.data["path"] for event in found) == ["a.bin", "a.bin", "b.bin", "b.bin"]
        assert "version.pulled" not in {event.action for event in client.history("default/fraud")}


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    """A registry without a server."""
    with open_desk(database_url, tmp_path / "store") as opened:
        yield opened


def test_who_pulled_a_version_is_answered(desk: Desk) -> None:
    """By name, the latest first."""
    one, other = desk.register("fraud", b"one"), desk.register("fraud", b"two")
    for actor in ("ada", "bob", "ada"):
        record_pull(desk.call(actor=actor), one)
    with desk.call().read() as tx:
        found = pulls.pullers(tx, [one.id, other.id])
    assert [(puller.principal, puller.version_id) for puller in found] == [("ada", one.id), ("bob", one.id)]


def test_the_first_pull_in_an_hour_counts(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one principal and one version; one that could not be written leaves it to the next."""
    one, other = desk.register("fraud", b"one"), desk.register("fraud", b"two")
    call = desk.call()
    assert [is_first(call, one), is_first(call, one), is_first(call, other)] == [True, False, True]
    assert is_first(desk.call(actor="bob"), one)
    forget(call, one)
    assert is_first(call, one)
    monkeypatch.setattr(recording, "_SECONDS", -1.0)
    assert is_first(call, one)


def test_in_full_nothing_leaves_that_cannot_be_written_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ledger that refuses to take the entry refuses the download."""
    from holotype.gateways import pulls as gateway  # noqa: PLC0415 - the name is the module's
    from tests.support.asgi import owner_of  # noqa: PLC0415

    def refuse(*_: object) -> None:
        raise Unavailable("The disk is full.")

    with open_desk(f"sqlite:///{tmp_path / 'x.db'}", tmp_path / "store", record_pulls="full") as desk:
        owner = owner_of(desk.registry)
        version = desk.register("fraud", b"one")
        place = desk.registry.store.path(version.digest)
        assert place is not None
        held = desk.registry.store.path(desk.held(b"one").digest)
        assert held is not None
        held.write_bytes(b"one")
        address = "/api/v1/models/default/fraud/versions/1/files/model.bin"
        assert owner.ask("GET", address).status == 200
        monkeypatch.setattr(gateway, "record_pull", refuse)
        assert owner.ask("GET", address).status == 503
