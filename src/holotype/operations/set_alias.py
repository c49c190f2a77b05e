"""How does an alias come to name a version?"""

from __future__ import annotations

from dataclasses import replace

from holotype.access import rules
from holotype.catalogue import versions
from holotype.domain import lifecycle, names
from holotype.domain.entities import Version
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.operations import aliasing, locking
from holotype.operations.call import Call


def set_alias(call: Call, reference: Reference, alias: str) -> Version:
    """Let an alias name the version of a reference, whatever it named before, and return the version."""
    rules.require(call.actor, Permission.ALIAS_WRITE, namespace=reference.namespace, model=reference.model)
    names.alias(alias, frozenset(lifecycle.STAGES))
    with call.write() as tx:
        locking.lock(tx, reference)
        version = versions.find(tx, reference)
        aliasing.point(tx, call, version, alias)
        return replace(version, aliases=tuple(sorted({*version.aliases, alias})))
