"""Do verbs get to their threads and back, whatever happens to who asked?"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from functools import partial
from typing import Any

import pytest

from holotype.operations.threads import THREADS, Verbs, aside


def run(asked: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine in a loop of its own."""
    return asyncio.run(asyncio.wait_for(asked, 20))


def test_a_verb_runs_in_a_thread_and_its_result_comes_back() -> None:
    """By another thread than that of the loop, with all its arguments."""
    assert run(aside(lambda a, b: (a, b, threading.current_thread() is threading.main_thread()), 1, b=2)) == (
        1,
        2,
        False,
    )


def test_an_error_is_raised_where_somebody_waits() -> None:
    """With its own traceback, and the threads go on."""

    async def asked() -> int:
        for _ in range(THREADS + 1):
            with pytest.raises(LookupError, match="lost"):
                await aside(_fail)
        return await aside(lambda: 7)

    assert run(asked()) == 7


def test_as_many_threads_as_are_needed_at_once_and_no_more() -> None:
    """One for who asks one after the other; never more than allowed, however many wait."""

    async def asked() -> tuple[int, int, int]:
        verbs, gate = Verbs(3), threading.Event()
        for _ in range(5):
            await verbs.call(lambda: None)
        alone = verbs._started
        waiting = [verbs.call(gate.wait) for _ in range(10)]
        gate.set()
        await asyncio.gather(*waiting)
        return alone, verbs._started, verbs._busy

    assert run(asked()) == (1, 3, 0)


def test_who_stops_to_wait_has_a_verb_left_out_that_did_not_begin() -> None:
    """One that did begin comes to its end."""

    async def asked() -> list[str]:
        verbs, gate, done = Verbs(1), threading.Event(), list[str]()
        begun = threading.Event()

        def first() -> None:
            begun.set()
            gate.wait()
            done.append("first")

        futures = [
            verbs.call(first),
            verbs.call(lambda: done.append("second")),
            verbs.call(lambda: done.append("third")),
        ]
        await asyncio.to_thread(begun.wait)
        futures[0].cancel()
        futures[1].cancel()
        gate.set()
        await futures[2]
        assert verbs._busy == 0
        return done

    assert run(asked()) == ["first", "third"]


def test_a_thread_that_cannot_be_started_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any thread the call is refused and not made; with one the others have to wait for it."""
    start, refused = threading.Thread.start, [True]

    def begin(thread: threading.Thread) -> None:
        if refused[0]:
            raise RuntimeError("can't start new thread")
        start(thread)

    async def asked() -> tuple[list[str], int]:
        monkeypatch.setattr(threading.Thread, "start", begin)
        verbs, gate, done = Verbs(2), threading.Event(), list[str]()
        with pytest.raises(RuntimeError, match="start new thread"):
            verbs.call(partial(done.append, "refused"))
        refused[0] = False
        waiting = verbs.call(gate.wait)
        refused[0] = True
        queued = verbs.call(partial(done.append, "queued"))
        gate.set()
        await asyncio.gather(waiting, queued)
        refused[0] = False
        await asyncio.gather(*[verbs.call(partial(done.append, "later")) for _ in range(2)])
        return done, verbs._started

    assert run(asked()) == (["queued", "later", "later"], 2)


def test_what_no_future_bears_is_an_error_all_the_same() -> None:
    """A verb that raises StopIteration does not leave its caller waiting."""
    with pytest.raises(RuntimeError, match="StopIteration"):
        run(aside(next, iter(())))


def test_a_loop_that_was_closed_harms_nobody() -> None:
    """Its verb ends by itself, and the thread serves the next loop."""
    verbs, gate = Verbs(1), threading.Event()

    async def leave() -> None:
        verbs.call(gate.wait)

    async def stay() -> int:
        return await verbs.call(lambda: 7)

    run(leave())
    gate.set()
    assert run(stay()) == 7


def _fail() -> None:
    raise LookupError("lost")
