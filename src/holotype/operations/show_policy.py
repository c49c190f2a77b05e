"""Which policy is in force in a namespace, and which were?"""

from __future__ import annotations

from holotype.access import rules
from holotype.catalogue import namespaces
from holotype.domain.permissions import Permission
from holotype.governance import policies
from holotype.governance.policies import Applied
from holotype.operations.call import Call


def show_policy(call: Call, namespace: str, *, number: int | None = None) -> Applied:
    """Return the policy in force in a namespace, or an earlier one by its number."""
    rules.require_within(call.actor, Permission.POLICY_READ, namespace)
    with call.read() as tx:
        where = namespaces.get(tx, namespace)
        return policies.get(tx, where.id, policies.newest(tx, where.id)[0] if number is None else number)


def list_policies(call: Call, namespace: str, *, before: int | None = None, limit: int = 50) -> list[Applied]:
    """Return up to ``limit`` policies of a namespace with numbers under ``before``, the newest first."""
    rules.require_within(call.actor, Permission.POLICY_READ, namespace)
    with call.read() as tx:
        return policies.page(tx, namespaces.get(tx, namespace).id, before=before, limit=limit)
