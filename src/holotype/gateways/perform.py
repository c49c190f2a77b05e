"""How does the event loop call a verb? In a thread, or on the spot where that is quicker than to ask a thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from holotype.operations.call import Call
from holotype.operations.threads import aside, aside_slowly

P = ParamSpec("P")
T = TypeVar("T")


async def perform(operation: Callable[Concatenate[Call, P], T], call: Call, *args: P.args, **kwargs: P.kwargs) -> T:
    """Call ``operation(call, …)`` in a thread and return its result."""
    return await aside(operation, call, *args, **kwargs)


async def perform_quick(
    operation: Callable[Concatenate[Call, P], T], call: Call, *args: P.args, **kwargs: P.kwargs
) -> T:
    """Call a verb that only reads, and only a few rows: on the loop where the database is a local file.

    Such a read takes SQLite some 40 µs, less than handing it to a thread and back. A database behind a network may
    make anybody wait, so it is never asked from the loop.
    """
    if call.registry.database.dialect == "sqlite":
        return operation(call, *args, **kwargs)
    return await perform(operation, call, *args, **kwargs)


async def perform_slowly(
    operation: Callable[Concatenate[Call, P], T], call: Call, *args: P.args, **kwargs: P.kwargs
) -> T:
    """Call a verb that hashes a password or asks another server, beside those that everybody waits for."""
    return await aside_slowly(operation, call, *args, **kwargs)
