"""Is every version looked into soon, by whichever server, once, and honestly?"""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from holotype.catalogue import examinations, versions
from holotype.domain import digest, times
from holotype.domain.entities import Version
from holotype.domain.manifest import File
from holotype.domain.references import parse
from holotype.errors import Unavailable
from holotype.governance import evidence
from holotype.operations import examine as examination
from holotype.operations import examining
from holotype.operations.call import Call
from holotype.operations.examine import EXAMINER, examine
from holotype.operations.examine_again import examine_again
from holotype.operations.examine_pending import ATTEMPTS, Stopped, examine_pending
from holotype.operations.examining import LARGEST, ensure
from holotype.operations.register import Content, register
from holotype.worker import Examiner, rest
from tests.support import pickled
from tests.support.counting import statements
from tests.support.fixtures import Backend
from tests.support.registry import Desk, open_desk


@pytest.fixture
def desk(backend: Backend) -> Iterator[Desk]:
    """A registry on each database with each store."""
    with open_desk(backend.database_url, backend.store_url) as opened:
        yield opened


def made(desk: Desk, **files: bytes) -> Version:
    """Register a version of files whose bytes are in the store; an underscore in a name stands for a dot."""
    content = Content([desk.stored(content, name.replace("_", ".")) for name, content in files.items()])
    return register(desk.call(), parse("fraud"), content)[0]


def learnt(desk: Desk, version: Version) -> dict[str, Any]:
    """Return the payloads of what the server found out about a version, by type."""
    with desk.registry.database.read() as tx:
        found = evidence.of_version(tx, version.id)
    assert {one.created_by for one in found} <= {"holotype"}
    assert len({one.type for one in found}) == len(found)
    return {one.type: json.loads(one.payload or b"") for one in found}


def is_done(desk: Desk, version: Version) -> bool:
    """Say whether a version was examined."""
    with desk.registry.database.read() as tx:
        return examinations.is_done(tx, version.id)


def server(desk: Desk, seconds: float = 0) -> Call:
    """Make a call as the background does, so many seconds after now."""
    desk.seconds += 1
    moment = times.from_micros(1_700_000_000_000_000) + timedelta(seconds=desk.seconds + seconds)
    return Call(desk.registry, EXAMINER, "test", now=moment)


def test_a_version_is_described_and_scanned(desk: Desk) -> None:
    """Both results are evidence by the server, and the version says when."""
    version = made(desk, model_pkl=pickle.dumps({"depth": 6}), state_pt=pickled.torch_zip(pickled.state_dict()))
    ensure(desk.call(), version)
    found = learnt(desk, version)
    assert found["scan"]["clean"]
    assert found["scan"]["files"] == 2
    described = {one["path"]: one for one in found["inspection"]["files"]}
    assert described["state.pt"]["parameters"] == found["inspection"]["parameters"] == 20
    with desk.registry.database.read() as tx:
        assert versions.by_ids(tx, [version.id])[0].examined


def test_what_is_dangerous_is_told(desk: Desk) -> None:
    """The finding has its place, its name and how bad it is."""
    version = made(desk, model_pkl=pickled.SYSTEM)
    ensure(desk.call(), version)
    scan = learnt(desk, version)["scan"]
    assert not scan["clean"]
    assert scan["findings"] == [{"path": "model.pkl", "name": "os.system", "severity": "dangerous"}]


def test_the_client_s_word_for_the_format_is_not_taken(desk: Desk) -> None:
    """What was announced and is not so is said beside what is."""
    held = desk.stored(pickle.dumps([1]), "model.onnx")
    version, _ = register(
        desk.call(), parse("fraud"), Content([File(held.path, held.digest, held.size, format="safetensors")])
    )
    ensure(desk.call(), version)
    (described,) = learnt(desk, version)["inspection"]["files"]
    assert (described["format"], described["announced"]) == ("pickle", "safetensors")


def test_it_is_done_once(desk: Desk) -> None:
    """A second examination writes nothing, also when it began before the first one ended."""
    version = made(desk, model_pkl=pickle.dumps([1]))
    slow = examination.look(desk.call(), version, examination.scanning.Limits())
    ensure(desk.call(), version)
    examine(desk.call(), version)
    examination.record(desk.call(), version, slow)
    assert set(learnt(desk, version)) == {"inspection", "scan"}


def test_nobody_waits_long(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes too long is broken off without a result, which the background then finds."""
    version = made(desk, model_pkl=b"\x80\x04" + b"N0" * 2_000_000 + b"N.")
    monkeypatch.setattr(examining, "PATIENCE", 0.05)
    began = time.monotonic()
    ensure(desk.call(), version)
    assert time.monotonic() - began < 20
    assert learnt(desk, version) == {}
    assert examine_pending(server(desk), "x")
    assert learnt(desk, version)["scan"]["clean"]


def test_a_version_is_waited_for_once_at_a_time(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks while somebody waits already is told at once that it is under way."""
    version, calls = made(desk, model_pkl=pickle.dumps([1])), []

    def slow(call: Call, found: Version, limits: object) -> None:
        calls.append(found)
        ensure(call, found)

    monkeypatch.setattr(examination, "examine", slow)
    ensure(desk.call(), version)
    ensure(desk.call(), version)
    assert calls == [version, version]


def test_two_servers_at_once_leave_one_result(desk: Desk) -> None:
    """Four threads examine the same versions."""
    found = [made(desk, model_pkl=pickle.dumps(number)) for number in range(4)]
    calls = [[server(desk) for _ in found] for _ in range(4)]
    threads = [
        threading.Thread(target=lambda mine=mine: [examine_pending(call, "x") for call in mine]) for mine in calls
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while examine_pending(server(desk, 1_000), "y"):
        pass
    assert [set(learnt(desk, version)) for version in found] == [{"inspection", "scan"}] * 4


def test_bytes_that_are_gone_are_a_result(desk: Desk) -> None:
    """A version without its bytes is not clean, and says why."""
    version = made(desk, model_pkl=pickle.dumps([1]))
    desk.registry.store.delete(digest.of(pickle.dumps([1])))
    assert examine_pending(server(desk), "x")
    scan = learnt(desk, version)["scan"]
    assert not scan["clean"]
    assert "no bytes" in scan["errors"][0]["reason"]


def test_what_fails_is_tried_later_and_given_up_at_last(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each attempt waits longer; the last one is an error as the result."""
    version = made(desk, model_pkl=pickle.dumps([1]))

    def fail(*_: object) -> None:
        raise Unavailable("The bucket is not there.")

    monkeypatch.setattr(examination, "look", fail)
    for attempt in range(ATTEMPTS):
        assert not is_done(desk, version)
        assert examine_pending(server(desk, attempt * 4_000), "x")
        assert not examine_pending(server(desk, attempt * 4_000), "x")
    scan = learnt(desk, version)["scan"]
    assert not scan["clean"]
    assert "Unavailable" in scan["errors"][0]["reason"]


def test_a_version_that_kills_is_given_up(desk: Desk) -> None:
    """Claims that ran out count as attempts: nobody has to survive to count them."""
    version = made(desk, model_pkl=pickle.dumps([1]))
    for attempt in range(ATTEMPTS):
        call = server(desk, attempt * 1_000)
        with call.write() as tx:
            assert examinations.claim(tx, version.id, f"killed-{attempt}", call.now, 900) == attempt + 1
    assert not examine_pending(server(desk, ATTEMPTS * 1_000 - 200), "x")
    assert examine_pending(server(desk, ATTEMPTS * 1_000 + 100), "x")
    assert "never brought to an end" in learnt(desk, version)["scan"]["errors"][0]["reason"]


def test_a_server_that_stops_gives_back_what_it_has(desk: Desk) -> None:
    """Another one can take it at once, as the first attempt."""
    version = made(desk, model_pkl=pickle.dumps(list(range(5_000))))

    def stop() -> None:
        raise Stopped

    assert examine_pending(server(desk), "x", stop)
    assert not is_done(desk, version)
    assert examine_pending(server(desk), "y")
    assert is_done(desk, version)


def test_what_was_registered_is_looked_into_soon(desk: Desk) -> None:
    """The thread of the same process is woken by registering."""
    examiner = Examiner(desk.registry, period=3_600, quiet=0.01)
    examiner.start()
    version = made(desk, model_pkl=pickle.dumps([1]))
    end = time.monotonic() + 20
    while not is_done(desk, version) and time.monotonic() < end:
        time.sleep(0.02)
    assert is_done(desk, version)
    assert examiner.stop(5)


def test_whoever_asks_comes_before_the_background() -> None:
    """The thread rests as long as it worked, 49 times as long while versions arrive, and never for long."""
    assert rest(0.003, arriving=False) == pytest.approx(0.003)
    assert rest(0.003, arriving=True) == pytest.approx(0.147)
    assert rest(600, arriving=False) == 1.0


def test_large_versions_are_left_to_the_background(desk: Desk) -> None:
    """A promotion does not wait for gigabytes."""
    version = made(desk, model_pkl=pickle.dumps([1]))
    ensure(desk.call(), Version(**{name: getattr(version, name) for name in version.__slots__} | {"size": LARGEST + 1}))
    assert not is_done(desk, version)


def test_registering_asks_nothing_more(desk: Desk) -> None:
    """Nothing is sent for what happens later."""
    desk.registry.arrived.clear()
    held = [desk.stored(b"weights")]
    with statements(desk.registry.database) as sent:
        register(desk.call(), parse("fraud"), Content(held))
    assert not [statement for statement, _ in sent if "examine" in str(statement[:40])]
    assert desk.registry.arrived.is_set()


def test_a_version_can_be_examined_again(desk: Desk) -> None:
    """What was found before stays, and the newest result counts."""
    version = made(desk, model_pkl=pickle.dumps([1]))
    ensure(desk.call(), version)
    assert not examine_pending(server(desk), "x")
    assert examine_again(desk.call(), parse(version.reference)) == 1
    assert examine_pending(server(desk), "x")
    with desk.registry.database.read() as tx:
        found = [one.type for one in evidence.of_version(tx, version.id)]
    assert found == ["inspection", "scan"] * 2


_VICTIM = """
import os, sys, time
from holotype import db
from holotype.artifacts.store import open_store
from holotype.operations.call import Call, Registry
from holotype.operations.examine import EXAMINER
from holotype.operations.examine_pending import examine_pending
from holotype.settings import Settings

registry = Registry(db.connect(sys.argv[1]), open_store(sys.argv[2]), Settings())

def wait():
    print("examining", flush=True)
    time.sleep(60)

examine_pending(Call(registry, EXAMINER, "victim"), "victim", wait)
"""


def test_a_killed_examination_is_done_again(desk: Desk, backend: Backend) -> None:
    """Nothing of it was written, and after the claim ran out another server does it."""
    version = made(desk, model_pkl=pickle.dumps(list(range(5_000))))
    victim = subprocess.Popen(
        [sys.executable, "-c", _VICTIM, backend.database_url, backend.store_url],
        stdout=subprocess.PIPE,
        env={**os.environ, **backend.environment},
    )
    assert victim.stdout is not None
    assert victim.stdout.readline() == b"examining\n"
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    victim.stdout.close()
    assert learnt(desk, version) == {}
    now = Call(desk.registry, EXAMINER, "test")
    assert not examine_pending(now, "x")
    assert examine_pending(Call(desk.registry, EXAMINER, "test", now=now.now + timedelta(seconds=1_000)), "x")
    assert learnt(desk, version)["scan"]["clean"]
