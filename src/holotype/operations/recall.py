"""What does a recall reach, and who answers for it? Shared by the verbs that recall, release and ask beforehand."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from msgspec import structs

from holotype.access import rules
from holotype.catalogue import affected, descent, models, versions
from holotype.db import Tx
from holotype.domain.entities import Actor, Quarantine, Version
from holotype.domain.events import Action
from holotype.domain.permissions import Permission
from holotype.domain.provenance import Provenance
from holotype.domain.recall import DATASET, PARENT, VERSION, Subject, parse
from holotype.errors import NotFound, Quarantined, TooLarge
from holotype.governance import quarantines
from holotype.governance.quarantines import Seen
from holotype.ledger import append
from holotype.ledger.append import Entry
from holotype.operations import entries, sight
from holotype.operations.call import Call

HIDDEN = "hidden"
"""What is told of a recall's subject to who may not read it."""
MOST = 100_000
"""A recall is one transaction; this many versions and their entries fit one."""


def pinned(tx: Tx, call: Call, subject: Subject) -> tuple[Subject, Version | None]:
    """Return a subject with its movable label replaced by the number, and the version of ours that it names."""
    where = subject.reference
    if where is None:
        return subject, None
    try:
        rules.require(call.actor, Permission.MODEL_READ, namespace=where.namespace, model=where.model)
        found = versions.find(tx, where, deleted=True)
    except NotFound:
        if subject.kind == VERSION:
            raise
        return subject, None
    return Subject(subject.kind, found.reference, where), found


def reached(tx: Tx, subject: Subject, found: Version | None) -> list[Version]:
    """Return every version that a recall of a pinned subject reaches, whoever may see it."""
    return versions.by_ids(tx, reached_ids(tx, subject, found))


def reached_ids(tx: Tx, subject: Subject, found: Version | None) -> list[int]:
    """Return the id of every version that a recall of a pinned subject reaches."""
    if subject.kind == DATASET:
        ids = descent.of_data(tx, subject.name)
    elif found is None:
        ids = descent.of_parent(tx, subject.name)
    else:
        ids = sorted({*descent.of_versions(tx, [found.id]), *([] if subject.kind == PARENT else [found.id])})
    if len(ids) > MOST:
        raise TooLarge(f"This reaches {len(ids):,} versions; one recall holds {MOST:,}.", hint="Recall its parts.")
    return ids


def require(call: Call, found: Version | None, affected: Sequence[Version]) -> None:
    """Raise unless the caller may recall all of it. What holds for versions to come needs the whole registry."""
    if found is None:
        rules.require(call.actor, Permission.VERSION_QUARANTINE)
    require_all(call, affected)


def require_all(call: Call, affected: Sequence[Version]) -> None:
    """Raise unless the caller may recall each of some versions."""
    whole = rules.may(call.actor, Permission.VERSION_QUARANTINE)
    if not whole and not may_all(call.actor, {(one.namespace, one.model) for one in affected}):
        rules.require(call.actor, Permission.VERSION_QUARANTINE)


def may_recall(tx: Tx, actor: Actor, found: Version | None, model_ids: Collection[int]) -> bool:
    """Say whether somebody may recall, and so release, what is pinned and reaches versions of some models."""
    if rules.may(actor, Permission.VERSION_QUARANTINE):
        return True
    return found is not None and may_all(actor, affected.models_of(tx, model_ids))


def may_all(actor: Actor, named: Collection[tuple[str, str]]) -> bool:
    """Say whether somebody may recall versions of each of some models, given as namespace and name."""
    asked = Permission.VERSION_QUARANTINE
    return all(rules.may(actor, asked, namespace=namespace, model=model) for namespace, model in named)


def refuse_quarantined(tx: Tx, version: Version) -> None:
    """Raise ``Quarantined``, with the reasons, for a version that was recalled."""
    if version.quarantined_at is not None:
        raise quarantined(version, quarantines.reasons(tx, version.id))


def quarantined(version: Version, reasons: Collection[str]) -> Quarantined:
    """Return the error about a version that was recalled."""
    why = "; ".join(reasons) or "it was recalled"
    return Quarantined(
        f"{version.reference} is in quarantine: {why}.",
        hint="See `holotype quarantines`. `holotype release` ends a quarantine.",
    )


def reaching(tx: Tx, origin: Provenance, local_parents: Mapping[str, int], digest: str) -> list[int]:
    """Return the open quarantines of what a version is made from, and of the same content elsewhere."""
    subjects = {f"{DATASET}:{data.uri}" for data in origin.data}
    subjects |= {f"{PARENT}:{parent.reference}" for parent in origin.parents}
    return quarantines.reaching(tx, subjects, list(local_parents.values()), digest)


def inherit(tx: Tx, call: Call, version: Version, over: Sequence[int]) -> Version:
    """Put a version that was just registered under the quarantines of what it was made from, and return it."""
    if not over:
        return version
    quarantines.hold(tx, over, [version.id])
    versions.quarantine(tx, [version.id], call.now)
    told = news([version], Action.VERSION_QUARANTINED, {"quarantines": list(over)})
    append.append(tx, actor=call.actor, now=call.now, entries=told)
    return structs.replace(version, quarantined_at=call.now)


def news(affected: Sequence[Version], action: Action, data: dict[str, object]) -> list[Entry]:
    """Return the entries that tell the history of each version."""
    return [entries.about(version, action, data) for version in affected]


def seen(tx: Tx, call: Call) -> Seen | None:
    """Return which versions the caller may read, as quarantines are asked for; None means all."""
    visible = sight.visible(tx, call.actor)
    return None if visible is None else visible.among


def told(tx: Tx, call: Call, found: Sequence[Quarantine]) -> list[Quarantine]:
    """Return quarantines as they are told to the caller: what is hidden from them is not named."""
    subjects = [parse(one.subject).reference for one in found]
    hidden = {
        (one.namespace, one.model)
        for one in subjects
        if one is not None
        and not rules.may(call.actor, Permission.MODEL_READ, namespace=one.namespace, model=one.model)
    }
    ours = models.known(tx, hidden) if hidden else set()
    return [
        replace(one, subject=HIDDEN) if where is not None and (where.namespace, where.model) in ours else one
        for one, where in zip(found, subjects, strict=True)
    ]
