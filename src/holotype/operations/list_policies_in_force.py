"""Which policy is in force in each namespace that the caller may see?"""

from __future__ import annotations

from holotype.access import rules
from holotype.domain.entities import Namespace
from holotype.domain.permissions import Permission
from holotype.governance import policies
from holotype.governance.policies import Applied
from holotype.operations import sight
from holotype.operations.call import Call


def list_policies_in_force(call: Call, *, after: str = "", limit: int = 50) -> list[tuple[Namespace, Applied]]:
    """Return up to ``limit`` namespaces whose names come after ``after``, each with its policy: two statements."""
    rules.require_somewhere(call.actor, Permission.POLICY_READ)
    with call.read() as tx:
        found = sight.namespaces_page(tx, call.actor, Permission.POLICY_READ, after=after, limit=limit)
        held = policies.newest_of(tx, [one.id for one in found])
    return [(one, held[one.id]) for one in found]
