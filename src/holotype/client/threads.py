"""How do threads share work so that the first failure, or Ctrl-C, ends all of it?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any


@contextmanager
def workers(count: int, name: str) -> Iterator[ThreadPoolExecutor]:
    """Yield a pool of threads; when the block fails, what has not begun never begins."""
    pool = ThreadPoolExecutor(count, thread_name_prefix=f"holotype-{name}")
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=True, cancel_futures=True)
        raise
    pool.shutdown(wait=True)


def gather(futures: Iterable[Future[Any]]) -> None:
    """Wait for all; raise the first failure and cancel what has not begun."""
    done, pending = wait(list(futures), return_when=FIRST_EXCEPTION)
    failed = next((future for future in done if not future.cancelled() and future.exception()), None)
    if failed is not None:
        for future in pending:
            future.cancel()
        failed.result()
