"""Which automatic moves became possible because time passed? The worker asks, a bounded number of versions at a time.

Gates such as the soak time ripen without any event. Those versions that stand where an automatic move begins are gone
round in the order of their ids: a hundred in each round, so that a round stays short however many there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from holotype.catalogue import versions as catalogue
from holotype.catalogue.tables import versions
from holotype.domain.policy import Policy
from holotype.domain.references import Reference
from holotype.errors import NotFound
from holotype.governance import policies
from holotype.operations import automatic, locking
from holotype.operations.call import Call

_BATCH = 100


@dataclass(slots=True)
class Round:
    """How far the last round came; one a server process, since it only decides where the next one begins."""

    after: int = 0

    def __call__(self, call: Call) -> int:
        """Carry out what became possible and return how many versions moved."""
        moved = 0
        found = self._next(call)
        for version_id in found:
            moved += ripen(call, version_id)
        self.after = found[-1] if len(found) == _BATCH else 0
        return moved

    def _next(self, call: Call) -> Sequence[int]:
        with call.read() as tx:
            waiting = {one: _sources(policies.in_force(tx, one)) for one in policies.namespaces_with_own(tx)}
            known = ((space, stages) for space, stages in waiting.items() if stages)
            places = [(versions.c.namespace_id == space) & versions.c.stage.in_(stages) for space, stages in known]
            if not places:
                return []
            statement = sa.select(versions.c.id).where(sa.or_(*places), versions.c.id > self.after)
            statement = statement.where(versions.c.deleted_at.is_(None)).order_by(versions.c.id).limit(_BATCH)
            return list(tx.execute(statement).scalars())


def ripen(call: Call, version_id: int) -> bool:
    """Carry out the automatic moves of a version that are possible now, and say whether there was one."""
    with call.read() as tx:
        version = catalogue.by_ids(tx, [version_id])[0]
        if not automatic.ready(tx, call, version, policies.in_force(tx, version.namespace_id)):
            return False
    with call.write() as tx:
        try:
            locking.lock(tx, Reference(version.namespace, version.model))
        except NotFound:  # it was deleted meanwhile
            return False
        return automatic.fire(tx, call, catalogue.by_ids(tx, [version_id])[0])


def _sources(policy: Policy) -> list[str]:
    return sorted({source for one in policy.moves if one.rule.automatic for source in one.sources})
