"""What happens when an alias starts or stops naming a version? Shared by the verbs that do so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from holotype.catalogue import labels, models, versions
from holotype.db import Tx
from holotype.domain import lifecycle, names
from holotype.domain.entities import Version
from holotype.domain.events import Action
from holotype.domain.policy import Policy
from holotype.errors import Conflict
from holotype.governance import policies
from holotype.ledger import append
from holotype.ledger import labels as spans
from holotype.operations import entries
from holotype.operations.call import Call
from holotype.operations.recall import refuse_quarantined


def check_name(alias: str, policy: Policy) -> None:
    """Raise ``InvalidName`` for what cannot be an alias, the names of the policy's stages among them."""
    names.alias(alias, frozenset({*lifecycle.STAGES, *policy.stages}))


def check_unprotected(tx: Tx, namespace_id: int, aliases: Sequence[str]) -> None:
    """Raise where one of some aliases moves by promotion only, before anything is written."""
    if not aliases:
        return
    policy = policies.in_force(tx, namespace_id)
    for alias in aliases:
        check_name(alias, policy)
        if policy.alias(alias) is not None:
            raise Conflict(
                f"The policy protects the alias {alias}, so no version is registered with it.",
                hint=f"Push without it, then ask for it: `holotype alias set REF {alias}`.",
            )


def point(tx: Tx, call: Call, version: Version, alias: str, more: Mapping[str, object] | None = None) -> None:
    """Let an alias name a version; the caller holds the model's lock. Nothing is recorded where nothing changes."""
    before = labels.alias(tx, version.model_id, alias)
    if before == version.id:
        return
    refuse_quarantined(tx, version)
    data: dict[str, object] = {"alias": alias, **(more or {})}
    if before is not None:
        data["from"] = versions.by_ids(tx, [before])[0].number
    sequence = _append(tx, call, version, Action.ALIAS_SET, data)
    if before is not None:
        spans.leave(tx, model_id=version.model_id, label=alias, version_id=before, sequence=sequence, now=call.now)
    labels.set_alias(tx, version.model_id, alias, version.id, call.now)
    spans.enter(tx, model_id=version.model_id, label=alias, version_id=version.id, sequence=sequence, now=call.now)
    if version.created_at != call.now:  # one that is being registered is as new as its model's change
        _touch(tx, call, version.model_id, [version.id] if before is None else [version.id, before])


def clear(tx: Tx, call: Call, version: Version, alias: str) -> None:
    """Remove an alias that names this version; the caller holds the model's lock."""
    data: dict[str, object] = {"alias": alias}
    sequence = _append(tx, call, version, Action.ALIAS_REMOVED, data)
    labels.remove_alias(tx, version.model_id, alias)
    spans.leave(tx, model_id=version.model_id, label=alias, version_id=version.id, sequence=sequence, now=call.now)
    _touch(tx, call, version.model_id, [version.id])


def _touch(tx: Tx, call: Call, model_id: int, version_ids: list[int]) -> None:
    versions.touch(tx, version_ids, call.now)
    models.change(tx, model_id, call.now)


def _append(tx: Tx, call: Call, version: Version, action: Action, data: dict[str, object]) -> int:
    entry = entries.about(version, action, data)
    return append.append(tx, actor=call.actor, now=call.now, entries=[entry])[0]
