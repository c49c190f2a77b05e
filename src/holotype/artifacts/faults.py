"""Which of our errors is an error of the disk? The only place that reads errno."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from holotype.errors import StorageFull, Unavailable

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@contextmanager
def translated(place: str) -> Iterator[None]:
    """Turn a failure of the folder ``place`` into ``StorageFull`` or ``Unavailable``."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise full(place) from error
        raise unavailable(place, error.strerror or str(error)) from error


def full(place: str) -> StorageFull:
    """Return the error for a store without space."""
    return StorageFull(f"There is no space left in {place}; nothing was stored.", hint="Free some space and try again.")


def unavailable(place: str, why: str) -> Unavailable:
    """Return the error for a store that does not do what it is asked."""
    return Unavailable(
        f"The object store {place} does not answer as it should ({why}); nothing was changed.",
        hint="Try again; see `holotype admin doctor`.",
    )
