"""Which aliases does an import set, move or remove?

Those that people here set, moved or removed since are theirs; those that the policy protects move by promotion.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from holotype.catalogue import imports, labels
from holotype.catalogue.imports import Found
from holotype.db import Tx
from holotype.domain import titles
from holotype.domain.entities import Version
from holotype.domain.events import Action
from holotype.domain.imports import LeftOut
from holotype.domain.policy import Policy
from holotype.domain.references import Reference
from holotype.errors import InvalidName
from holotype.ledger import append
from holotype.ledger import imports as record
from holotype.ledger import labels as spans
from holotype.ledger.imports import Placed
from holotype.operations import aliasing, entries
from holotype.operations.call import Call


@dataclass(slots=True)
class Plan:
    """The aliases to set (each with the id of the version it named), those to remove, and what stays as it is."""

    set: list[tuple[str, Version, int | None]] = field(default_factory=list)
    gone: list[tuple[str, Version]] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


def plan(tx: Tx, model: Reference, where: tuple[int, Policy], wanted: Mapping[str, int]) -> Plan:
    """Return which aliases change; the caller holds the model's lock."""
    model_id, policy = where
    made = Plan()
    named = imports.aliases_of(tx, model_id)
    stored = {titles.alias_of(alias): (alias, number) for alias, number in wanted.items()}
    last = record.placed(tx, model_id, {*stored, *named})
    numbers = {number for _, number in stored.values()} | {number for _, number in named.values()}
    here = imports.numbered(tx, model_id, numbers)
    for name, (alias, number) in sorted(stored.items()):
        if named.get(name, (0, 0))[1] == number:
            continue
        why = _objection(name, policy, last.get(name), here.get(number))
        if why:
            made.left_out.append(LeftOut(model.model_reference, f"alias {alias[:80]!r} of version {number}", why))
        else:
            made.set.append((name, here[number].sourced.version, named.get(name, (None, 0))[0]))
    for name, (_, number) in sorted(named.items()):
        if name not in stored and name in last and last[name].by_import and not policy.alias(name):
            made.gone.append((name, here[number].sourced.version))
    return made


def _objection(name: str, policy: Policy, last: Placed | None, target: Found | None) -> str | None:
    try:
        aliasing.check_name(name, policy)
    except InvalidName as error:
        return error.detail
    if policy.alias(name) is not None:
        return "the policy protects it, so it moves by promotion"
    if last is not None and not last.by_import:
        return f"it was {'removed' if last.over else 'set'} here"
    if target is None or target.registration is None or target.sourced.version.deleted_at is not None:
        return "the version is not here"
    if target.sourced.version.quarantined_at is not None:
        return "the version is in quarantine"
    return None


def write(tx: Tx, call: Call, model_id: int, planned: Plan, origin: str) -> int:
    """Write the aliases with their ledger entries; return how many changed."""
    news = []
    for name, version, before in planned.set:
        data: dict[str, object] = {"alias": name, "origin": origin, "moved": before is not None}
        news.append(entries.about(version, Action.ALIAS_IMPORTED, data))
    for name, version in planned.gone:
        data = {"alias": name, "origin": origin, "gone": True}
        news.append(entries.about(version, Action.ALIAS_IMPORTED, data))
    sequences = iter(append.append(tx, actor=call.actor, now=call.now, entries=news))
    for name, version, before in planned.set:
        where: dict[str, Any] = {"model_id": model_id, "label": name, "sequence": next(sequences), "now": call.now}
        if before is not None:
            spans.leave(tx, version_id=before, **where)
        labels.set_alias(tx, model_id, name, version.id, call.now)
        spans.enter(tx, version_id=version.id, **where)
    for name, version in planned.gone:
        where = {"model_id": model_id, "label": name, "sequence": next(sequences), "now": call.now}
        labels.remove_alias(tx, model_id, name)
        spans.leave(tx, version_id=version.id, **where)
    return len(news)
