"""How does an alias stop naming a version?

One that the policy protects does not: it is pointed elsewhere by a promotion, or freed by another policy first.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import structs

from holotype.access import rules
from holotype.catalogue import labels, versions
from holotype.domain import titles
from holotype.domain.entities import Version
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.errors import Conflict, NotFound
from holotype.governance import policies
from holotype.operations import aliasing, locking
from holotype.operations.call import Call


def remove_alias(call: Call, model: Reference, alias: str) -> Version:
    """Remove an alias of a model and return the version that it named."""
    version = _removed(call, model, [alias])
    if version is None:
        raise NotFound(
            f"{model.model_reference} has no alias {alias!r}.",
            hint=f"List them with `holotype show {model.model_reference}`.",
        )
    return version


def remove_foreign_alias(call: Call, model: Reference, alias: str) -> Version | None:
    """Remove an alias of another protocol, as whatever it is kept, and return the version that it named, if any."""
    return _removed(call, model, [titles.alias_of(alias), titles.encoded(alias)])


def _removed(call: Call, model: Reference, kept_as: Sequence[str]) -> Version | None:
    rules.require(call.actor, Permission.ALIAS_WRITE, namespace=model.namespace, model=model.model)
    with call.write() as tx:
        model_id = locking.lock(tx, model)
        named = {one: labels.alias(tx, model_id, one) for one in dict.fromkeys(kept_as)}
        alias, version_id = next(((one, found) for one, found in named.items() if found is not None), ("", None))
        if version_id is None:
            return None
        version = versions.by_ids(tx, [version_id])[0]
        if policies.in_force(tx, version.namespace_id).alias(alias) is not None:
            raise Conflict(
                f"The policy protects the alias {titles.alias_shown(alias)}, so it is not removed.",
                hint=f"Let it name another version: `holotype alias set {model.model_reference}:NUMBER {alias}`.",
            )
        aliasing.clear(tx, call, version, alias)
        return structs.replace(version, aliases=tuple(name for name in version.aliases if name != alias))
