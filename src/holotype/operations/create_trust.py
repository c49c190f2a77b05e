"""How does an administrator let a CI or a cluster in? By a rule on issuer and claims, for one service account.

The rule gives nothing that its maker does not have, on a scope that its maker administers, and never to everybody who
gets a token of the issuer: see ``holotype.domain.claims``. Its service account is one of the maker's own, unless they
administer the registry: where approvals are counted, a service account is the person who owns it.
"""

from __future__ import annotations

from collections.abc import Mapping

from holotype.access import rules, trusts
from holotype.db import Tx
from holotype.domain import claims as patterns
from holotype.domain import names, scopes
from holotype.domain.events import Action
from holotype.domain.permissions import ROLES, Permission
from holotype.domain.sign_in import Trust
from holotype.errors import Invalid
from holotype.ledger import append
from holotype.ledger.append import Entry
from holotype.operations import granting, issuers, once
from holotype.operations.call import Call
from holotype.operations.create_token import service_of

LONGEST = 3_600
_LONGEST_AUDIENCE = 500


def create_trust(
    call: Call,
    issuer: str,
    service: str,
    claims: Mapping[str, str],
    *,
    audience: str | None = None,
    role: str = "reader",
    scope: str = scopes.REGISTRY,
    lifetime: int = 900,
) -> Trust:
    """Create a trust rule and return it; the audience is the server's public URL unless given."""
    where = scopes.parse(scope, pattern=False)
    rules.require(call.actor, Permission.ACCESS_WRITE, namespace=where.namespace, model=where.model)
    meant = audience or call.registry.settings.public_url
    _check(role, lifetime, meant)
    issuers.check(call.registry.settings, issuer)
    patterns.check(issuer, claims)
    granting.check_held(call.actor, role, where, ())
    mark = once.fingerprint("create_trust", issuer, service, dict(claims), meant, role, scope, lifetime)
    with call.write() as tx:
        done = once.recall(tx, call, mark)
        if done is not None:
            return trusts.get(tx, int(done))
        account_id = service_of(tx, call, service)
        namespace_id, model_id = granting.ids(tx, where)
        row = {"issuer": issuer, "audience": meant, "principal_id": account_id, "role": role, "lifetime": lifetime}
        row |= {"namespace_id": namespace_id, "model_id": model_id, "created_by": call.actor.name}
        made = trusts.insert(tx, claims=claims, now=call.now, **row)
        found = trusts.get(tx, made)
        _record(tx, call, found)
        once.remember(tx, call, mark, str(made))
        return found


def _check(role: str, lifetime: int, audience: str | None) -> None:
    if role not in ROLES:
        raise Invalid(f"There is no role {role[:80]!r}.", hint=f"Roles are {', '.join(ROLES)}.")
    if not 60 <= lifetime <= LONGEST:
        raise Invalid(f"A token of a workload lives 60 to {LONGEST:,} seconds, not {lifetime}.")
    if not audience:
        hint = "Give it (`--audience`), or start the server with the setting public_url."
        raise Invalid("The audience is not known.", hint=hint)
    if len(audience) > _LONGEST_AUDIENCE or not names.printable(audience):
        raise Invalid("The audience is not usable.", hint="Give what the issuer puts into the claim aud.")


def _record(tx: Tx, call: Call, made: Trust) -> None:
    data: dict[str, object] = {
        "issuer": made.issuer,
        "audience": made.audience,
        "claims": dict(made.claims),
        "service": made.service,
        "role": made.role,
        "scope": made.scope,
        "lifetime": made.lifetime,
    }
    entry = Entry(
        Action.TRUST_CREATED, f"trust:{made.id}", data, namespace_id=made.namespace_id, model_id=made.model_id
    )
    append.append(tx, actor=call.actor, now=call.now, entries=[entry])
