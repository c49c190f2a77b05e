"""How is a version looked into again, after the list of what is dangerous grew?

It is marked as not examined; a server does the rest soon. What was found before stays, and the newest result counts.
"""

from __future__ import annotations

from holotype.access import rules
from holotype.catalogue import examinations, versions
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.operations.call import Call


def examine_again(call: Call, reference: Reference | None) -> int:
    """Let one version, or every one, be examined again; return how many that are."""
    rules.require(call.actor, Permission.ADMIN_OPERATE)
    with call.write() as tx:
        version_id = None if reference is None else versions.find(tx, reference).id
        return examinations.forget(tx, version_id)
