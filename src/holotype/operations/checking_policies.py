"""Is a text a policy that this registry can hold to, and can it be put in force now? Shared by apply and try."""

from __future__ import annotations

from collections.abc import Iterator

from holotype import gates
from holotype.catalogue import occupancy
from holotype.db import Tx
from holotype.domain import policy_reading
from holotype.domain.entities import Namespace
from holotype.domain.policy import GateUse, Policy
from holotype.gates.base import Gate
from holotype.governance import trusted_keys
from holotype.operations import expressions


def checked(text: str) -> Policy:
    """Return the policy of a text, gates, expressions and keys included, or raise ``InvalidPolicy``."""
    return policy_reading.read(text, _build, trusted_keys.check)


def obstacles(tx: Tx, namespace: Namespace, policy: Policy) -> Iterator[str]:
    """Give a sentence for whatever in a namespace a policy has no place for."""
    for version in occupancy.outside(tx, namespace.id, policy.stages):
        yield f"{version.reference} is in {version.stage}, which is no stage of this policy."
    single = [stage.name for stage in policy.stages.values() if stage.single]
    for model, stage in occupancy.crowded(tx, namespace.id, single):
        yield f"Several versions of {namespace.name}/{model} are in {stage}, which holds one by this policy."
    for model, alias in occupancy.aliases_named(tx, namespace.id, policy.stages):
        yield f"{namespace.name}/{model} has an alias {alias}, which is a stage by this policy."


def _build(use: GateUse) -> Gate:
    gate = gates.build(use)
    for expression in gate.expressions():
        expressions.check(expression)
    return gate
