"""What happens when an alias starts or stops naming a version? Shared by the verbs that do so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from holotype.catalogue import labels, models, versions
from holotype.db import Tx
from holotype.domain import built_in, lifecycle, names, titles
from holotype.domain.entities import Version
from holotype.domain.events import Action
from holotype.domain.policy import Policy
from holotype.errors import Conflict, InvalidName
from holotype.governance import policies
from holotype.ledger import append
from holotype.ledger import labels as spans
from holotype.operations import entries
from holotype.operations.call import Call
from holotype.operations.recall import refuse_quarantined


def check_name(alias: str, policy: Policy) -> None:
    """Raise ``InvalidName`` for what cannot be an alias, the names of the policy's stages among them.

    An alias of another protocol is kept encoded and so may read like a stage, unless it would pass for one that the
    policy guards: whoever loads it would believe that its gates and approvals had been asked.
    """
    shown = titles.alias_shown(alias)
    if shown == alias:
        names.alias(alias, frozenset({*lifecycle.STAGES, *policy.stages}))
    elif guarded(shown.lower(), policy):
        raise InvalidName(
            f"The alias {shown!r} would pass for the stage {shown.lower()}, which the policy guards.",
            hint=f"Move the version there instead: `holotype promote REF {shown.lower()}`.",
        )


def kept_as(alias: str, policy: Policy) -> str:
    """Return the name under which an alias of another protocol is kept where this policy holds."""
    return titles.encoded(alias) if alias.lower() in policy.stages else titles.alias_of(alias)


def guarded(stage: str, policy: Policy) -> bool:
    """Say whether a way into a stage asks for more than the built-in policy does anywhere."""
    usual = {use.gate for move in built_in.default().moves for use in move.rule.gates}
    ways = [move.rule for move in policy.moves if move.target == stage]
    return any(rule.approvals or {use.gate for use in rule.gates} - usual for rule in ways)


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
