"""What do requests that wait have to hear when something changed? Their gates are asked again, here and nowhere else.

    the move is gone, or the version is elsewhere      refused, with the reason as its note
    another policy, another incumbent, a gate says no  its approvals are voided, with the reason; it goes on waiting
    nothing of that                                    its verdicts are brought up to date

Nothing is moved here, so whatever moves something may call it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from holotype.catalogue import versions
from holotype.db import Tx
from holotype.domain.entities import Version
from holotype.domain.events import Action
from holotype.domain.policy import Policy
from holotype.governance import approvals, policies, promotions
from holotype.governance.promotions import REFUSED, Request
from holotype.ledger import append
from holotype.operations import entries, judging
from holotype.operations.call import Call
from holotype.operations.judging import Judgement, Wish


def model_changed(
    tx: Tx, call: Call, model_id: int, moved: Collection[int] = (), targets: Collection[str] = ()
) -> None:
    """Reconsider what waits for a model of which versions moved or targets got another holder.

    One statement where nothing waits.
    """
    waiting = promotions.pending_of_model(tx, model_id)
    reconsider(tx, call, [one for one in waiting if one.version_id in moved or one.target in targets])


def reconsider(tx: Tx, call: Call, waiting: Iterable[Request], policy: Policy | None = None) -> None:
    """Ask the gates of waiting requests again, and let those hear of it who approved."""
    for request in waiting:
        version = versions.by_ids(tx, [request.version_id])[0]
        reconsider_one(tx, call, request, version, policy or policies.in_force(tx, request.namespace_id))


def reconsider_one(tx: Tx, call: Call, request: Request, version: Version, policy: Policy) -> None:
    """Ask the gates of one waiting request again."""
    found = judging.judge_request(tx, call, request, version, policy)
    if isinstance(found, str):
        end(tx, call, request, version, REFUSED, Action.PROMOTION_REFUSED, found)
        return
    wish, judged = found
    if not wish.rule.approvals:
        why = "The policy asks nobody to approve this any more: promote it again."
        end(tx, call, request, version, REFUSED, Action.PROMOTION_REFUSED, why)
        return
    hear(tx, call, request, wish, judged)


def hear(tx: Tx, call: Call, request: Request, wish: Wish, judged: Judgement) -> None:
    """Write down what the gates of a waiting request say now; where that contradicts its approvals, void them."""
    why = _contradiction(tx, request, wish, judged)
    if why is None:
        promotions.change(tx, request.id, note="", **asked(judged, wish.policy))
    else:
        void(tx, call, request, wish, why)


def void(tx: Tx, call: Call, request: Request, wish: Wish, why: str) -> None:
    """Void the approvals of a request and say why; its verdicts are those without them."""
    voided = approvals.void(tx, request.id, why, call.now)
    judged = judging.judge(tx, call, wish)
    promotions.change(tx, request.id, note=why, source=wish.source, **asked(judged, wish.policy))
    if voided:
        data = {"promotion": request.id, "because": why, "approvals": voided}
        append.append(
            tx,
            actor=call.actor,
            now=call.now,
            entries=[entries.about(wish.version, Action.PROMOTION_VOIDED, data)],
        )


def end(tx: Tx, call: Call, request: Request, version: Version, status: str, action: Action, note: str = "") -> None:
    """Let a request wait no more, and write down how it ended."""
    promotions.change(tx, request.id, status=status, ended_at=call.now, note=note)
    data: dict[str, object] = {"promotion": request.id, "from": request.source, "to": request.target}
    if note:
        data["reason"] = note
    append.append(tx, actor=call.actor, now=call.now, entries=[entries.about(version, action, data)])


def asked(judged: Judgement, policy: Policy) -> dict[str, Any]:
    """Return the columns that say what the gates were asked and what they said."""
    return {
        "policy_number": policy.number,
        "incumbent_id": judged.incumbent_id,
        "verdicts": judged.verdicts,
        "evidence": judged.evidence,
    }


def _contradiction(tx: Tx, request: Request, wish: Wish, judged: Judgement) -> str | None:
    """Return why approvals that were given count no more, in a sentence, if they do not."""
    if wish.policy.number != request.policy:
        return f"The policy changed: version {wish.policy.number} is in force, not {request.policy}."
    if judged.incumbent_id != request.incumbent_id:
        holder = versions.by_ids(tx, [judged.incumbent_id]) if judged.incumbent_id is not None else []
        return f"{holder[0].reference if holder else 'No version'} holds {request.target} now."
    if judged.against:
        first = judged.against[0]
        return f"The gate {first.gate} does not pass: {first.reason}"
    return None
