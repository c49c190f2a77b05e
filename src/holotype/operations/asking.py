"""What do the gates say? Each is asked in the order of the policy; one that breaks has refused.

A gate that raises would otherwise let nothing or everything through: it says no, and the log says why.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace

from holotype import gates
from holotype.domain.entities import Verdict
from holotype.domain.policy import GateUse, Rule
from holotype.gates.base import FAILED, OVERRIDDEN
from holotype.gates.facts import Facts

APPROVALS = "approvals"
_log = logging.getLogger(__name__)
_STATUSES = frozenset({"passed", "failed", "missing"})


def ask(
    facts: Facts, rule: Rule, overrides: Mapping[str, int] | None = None, *, rollback: bool = False
) -> tuple[Verdict, ...]:
    """Return the verdict of every gate of a rule, and that on the approvals last where the rule wants some.

    ``overrides`` maps names of gates to the override that takes them out of the way. Going back asks only those gates
    that protect.
    """
    uses = [use for use in rule.gates if use.gate != APPROVALS or not rule.approvals]
    uses += [GateUse(APPROVALS)] if rule.approvals else []
    given = [_ask(use, facts, rollback=rollback) for use in uses]
    return tuple(_overridden(verdict, overrides or {}) for verdict in given if verdict is not None)


def needs_examination(rule: Rule) -> bool:
    """Say whether a gate of a rule wants the server to have looked into the files."""
    known = gates.all()
    return any(known[use.gate].needs_examination for use in rule.gates if use.gate in known)


def _ask(use: GateUse, facts: Facts, *, rollback: bool) -> Verdict | None:
    """Return what a gate says; nothing where a rollback does not ask it."""
    try:
        gate = gates.build(use)
        if rollback and not gate.on_rollback:
            return None
        verdict = gate.ask(facts)
        if verdict.status not in _STATUSES:
            raise ValueError(f"{verdict.status!r} is no verdict")
    except Exception as error:  # noqa: BLE001 - whatever is wrong with a gate, it does not let a version through
        _log.exception("The gate %s could not judge %s", use.gate, facts.reference)
        reason = f"The gate broke ({type(error).__name__}), so it does not let the version through."
        return Verdict(use.gate, FAILED, reason, "See the log of the server.")
    return verdict


def _overridden(verdict: Verdict, overrides: Mapping[str, int]) -> Verdict:
    if verdict.passed or verdict.gate not in overrides:
        return verdict
    return replace(verdict, status=OVERRIDDEN, override=overrides[verdict.gate])
