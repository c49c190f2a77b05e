"""What has to be ready before a transaction asks gates? The process that evaluates expressions: it starts for a second.

Nobody else can write while a transaction is open, so it is started beforehand, where a policy has an expression.
"""

from __future__ import annotations

from holotype import gates
from holotype.domain.policy import Policy
from holotype.errors import HolotypeError
from holotype.governance import policies
from holotype.operations import expressions
from holotype.operations.call import Call


def warm(policy: Policy) -> None:
    """Let expressions be evaluated at once, if a policy has any."""
    if _has_expressions(policy):
        expressions.start()


def warm_all(call: Call) -> None:
    """Do so for all policies in force; a server that starts asks for it."""
    with call.read() as tx:
        known = [policies.in_force(tx, one) for one in policies.namespaces_with_own(tx)]
    for policy in known:
        warm(policy)


def _has_expressions(policy: Policy) -> bool:
    rules = [move.rule for move in policy.moves] + [alias.rule for alias in policy.aliases]
    try:
        return any(gates.build(use).expressions() for rule in rules for use in rule.gates)
    except HolotypeError:  # a gate of a later release: whoever asks it is told so
        return False
