"""Is background work done once for all servers, and does the server outlive what goes wrong in it?"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from holotype.db.tables import idempotency
from holotype.domain.entities import Actor
from holotype.domain.permissions import Permission
from holotype.operations.call import Call
from holotype.operations.claim import claim
from holotype.operations.expire_keys import expire_keys
from holotype.operations.optimize import optimize
from holotype.operations.sweep import SweepReport
from holotype.worker import Work, Worker, standard_work
from tests.support.registry import Desk


def until(true: Callable[[], bool]) -> bool:
    """Wait up to ten seconds for something to become true."""
    end = time.monotonic() + 10
    while not true() and time.monotonic() < end:
        time.sleep(0.01)
    return true()


def test_one_worker_of_several_does_the_work(desk: Desk) -> None:
    """Four workers with the same work: it is done once in its period."""
    done: list[str] = []
    work = Work("count", 3_600, lambda call: done.append(call.request_id))
    workers = [Worker(desk.registry, [work], first_pause=0) for _ in range(4)]
    for worker in workers:
        worker.start()
    assert until(lambda: bool(done))
    time.sleep(0.3)
    assert all(worker.stop(5) for worker in workers)
    assert len(done) == 1


def test_work_that_fails_is_logged_and_tried_again(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """The thread goes on, and so does other work."""
    tries: list[int] = []
    good = threading.Event()

    def bad(_call: Call) -> None:
        tries.append(1)
        raise RuntimeError("out of paper")

    work = [Work("bad", 0.05, bad), Work("good", 0.05, lambda _call: good.set())]
    worker = Worker(desk.registry, work, first_pause=0)
    worker.start()
    assert until(lambda: len(tries) > 1)
    assert good.wait(5)
    assert worker.stop(5)
    assert "out of paper" in caplog.text


def test_a_stop_does_not_wait_for_long_work(desk: Desk) -> None:
    """It says that something is still running."""
    running, go_on = threading.Event(), threading.Event()

    def long(_call: Call) -> None:
        running.set()
        go_on.wait(10)

    worker = Worker(desk.registry, [Work("long", 60, long)], first_pause=0)
    worker.start()
    assert running.wait(5)
    assert not worker.stop(0.05)
    go_on.set()
    assert worker.stop(5)


def test_a_claim_ends_with_its_period(desk: Desk) -> None:
    """Another process takes over when the one that held it is gone."""
    first = desk.call()
    assert claim(first, "sweep", "one", 100)
    assert claim(first, "sweep", "one", 100)
    assert not claim(first, "sweep", "two", 100)
    later = Call(desk.registry, first.actor, now=first.now + timedelta(seconds=101))
    assert claim(later, "sweep", "two", 100)


def test_old_idempotency_keys_are_forgotten(desk: Desk) -> None:
    """Those of yesterday, however many; those of today stay."""
    call = desk.call()
    rows = [{"principal_id": 1, "key": f"k{n}", "fingerprint": "", "result": "", "created_at": n} for n in range(2_500)]
    with call.write() as tx:
        tx.execute(idempotency.insert(), rows)
        tx.execute(idempotency.insert(), {**rows[0], "key": "today", "created_at": 2**60})
    assert expire_keys(call) == 2_500
    assert [row["key"] for row in desk.rows(sa.select(idempotency.c.key))] == ["today"]


def test_the_standard_work_runs(desk: Desk) -> None:
    """Every piece does its work on an empty registry, on each database."""
    call = Call(desk.registry, Actor("holotype", None, frozenset(Permission)), now=desk.call().now)
    done = {work.name: work.run(call) for work in standard_work(desk.registry)}
    expired = {"expire-keys": 0, "expire-sign-ins": 0, "expire-promotions": 0, "ripen": 0}
    assert done == {"sweep": SweepReport(), **expired, "checkpoint": None, "optimize": None}


def test_optimize_counts_what_the_embedded_database_holds(desk: Desk) -> None:
    """The worker's own connection has read nothing, and yet every table that has rows gets its statistics."""
    desk.register("fraud", b"one", tags={"team": "risk"})
    optimize(Call(desk.registry, Actor("holotype", None, frozenset(Permission)), now=desk.call().now))
    if desk.registry.database.dialect == "sqlite":
        with desk.registry.database.read() as tx:
            counted = set(tx.exec_driver_sql("SELECT tbl FROM sqlite_stat1").scalars())
        assert {"models", "versions", "files", "version_tags"} <= counted


def test_work_that_is_not_due_here_is_left_to_others(desk: Desk) -> None:
    """A server that lacks what the work needs does not claim it, so another server's turn does not wait."""
    done: list[str] = []
    idle = Worker(desk.registry, [Work("sign", 0.05, lambda _: done.append("idle"), lambda _: False)], first_pause=0)
    able = Worker(desk.registry, [Work("sign", 0.05, lambda _: done.append("able"))], first_pause=0)
    for worker in (idle, able):
        worker.start()
    assert until(lambda: len(done) > 2)
    assert all(worker.stop(5) for worker in (idle, able))
    assert set(done) == {"able"}
