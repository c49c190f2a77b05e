"""Which experiments, runs and logged models does a client find? Those that it may see, a page at a time.

A page ends before it would hold more than anybody wants to read at once; the next one goes on there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from holotype.catalogue import namespaces
from holotype.db import Tx
from holotype.domain.runs import Experiment, LoggedModel, TrackedRun
from holotype.operations import tracked
from holotype.operations.call import Call
from holotype.operations.filtering import in_time
from holotype.tracking import experiments, logged_models, runs, weights
from holotype.tracking.search import EXPERIMENTS, LOGGED_MODELS, RUNS, Asked, Noun, page

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A page, and the id behind which the next one begins, if there is one."""

    items: list[T]
    next: str | None


def search_experiments(call: Call, namespace: str, asked: Asked) -> Found[Experiment]:
    """Return a page of the experiments of a namespace."""
    return _found(call, namespace, asked, EXPERIMENTS, experiments.by_ids)


def search_runs(call: Call, namespace: str, asked: Asked) -> Found[TrackedRun]:
    """Return a page of the runs of a namespace that the caller may see, each with all that hangs on it."""
    return _found(call, namespace, asked, RUNS, runs.by_ids)


def search_logged_models(call: Call, namespace: str, asked: Asked) -> Found[LoggedModel]:
    """Return a page of the logged models of a namespace that the caller may see."""
    return _found(call, namespace, asked, LOGGED_MODELS, logged_models.by_ids)


def _found(
    call: Call, namespace: str, asked: Asked, noun: Noun, load: Callable[[Tx, int, Sequence[str]], list[T]]
) -> Found[T]:
    tracked.require_reader(call.actor, namespace)
    if noun is not EXPERIMENTS and not tracked.sees_all(call.actor, namespace):
        asked = replace(asked, author=call.actor.name)
    with call.registry.database.snapshot() as tx, in_time(tx):
        space = namespaces.get(tx, namespace)
        found = page(tx, noun, space.id, asked)
        ids = weights.first(tx, space.id, found.ids)
        more = found.more or len(ids) < len(found.ids)
        return Found(load(tx, space.id, ids), ids[-1] if more else None)
