"""Where do verbs run? In these threads, each of which keeps its connections to the database.

A verb that only asks the database is a plain function that a gateway has run here. A verb that streams bytes is
``async`` and hands its own steps over.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from holotype.errors import Unavailable

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 12
POOL = ThreadPoolExecutor(THREADS, thread_name_prefix="verb")
SLOW = ThreadPoolExecutor(4, thread_name_prefix="slow")
"""For verbs that hash a password or ask another server: however many come, the others do not wait for them."""
_MOST_WAITING = 64
_waiting = 0


async def aside(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function that may block, in a thread, and return its result."""
    return await asyncio.get_running_loop().run_in_executor(POOL, partial(function, *args, **kwargs))


async def aside_slowly(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function that takes its time, in one of few threads; refuse where too many wait for one already."""
    global _waiting  # noqa: PLW0603 - one count for the process, changed on the event loop alone
    if _waiting >= _MOST_WAITING:
        raise Unavailable("Too many people sign in at this moment.", hint="Try again in a few seconds.")
    _waiting += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(SLOW, partial(function, *args, **kwargs))
    finally:
        _waiting -= 1
