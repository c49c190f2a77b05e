"""How does a CI job or a pod get a token without keeping a secret? By the token that its platform made for it.

1. The assertion is read without believing it, to learn which issuer it claims. Is there a rule for that issuer? Only
   then is anybody called.
2. The issuer's keys, issuer, audience and times are verified for the audiences of its rules.
3. One rule must match: its audience and all its claims. Where several do, the caller says which.
4. In one transaction: the assertion is marked as used, so that it is worth nothing to who reads it in a log, and the
   service account gets its token, which lives no longer than the rule says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from holotype.access import assertions, principals, trusts
from holotype.domain import claims as patterns
from holotype.domain.sign_in import SignedIn, Trust
from holotype.errors import HolotypeError, Invalid, Unauthenticated
from holotype.operations import issuers, issuing
from holotype.operations.call import Call

LONGEST_LIFE = timedelta(hours=24)
"""How far away an assertion's end may be: until then it has to be remembered that it was used."""
_BY = "workload"
_TOLD = ("sub", "repository", "ref", "workflow_ref", "run_id", "project_path", "pipeline_id", "environment")
_TOLD_LIMIT = 300


@dataclass(frozen=True, slots=True)
class _Verified:
    """An assertion that an issuer of ours really made."""

    claims: Mapping[str, Any]
    payload: bytes

    @property
    def mark(self) -> bytes:
        """What tells it from all others of its issuer; not its signature, which can be written in several ways."""
        jti = self.claims.get("jti")
        return f"jti {jti}".encode() if isinstance(jti, str) and jti else self.payload


def exchange_assertion(call: Call, assertion: str, *, trust: int | None = None) -> SignedIn:
    """Return a token of a service account for an assertion, by a trust rule (by the one whose number is given)."""
    seen = assertions.peek(assertion)  # 1
    issuer = seen.claims.get("iss")
    with call.read() as tx:
        rules = trusts.of_issuer(tx, issuer) if isinstance(issuer, str) else []
    rules = [rule for rule in rules if trust in (None, rule.id)]
    if not rules:
        raise assertions.refused("nothing here trusts its issuer")
    subject = f"issuer:{rules[0].issuer}"
    try:
        verified = _verified(call, assertion, seen, rules)  # 2
        rule = _chosen(rules, verified.claims)  # 3
        return _exchange(call, rule, verified)  # 4
    except HolotypeError as error:
        issuing.record_refusal(call, subject, by=_BY, why=error.detail[:_TOLD_LIMIT])
        raise


def _verified(call: Call, assertion: str, seen: assertions.Peeked, rules: Sequence[Trust]) -> _Verified:
    issuer = rules[0].issuer
    keys = issuers.keys(call.registry.settings, issuer, seen.kid)
    wanted = [rule.audience for rule in rules]
    meant = next((one for one in assertions.audiences(seen.claims) if one in wanted), wanted[0])
    found = assertions.verify(assertion, keys, issuer=issuer, audience=meant, now=call.now)
    if assertions.ends_at(found) > call.now + LONGEST_LIFE:
        raise assertions.refused("it lives for more than a day")
    return _Verified(found, seen.payload)


def _chosen(rules: Sequence[Trust], given: Mapping[str, Any]) -> Trust:
    meant = [rule for rule in rules if rule.audience in assertions.audiences(given)]
    fitting = [rule for rule in meant if patterns.unmatched(rule.claims, given) is None]
    if not fitting:
        lacking = sorted({patterns.unmatched(rule.claims, given) or "" for rule in meant})
        raise Unauthenticated(
            f"No trust matches: the claim {' or '.join(lacking[:5])} is not as wanted.",
            hint="Compare the token's claims with `holotype trust ls`.",
        )
    if len(fitting) > 1:
        numbers = ", ".join(str(rule.id) for rule in fitting[:10])
        raise Invalid(f"Several trusts match: {numbers}.", hint="Say which: `holotype login --trust NUMBER`.")
    return fitting[0]


def _exchange(call: Call, rule: Trust, verified: _Verified) -> SignedIn:
    told: dict[str, object] = {"trust": rule.id, "issuer": rule.issuer}
    told |= {name: str(verified.claims[name])[:_TOLD_LIMIT] for name in _TOLD if name in verified.claims}
    ends = assertions.ends_at(verified.claims) + assertions.LEEWAY
    with call.write() as tx:
        if trusts.get(tx, rule.id).revoked_at is not None:
            raise assertions.refused("nothing here trusts its issuer")
        if not trusts.use(tx, rule.issuer, verified.mark, ends):
            raise assertions.refused("it was used before")
        account = principals.by_id(tx, rule.principal_id)
        owner = principals.by_id(tx, account.owner_id) if account is not None and account.owner_id else None
        if account is None or (owner is not None and owner.disabled_at is not None):
            raise assertions.refused("its service account is disabled")
        scope = (rule.namespace_id, rule.model_id)
        origin = f"trust:{rule.id}"
        return issuing.issue(
            tx, call, account, origin=origin, seconds=rule.lifetime, role=rule.role, scope=scope, data=told
        )
