"""How does an alias come to name a version?

At once, unless the policy protects it: then by a promotion, like a stage.
"""

from __future__ import annotations

from dataclasses import replace

from holotype.access import rules
from holotype.catalogue import labels, versions
from holotype.db import Tx
from holotype.domain.entities import Promotion, Version
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.governance import policies
from holotype.governance.promotions import APPLIED
from holotype.operations import aliasing, locking
from holotype.operations.call import Call
from holotype.operations.promote import promote


def set_alias(
    call: Call, reference: Reference, alias: str, *, reason: str = "", foreign: bool = False
) -> Version | Promotion:
    """Let an alias name the version of a reference, whatever it named before, and return the version.

    Where the policy protects the alias and a gate refuses or people have to approve, the promotion is returned. A
    ``foreign`` alias is one of another protocol, whose grammar is another one: it may be kept under an encoded name.
    """
    rules.require(call.actor, Permission.ALIAS_WRITE, namespace=reference.namespace, model=reference.model)
    with call.write() as tx:
        done = _point(tx, call, reference, alias, foreign=foreign)
    if not isinstance(done, str):
        return done
    asked = promote(call, reference, done, reason=reason)
    return asked.version if asked.status == APPLIED else asked


def _point(tx: Tx, call: Call, reference: Reference, alias: str, *, foreign: bool) -> Version | str:
    """Point an alias that nothing protects, or that names the version already; otherwise return what it is kept as."""
    locking.lock(tx, reference)
    version = versions.find(tx, reference)
    policy = policies.in_force(tx, version.namespace_id)
    kept = aliasing.kept_as(alias, policy) if foreign else alias
    aliasing.check_name(kept, policy)
    if policy.alias(kept) is None:
        aliasing.point(tx, call, version, kept)
    elif labels.alias(tx, version.model_id, kept) != version.id:
        return kept
    return replace(version, aliases=tuple(sorted({*version.aliases, kept})))
