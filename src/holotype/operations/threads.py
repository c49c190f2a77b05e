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

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 12
POOL = ThreadPoolExecutor(THREADS, thread_name_prefix="verb")


async def aside(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function that may block, in a thread, and return its result."""
    return await asyncio.get_running_loop().run_in_executor(POOL, partial(function, *args, **kwargs))
