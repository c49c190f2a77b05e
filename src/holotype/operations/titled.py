"""What do clients see of models that they call by a title, as another protocol does?

A title leads to a name (``domain.titles``), and the model of that name is the one that is meant only where it bears the
title: another may have taken the name. Each of these costs one statement where the thing is there.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from holotype.access import rules
from holotype.catalogue import intakes, labels, models, overviews, sources
from holotype.catalogue.overviews import Overview
from holotype.catalogue.sources import Sourced
from holotype.db import Tx
from holotype.domain import names, titles
from holotype.domain.entities import Intake
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.errors import Invalid, NotFound
from holotype.governance import policies
from holotype.operations import aliasing
from holotype.operations.call import Call


def show_overview(call: Call, model: Reference, title: str) -> Overview:
    """Return a model with its aliases and the newest version of each stage."""
    _require(call, model)
    with call.read() as tx:
        return _overview(tx, model, title)


def show_sourced(call: Call, reference: Reference, title: str) -> Sourced | Intake:
    """Return the version that has a number, or the intake that has it."""
    _require(call, reference)
    with call.read() as tx:
        found = sources.find(tx, reference)
        if found is not None and found.title == title:
            return found
        model_id = _overview(tx, reference, title).model.id
        number = reference.label or ""
        known = intakes.named(tx, model_id, number)
        if known is None:
            raise NotFound(
                f"There is no version {number[:40]} of {title!r}.",
                hint=f"List them with `holotype ls {reference.model_reference}`.",
            )
        return known


def show_aliased(call: Call, model: Reference, title: str, alias: str) -> Sourced | None:
    """Return the version that an alias names, or ``latest``, or a stage that one version is in; else nothing.

    The name of a stage that the policy guards means the stage alone, also where an alias of that name is older than the
    policy: it would lead past the gates.
    """
    _require(call, model)
    latest = alias.lower() == names.LATEST
    with call.read() as tx:
        label = names.LATEST if latest else titles.alias_of(alias)
        found = sources.find(tx, Reference(model.namespace, model.model, label))
        if found is not None and found.title == title and label in (alias, names.LATEST):
            return found
        known = _overview(tx, model, title)
        if latest:
            raise NotFound(f"There is no version of {title!r} yet.", hint="Register one.")
        policy = policies.in_force(tx, known.model.namespace_id)
        if aliasing.guarded(alias.lower(), policy):
            return _in_stage(tx, known, alias.lower())
        encoded = sources.find(tx, replace(model, label=titles.encoded(alias)))
        return encoded or _in_stage(tx, known, alias.lower())


def show_newest(call: Call, model: Reference, title: str, stages: Collection[str]) -> list[Sourced]:
    """Return the newest version of each of some stages, in any case of letters; of every stage where none is given."""
    _require(call, model)
    with call.read() as tx:
        known = _overview(tx, model, title)
        wanted = {stage.lower() for stage in stages}
        policy = policies.in_force(tx, known.model.namespace_id) if wanted else None
        unknown = sorted(wanted - policy.stages.keys()) if policy else []
        if policy and unknown:
            raise Invalid(f"There is no stage {unknown[0][:80]!r}.", hint=f"Stages: {', '.join(policy.stages)}.")
        return [one for one in known.newest if not wanted or one.version.stage in wanted]


def check_titled(call: Call, model: Reference, title: str) -> None:
    """Raise ``NotFound`` unless there is a model of that name which bears the title."""
    _require(call, model)
    with call.read() as tx:
        if models.title(tx, model.namespace, model.model) != title:
            raise missing(title)


def _overview(tx: Tx, model: Reference, title: str) -> Overview:
    found = overviews.find(tx, model)
    if found is None or found.title != title:
        raise missing(title)
    return found


def missing(title: str) -> NotFound:
    """Return the error about a model that is not there."""
    return NotFound(f"There is no model {title[:200]!r}.", hint="List the models with `holotype ls`.")


def _in_stage(tx: Tx, known: Overview, stage: str) -> Sourced | None:
    """Return the version that is in a stage alone; all are in the first one to begin with, which says nothing."""
    policy = policies.in_force(tx, known.model.namespace_id)
    if stage not in policy.stages or stage == policy.first:
        return None
    held = labels.in_stage(tx, known.model.id, stage)
    return sources.by_ids(tx, held)[0] if len(held) == 1 else None


def _require(call: Call, model: Reference) -> None:
    rules.require(call.actor, Permission.MODEL_READ, namespace=model.namespace, model=model.model)
