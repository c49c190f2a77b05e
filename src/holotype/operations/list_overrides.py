"""Which gates are out of the way now? Overrides that nobody closed, those whose time is over among them, or all."""

from __future__ import annotations

from dataclasses import dataclass

from holotype.access import rules
from holotype.domain.entities import Override
from holotype.domain.permissions import Permission
from holotype.governance import overrides
from holotype.operations.call import Call

_CHUNK, _CHUNKS = 200, 10


@dataclass(frozen=True, slots=True)
class Found:
    """A page, and the cursor of the next one, if there may be more."""

    items: list[Override]
    next: int | None


def list_overrides(call: Call, *, everything: bool = False, before: int | None = None, limit: int = 50) -> Found:
    """Return a page of the overrides that the caller may know of, the newest first."""
    rules.require_somewhere(call.actor, Permission.MODEL_READ)
    shown: list[Override] = []
    with call.read() as tx:
        for _ in range(_CHUNKS):
            rows = overrides.page(tx, everything=everything, before=before, limit=_CHUNK)
            shown += [one for one in rows if _sees(call, one)]
            if len(shown) > limit:
                return Found(shown[:limit], shown[limit - 1].id)
            if len(rows) < _CHUNK:
                return Found(shown, None)
            before = rows[-1].id
    return Found(shown, before)


def _sees(call: Call, one: Override) -> bool:
    namespace, _, model = one.version.rpartition(":")[0].partition("/")
    return rules.may(call.actor, Permission.MODEL_READ, namespace=namespace, model=model)
