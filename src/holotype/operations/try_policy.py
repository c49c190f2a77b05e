"""What would a policy do, were it applied? Each version of a namespace is asked about each move out of its stage.

Nothing is written. Of approvals it is said that they are missing: nobody was asked yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from holotype.access import rules
from holotype.catalogue import namespaces, occupancy
from holotype.db import Tx
from holotype.domain.entities import Verdict, Version
from holotype.domain.permissions import Permission
from holotype.domain.policy import Move, Policy
from holotype.operations import asking, facts, sight
from holotype.operations.call import Call
from holotype.operations.checking_policies import checked, obstacles

MOST = 100
"""So many versions are tried at once at most: each is asked about several moves."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What the gates of a move say about a version."""

    version: Version
    target: str
    automatic: bool
    verdicts: tuple[Verdict, ...]

    @property
    def passed(self) -> bool:
        """Whether the move would be applied."""
        return all(one.passed for one in self.verdicts)


@dataclass(frozen=True, slots=True)
class Report:
    """What stands in the way of a policy, and a page of trials; ``after`` is where the next page begins."""

    obstacles: tuple[str, ...]
    trials: tuple[Trial, ...]
    after: int | None = None


def try_policy(
    call: Call, namespace: str, text: str, *, model: str | None = None, before: int | None = None, limit: int = 20
) -> Report:
    """Return which versions, the newest first, would pass or fail which move under a policy, without applying it."""
    rules.require_within(call.actor, Permission.POLICY_READ, namespace)
    policy = checked(text)
    with call.read() as tx:
        where = namespaces.get(tx, namespace)
        # What is hidden takes no place in a page: its end, or the next one's beginning, would tell that it is there.
        seen = sight.visible(tx, call.actor)
        found = occupancy.page(tx, where.id, model, visible=seen, before=before, limit=min(limit, MOST) + 1)
        shown = found[: min(limit, MOST)]
        whole = rules.may(call.actor, Permission.MODEL_READ, namespace=namespace)
        blocked = tuple(obstacles(tx, where, policy)) if whole else ()
        trials = tuple(trial for one in shown for trial in _trials(tx, call, one, policy))
    return Report(blocked, trials, shown[-1].id if len(found) > len(shown) else None)


def _trials(tx: Tx, call: Call, version: Version, policy: Policy) -> Sequence[Trial]:
    moves = [move for move in policy.moves if version.stage in move.sources]
    return [_trial(tx, call, version, move, policy) for move in moves]


def _trial(tx: Tx, call: Call, version: Version, move: Move, policy: Policy) -> Trial:
    known = facts.gather(tx, call, version, source=version.stage, target=move.target, policy=policy, rule=move.rule)
    return Trial(version, move.target, move.rule.automatic, asking.ask(known, move.rule))
