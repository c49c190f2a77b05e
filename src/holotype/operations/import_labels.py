"""How do stages, aliases and words of imported versions come to be as they are over there?

1. The caller administers the namespace.
2. Versions are those that came from there; another one under the same number is left alone.
3. Stages and aliases are set without asking gates, because history is copied, and the ledger calls them imported. What
   the policy does not have, protects, or allows one version only, is left out and said.
4. What people here moved or wrote since stays, and is said.
5. Versions are marked as changed when they were changed over there.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from holotype.access import rules
from holotype.catalogue import imports, models, tags, versions
from holotype.catalogue.imports import Found
from holotype.db import Tx
from holotype.domain.events import Action
from holotype.domain.imports import ImportedLabels, Labelling, LeftOut, text_is_usable, usable
from holotype.domain.permissions import Permission
from holotype.domain.policy import Policy
from holotype.domain.references import Reference
from holotype.errors import TooLarge
from holotype.governance import policies
from holotype.ledger import append
from holotype.ledger import imports as record
from holotype.operations import entries, import_aliases, import_stages, locking
from holotype.operations.call import Call
from holotype.operations.words import Words

MOST = 500
"""So many versions are one transaction."""


@dataclass(slots=True)
class Outcome:
    """How many things were changed, and what was left out."""

    changed: int = 0
    left_out: list[LeftOut] = field(default_factory=list)


def import_labels(call: Call, model: Reference, wanted: Labelling) -> Outcome:
    """Set stages, words and aliases of imported versions to what they are over there; say what was left out."""
    rules.require(call.actor, Permission.ADMIN_OPERATE, namespace=model.namespace, model=model.model)  # 1
    if len(wanted.versions) > MOST:
        raise TooLarge(f"At most {MOST} versions at once.", hint="Send fewer.")
    outcome = Outcome()
    with call.write() as tx:
        model_id = locking.lock(tx, model)
        here = models.get(tx, model.namespace, model.model)
        policy = policies.in_force(tx, here.namespace_id)
        known = _known(tx, model_id, model, wanted, outcome)  # 2
        changes = record.changes(tx, [found.sourced.version.id for _, found in known])
        for one, found in known:
            _reword(tx, call, one, found, changes, outcome)
        stages = import_stages.plan(tx, model_id, policy, known, changes)  # 3, 4
        outcome.left_out += stages.left_out
        outcome.changed += import_stages.write(tx, call, stages, wanted.origin)
        if wanted.aliases is not None:
            _aliases(tx, call, (model_id, model, policy), wanted, outcome)
        for one, found in known:
            _date(tx, one, found, changes, outcome)  # 5
        if wanted.changed_at is not None and record.of_model(tx, model_id) == {Action.MODEL_IMPORTED.value}:
            models.change(tx, model_id, wanted.changed_at)
    return outcome


def _known(
    tx: Tx, model_id: int, model: Reference, wanted: Labelling, outcome: Outcome
) -> list[tuple[ImportedLabels, Found]]:
    here = imports.numbered(tx, model_id, [one.number for one in wanted.versions])
    known = []
    for one in sorted(wanted.versions, key=lambda one: one.number):
        found = here.get(one.number)
        if found is not None and found.registration == one.registration and found.sourced.version.deleted_at is None:
            known.append((one, found))
        else:
            why = "it is not here" if found is None else "the version here is another one, or was deleted"
            outcome.left_out.append(LeftOut(f"{model.model_reference}:{one.number}", "labels", why))
    return known


def _reword(
    tx: Tx, call: Call, one: ImportedLabels, found: Found, changes: dict[int, set[str]], outcome: Outcome
) -> None:
    version = found.sourced.version
    given, out = usable(version.reference, one.tags)
    outcome.left_out += out
    description = one.description if text_is_usable(one.description) else version.description
    if description != one.description:
        outcome.left_out.append(LeftOut(version.reference, "description", "it is too long or is no text"))
    gone = dict.fromkeys(version.tags.keys() - given.keys())
    new = Words(description, None, {**given, **gone}).beside(Words(version.description, None, version.tags))
    if not new:
        return
    if Action.VERSION_CHANGED.value in changes.get(version.id, ()):
        outcome.left_out.append(LeftOut(version.reference, "description and tags", "they were written here"))
        return
    versions.change(tx, version.id, call.now, **new.columns)
    tags.tag_version(tx, version.id, new.tags)
    entry = entries.about(version, Action.WORDS_IMPORTED, new.recorded)
    append.append(tx, actor=call.actor, now=call.now, entries=[entry])
    outcome.changed += 1


def _date(tx: Tx, one: ImportedLabels, found: Found, changes: dict[int, set[str]], outcome: Outcome) -> None:
    version = found.sourced.version
    if one.changed_at is None:
        return
    if version.id not in changes:
        versions.touch(tx, [version.id], one.changed_at)
    elif one.changed_at != found.sourced.changed_at:
        outcome.left_out.append(LeftOut(version.reference, "changed", "it was changed here since"))


def _aliases(tx: Tx, call: Call, where: tuple[int, Reference, Policy], wanted: Labelling, outcome: Outcome) -> None:
    model_id, model, policy = where
    wished = import_aliases.plan(tx, model, (model_id, policy), wanted.aliases or {})
    outcome.left_out += wished.left_out
    outcome.changed += import_aliases.write(tx, call, model_id, wished, wanted.origin)
