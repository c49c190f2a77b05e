"""How does an alias come to name a version?

At once, unless the policy protects it: then by a promotion, like a stage.
"""

from __future__ import annotations

from msgspec import structs

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
from holotype.operations.promote_once import promote_once


def set_alias(
    call: Call, reference: Reference, alias: str, *, reason: str = "", foreign: bool = False
) -> Version | Promotion:
    """Let an alias name the version of a reference, whatever it named before, and return the version.

    Where the policy protects the alias and a gate refuses or people have to approve, the promotion is returned. A
    ``foreign`` alias is one of another protocol: its grammar is another one, so it may be kept under an encoded name,
    and its clients repeat what failed, so asking again makes no second promotion.
    """
    rules.require(call.actor, Permission.ALIAS_WRITE, namespace=reference.namespace, model=reference.model)
    with call.write() as tx:
        version, protected = _point(tx, call, reference, alias, foreign=foreign)
    if protected is None:
        return version
    if foreign:
        asked = promote_once(call, version, protected, reason=reason)
    else:
        asked = promote(call, reference, protected, reason=reason)
    return asked.version if asked.status == APPLIED else asked


def _point(tx: Tx, call: Call, reference: Reference, alias: str, *, foreign: bool) -> tuple[Version, str | None]:
    """Point an alias that nothing protects, or that names the version already; otherwise return what it is kept as."""
    locking.lock(tx, reference)
    version = versions.find(tx, reference)
    policy = policies.in_force(tx, version.namespace_id)
    kept = aliasing.kept_as(alias, policy) if foreign else alias
    aliasing.check_name(kept, policy)
    if policy.alias(kept) is None:
        aliasing.point(tx, call, version, kept)
    elif labels.alias(tx, version.model_id, kept) != version.id:
        return version, kept
    return structs.replace(version, aliases=tuple(sorted({*version.aliases, kept}))), None
