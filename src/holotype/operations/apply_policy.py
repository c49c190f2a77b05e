"""How do the rules of a namespace change?

1. The caller may write its policy.
2. The text is read whole: any fault refuses it, with its line.
3. Who names the policy that they expect to replace is refused when another one is in force meanwhile.
4. The same text again changes nothing.
5. Whatever the policy has no place for stands in its way: versions in stages that it drops, aliases named as stages.
6. The policy, its ledger entry, and what follows for open promotions are written in one transaction.
"""

from __future__ import annotations

from dataclasses import replace

from holotype.access import rules
from holotype.catalogue import namespaces
from holotype.db import Tx
from holotype.domain import names
from holotype.domain.entities import Namespace
from holotype.domain.events import Action
from holotype.domain.permissions import Permission
from holotype.domain.policy import Policy
from holotype.errors import Conflict, InUse
from holotype.governance import policies
from holotype.governance.policies import Applied
from holotype.ledger import append
from holotype.ledger.append import Entry
from holotype.operations import consequences, once
from holotype.operations.call import Call
from holotype.operations.checking_policies import checked, obstacles


def apply_policy(
    call: Call, namespace: str, text: str, *, reason: str = "", expected: int | None = None
) -> tuple[Applied, bool]:
    """Put a policy in force and return it as it was applied, with whether anything changed."""
    rules.require(call.actor, Permission.POLICY_WRITE, namespace=namespace)  # 1
    names.text(reason, "reason")
    policy = checked(text)  # 2
    mark = once.fingerprint("apply_policy", namespace, policy.digest, reason, expected)
    with call.write() as tx:
        where = namespaces.get(tx, namespace)
        done = once.recall(tx, call, mark)
        if done is not None:
            remembered, what = done.split()
            return policies.get(tx, where.id, int(remembered)), what == "new"
        number, digest = policies.newest(tx, where.id)
        _expect(tx, where, number, expected)  # 3
        if digest == policy.digest:  # 4
            once.remember(tx, call, mark, f"{number} same")
            return policies.get(tx, where.id, number), False
        _place(tx, where, policy)  # 5
        applied = _write(tx, call, where, replace(policy, number=number + 1), reason)  # 6
        once.remember(tx, call, mark, f"{applied.number} new")
        return applied, True


def _expect(tx: Tx, namespace: Namespace, number: int, expected: int | None) -> None:
    if expected is None or expected == number:
        return
    by = policies.get(tx, namespace.id, number).created_by
    raise Conflict(
        f"Policy {number}{f' by {by}' if by else ''} is in force in {namespace.name}, not {expected}.",
        hint=f"Look at it first: `holotype policy show {namespace.name}`. Nothing was changed.",
    )


def _place(tx: Tx, namespace: Namespace, policy: Policy) -> None:
    found = list(obstacles(tx, namespace, policy))
    if found:
        more = f" And {len(found) - 1} more: {' '.join(found[1:])}" if found[1:] else ""
        raise InUse(f"{found[0]}{more}", hint="Move those versions, or rename those aliases, and apply it again.")


def _write(tx: Tx, call: Call, namespace: Namespace, policy: Policy, reason: str) -> Applied:
    applied = policies.insert(tx, namespace.id, policy.number, policy, by=call.actor.name, reason=reason, now=call.now)
    data: dict[str, object] = {"number": policy.number, "digest": policy.digest}
    if reason:
        data["reason"] = reason
    entry = Entry(Action.POLICY_APPLIED, namespace.name, data, namespace_id=namespace.id)
    append.append(tx, actor=call.actor, now=call.now, entries=[entry])
    consequences.policy_changed(tx, call, namespace.id, policy)
    return applied
