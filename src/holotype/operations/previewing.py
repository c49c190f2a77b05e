"""What would a promotion do? And what does the server itself have to look at before it is asked for one?"""

from __future__ import annotations

from holotype.catalogue import versions
from holotype.domain.entities import Promotion
from holotype.domain.references import Reference
from holotype.governance import policies
from holotype.governance.promotions import STAGE
from holotype.operations import examining, judging, moving, settling, warming
from holotype.operations.call import Call


def prepared(call: Call, reference: Reference) -> None:
    """Do what gates wait for and no transaction may: examine a version that just arrived, if it is small enough."""
    with call.read() as tx:
        version = versions.find(tx, reference)
        policy = policies.in_force(tx, version.namespace_id)
    warming.warm(policy)
    if not version.examined:
        examining.ensure(call, version)


def preview(call: Call, reference: Reference, target: str) -> Promotion:
    """Return what every gate says now, ``possible`` or ``refused``, and who would be replaced; nothing is written."""
    with call.read() as tx:
        version = versions.find(tx, reference)
        policy = policies.in_force(tx, version.namespace_id)
        wish = judging.wished(tx, version, target, policy, call.actor.person_id)
        settling.check_rights(call, wish)
        judged = judging.judge(tx, call, wish)
        replaced = moving.occupants(tx, version, target, policy) if wish.kind == STAGE else []
    return Promotion(
        status="refused" if judged.against else "possible",
        version=version,
        source=wish.source,
        target=target,
        kind=wish.kind,
        replaced=replaced[0] if replaced else None,
        policy=policy.number,
        incumbent_id=judged.incumbent_id,
        verdicts=judged.verdicts,
        evidence=judged.evidence,
        requested_by=call.actor.name,
    )
