"""Which tensors does a file of a version hold?

1. The caller may read the version, and it has the file.
2. The header of the file is read, with bounds; bytes under a digest never change, so what it says is kept for a while.
3. One page of the list is returned.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import partial

from holotype.access import rules
from holotype.catalogue import contents, versions
from holotype.db import Tx
from holotype.domain.entities import Version
from holotype.domain.manifest import File
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.domain.tensors import Tensor
from holotype.errors import Invalid, NotFound
from holotype.inspect.details import listing
from holotype.inspect.details.listing import FORMATS, Listed
from holotype.inspect.window import Window
from holotype.operations.call import Call

_BUDGET = 32 * 2**20
"""So many bytes of a file are read for its list."""
_KEPT = 100_000
"""So many tensors of several files are kept in memory."""
_lock = threading.Lock()
_known: dict[str, Listed] = {}


@dataclass(frozen=True, slots=True)
class Found:
    """A page of the tensors of a file, how many there are, and where the next page begins, if there is one.

    ``unreadable`` says why the header could not be read, or not to its end.
    """

    version: Version
    file: File
    tensors: tuple[Tensor, ...]
    count: int
    parameters: int
    next: int | None
    unreadable: str | None = None


def list_tensors(call: Call, reference: Reference, path: str, *, after: int = 0, limit: int = 50) -> Found:
    """Return up to ``limit`` tensors of a file, in the order of its header, without the first ``after``."""
    rules.require(call.actor, Permission.MODEL_READ, namespace=reference.namespace, model=reference.model)  # 1
    with call.read() as tx:
        version = versions.find(tx, reference)
        file = _file(tx, version, path)
    listed = _listed(call, file)  # 2
    if listed.format not in FORMATS:
        what = f"is {listed.format}" if listed.format else "has no format that is known"
        raise Invalid(
            f"{path} {what}: no header names its tensors.", hint=f"These formats have one: {', '.join(FORMATS)}."
        )
    stop = after + limit  # 3
    return Found(
        version=version,
        file=file,
        tensors=listed.tensors[after:stop],
        count=listed.count,
        parameters=listed.parameters,
        next=stop if stop < len(listed.tensors) else None,
        unreadable=listed.unreadable,
    )


def _file(tx: Tx, version: Version, path: str) -> File:
    found = contents.file(tx, version.id, path)
    if found is None:
        raise NotFound(
            f"{version.reference} has no file {path[:200]!r}.",
            hint=f"See its files: `holotype show {version.reference} --files`.",
        )
    return found


def _listed(call: Call, file: File) -> Listed:
    known = _known.get(file.digest)
    if known is not None:
        return known
    fetch = partial(call.registry.store.read, file.digest)
    made = listing.list_tensors(file.path, Window(fetch, file.size, budget=_BUDGET))
    with _lock:
        _known[file.digest] = made
        while len(_known) > 1 and sum(1 + len(one.tensors) for one in _known.values()) > _KEPT:
            del _known[next(iter(_known))]
    return made
