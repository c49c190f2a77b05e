"""Who may see what training scripts log, and who may write it?

Whoever may register a version somewhere in a namespace may log there. Everything that was logged in a namespace is
seen, and changed, by those who may also read all of the namespace; anybody else sees what they logged themselves. What
somebody may not see is not there.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from holotype.access import rules
from holotype.db import Tx
from holotype.domain import tracked as limits
from holotype.domain.entities import Actor, Namespace
from holotype.domain.permissions import Permission
from holotype.domain.runs import Experiment, LoggedModel, TrackedRun
from holotype.errors import Denied, Invalid, NotFound
from holotype.operations.call import Call
from holotype.tracking import experiments, logged_models, runs


def require_writer(actor: Actor, namespace: str) -> None:
    """Raise unless the actor may log something in a namespace."""
    rules.require_within(actor, Permission.VERSION_REGISTER, namespace)


def require_reader(actor: Actor, namespace: str) -> None:
    """Raise unless the actor may see something that was logged in a namespace, be it only what they log themselves."""
    if not rules.may_within(actor, Permission.VERSION_REGISTER, namespace):
        rules.require(actor, Permission.MODEL_READ, namespace=namespace)


def sees_all(actor: Actor, namespace: str) -> bool:
    """Say whether the actor sees everything that was logged in a namespace."""
    return rules.may(actor, Permission.MODEL_READ, namespace=namespace)


def sees(actor: Actor, namespace: str, author: str) -> bool:
    """Say whether the actor sees what that principal logged in a namespace."""
    own = author == actor.name and actor.principal_id is not None
    return sees_all(actor, namespace) or (own and rules.may_within(actor, Permission.VERSION_REGISTER, namespace))


def readable(call: Call, tx: Tx, namespace: Namespace, run_id: str) -> TrackedRun | None:
    """Return a run with all that hangs on it, or nothing where it is not there for the caller."""
    found = runs.get(tx, namespace.id, run_id) if limits.is_id(run_id) else None
    return found if found is not None and sees(call.actor, namespace.name, found.author) else None


def readable_model(call: Call, tx: Tx, namespace: Namespace, model_id: str) -> LoggedModel | None:
    """Return a logged model that was not deleted, or nothing where it is not there for the caller."""
    found = logged_models.get(tx, namespace.id, model_id) if limits.is_id(model_id) else None
    if found is None or found.deleted_at is not None:
        return None
    return found if sees(call.actor, namespace.name, found.author) else None


def run_of(call: Call, tx: Tx, namespace: Namespace, run_id: str, *, active: bool = True) -> TrackedRun:
    """Return a run without what hangs on it, or raise ``NotFound``; ``Invalid`` where it is ``active`` no more."""
    found = runs.bare(tx, namespace.id, run_id) if limits.is_id(run_id) else None
    if found is None or not sees(call.actor, namespace.name, found.author):
        raise no_run(run_id)
    if active and found.deleted_at is not None:
        raise Invalid(f"The run {run_id} must be in the 'active' state. Current state is deleted.")
    return found


def model_of(call: Call, tx: Tx, namespace: Namespace, model_id: str) -> LoggedModel:
    """Return a logged model, or raise ``NotFound``."""
    found = readable_model(call, tx, namespace, model_id)
    if found is None:
        raise NotFound(f"Logged model with ID '{model_id[:80]}' not found.")
    return found


def experiment_of(
    call: Call, tx: Tx, namespace: Namespace, experiment_id: str, *, to_change: bool = False
) -> Experiment:
    """Return an experiment, a deleted one too, or raise ``NotFound``; ``Denied`` where it is another's to change."""
    found = experiments.get(tx, namespace.id, experiment_id)
    if found is None:
        raise no_experiment(experiment_id)
    if to_change and not sees(call.actor, namespace.name, found.author):
        raise Denied(
            f"The experiment {found.name} is not yours, and you may not read all of {namespace.name}.",
            hint="Log into an experiment of your own.",
            permission=Permission.MODEL_READ.value,
            subject=namespace.name,
        )
    return found


def active_experiment(call: Call, tx: Tx, namespace: Namespace, experiment_id: str) -> Experiment:
    """Return an experiment that something can be logged into, or raise."""
    found = experiment_of(call, tx, namespace, experiment_id)
    if found.deleted_at is not None:
        raise Invalid(f"The experiment {found.id} must be in the 'active' state. Current state is deleted.")
    return found


def oldest(call: Call) -> datetime:
    """Return the moment before which what was deleted is gone for good; the sweep may be at it."""
    return call.now - timedelta(seconds=call.registry.settings.grace_period)


def no_run(run_id: str) -> NotFound:
    """Return the error for a run that is not there."""
    return NotFound(f"Run with id={run_id[:80]} not found.")


def no_experiment(experiment_id: str) -> NotFound:
    """Return the error for an experiment that is not there."""
    return NotFound(f"No Experiment with id={experiment_id[:80]} exists.")
