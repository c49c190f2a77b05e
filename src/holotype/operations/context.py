"""What becomes of what a training run knows? The provenance of the version that is registered from it.

1. What the run logged: parameters (the texts that were logged), metrics (the last value of each), data, code, tags.
2. What lies beside the model: the signature in MLmodel, and the environment that it wants.
3. What does not fit into a provenance is shortened or left out, and ``source.left_out`` says so: registration never
   fails for what a run holds, and nothing is lost in silence.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import TypeVar

from holotype.domain import datasets
from holotype.domain.fitting import TEXT, Fitting
from holotype.domain.provenance import (
    MOST,
    Code,
    Column,
    Data,
    Environment,
    Metric,
    Parent,
    Provenance,
    Run,
    Scalar,
    Schema,
    Source,
)
from holotype.domain.runs import Input, LoggedModel, Measured, TrackedRun
from holotype.inspect.details import mlmodel as mlmodels
from holotype.inspect.details import requirements
from holotype.inspect.details.mlmodel import MLmodel
from holotype.inspect.scanning.report import Unreadable

BESIDE = requirements.FILES
"""Files that a client puts beside MLmodel; what they say of the environment is read, a MiB of each at most."""
T = TypeVar("T")
_TAGS = 1_000
_COMMIT, _BRANCH = "mlflow.source.git.commit", "mlflow.source.git.branch"
_REPOSITORY, _DIRTY = "mlflow.source.git.repoURL", "mlflow.source.git.dirty"
_USER, _NAME = "mlflow.user", "mlflow.runName"
_ELSEWHERE = frozenset({_COMMIT, _BRANCH, _REPOSITORY, _DIRTY, _USER, _NAME})
_BOOKKEEPING = frozenset({"mlflow.log-model.history", "mlflow.loggedArtifacts", "mlflow.modelVersions"})
"""Tags in which MLflow's clients note for its pages which artifacts a run has; the version has them itself."""


def provenance_of(
    run: TrackedRun | None,
    mlmodel: bytes | None,
    *,
    tracker: str,
    link: str | None,
    source: Source,
    parents: Sequence[Parent] = (),
    beside: Mapping[str, bytes] | None = None,
    logged: LoggedModel | None = None,
) -> Provenance:
    """Return the provenance of a version: what its run logged, what its MLmodel says, and where it was taken from.

    ``logged`` is the logged model that it was registered from; what that knows comes before what the run knows.
    """
    fit = Fitting()
    said = _read(mlmodel, fit)
    made = Provenance(
        metrics=_metrics([*(logged.metrics if logged else ()), *_others(run, logged)], fit),
        data=[_data(one, fit) for one in _first("data", run.inputs if run else (), fit)],
        code=_code(run.tags, fit) if run else None,
        run=_run(run, tracker, link, fit) if run else None,
        parents=_first("parents", parents, fit),
        environment=_environment(said, beside or {}, fit),
        schema=_schema(said.schema, fit) if said and said.schema else None,
        source=source,
    )
    parameters = {**(run.parameters if run else {}), **(logged.parameters if logged else {})}
    made = replace(made, parameters=_parameters(parameters, fit))
    if run is not None and made.run is not None:  # what is least and may be most comes last
        made = replace(made, run=replace(made.run, tags=_tags(run.tags, fit) or None))
    if run is None and link:  # it may have been given alone
        source = replace(source, run_link=fit.text(link, "the link to the run"))
        made = replace(made, source=source)
    notes = [*(source.left_out or ()), *fit.left_out]
    return replace(made, source=replace(source, left_out=notes)) if notes else made


def _first(what: str, items: Sequence[T], fit: Fitting) -> list[T]:
    if len(items) > MOST[what]:
        fit.note(f"There are {len(items):,} {what}; the first {MOST[what]:,} are on record.")
    return list(islice(items, MOST[what]))


def _parameters(logged: Mapping[str, str], fit: Fitting) -> dict[str, Scalar]:
    found: dict[str, Scalar] = {}
    for name, value in _first("parameters", list(logged.items()), fit):
        key = fit.key(name, "parameter")
        text = fit.text(str(value), f"the parameter {key!r}")
        if text is not None:
            found[key] = text
    return found


def _others(run: TrackedRun | None, logged: LoggedModel | None) -> Iterable[Measured]:
    """Give the metrics of a run that its logged model has none of by that name."""
    own = {one.name for one in logged.metrics} if logged else set()
    return (one for one in (run.metrics if run else ()) if one.name not in own)


def _metrics(measured: Sequence[Measured], fit: Fitting) -> list[Metric]:
    found: dict[tuple[str, str | None], Metric] = {}
    for one in sorted(_first("metrics", measured, fit), key=_moment):
        if not math.isfinite(one.value):
            fit.note(f"The metric {one.name!r} is {one.value}, which is no number that can be compared.")
            continue
        key = fit.key(one.name, "metric")
        dataset = fit.key(one.dataset, "data set") if one.dataset else None
        if (key, dataset) in found:
            fit.note(f"The metric {key!r} was measured several times; the last of them is on record.")
        found[key, dataset] = Metric(key, float(one.value), dataset)
    return [found[key] for key in sorted(found, key=str)]


def _moment(one: Measured) -> float:
    return one.at.timestamp() if one.at else 0.0


def _data(one: Input, fit: Fitting) -> Data:
    digest = datasets.digest_of(one)
    what = f"the address of the data set {one.name!r}"
    return Data(
        uri=fit.address(datasets.address_of(one), what),
        digest=digest,
        role=fit.key(one.context, "data role") if one.context else "training",
        name=fit.text(one.name, "the name of a data set") or None,
        fingerprint=None if digest else fit.text(one.digest, "the digest of a data set") or None,
    )


def _code(tags: Mapping[str, str], fit: Fitting) -> Code | None:
    commit = tags.get(_COMMIT, "").strip()
    if not commit:
        return None
    repository, branch = tags.get(_REPOSITORY), tags.get(_BRANCH)
    return Code(
        commit=fit.text(commit, "the commit") or "unknown",
        dirty={"true": True, "false": False}.get(tags.get(_DIRTY, "").lower()),
        repository=fit.address(repository, "the address of the repository") if repository else None,
        branch=fit.text(branch, "the branch") if branch else None,
    )


def _run(run: TrackedRun, tracker: str, link: str | None, fit: Fitting) -> Run:
    return Run(
        id=run.id,
        tracker=tracker,
        link=fit.text(link, "the link to the run") if link else None,
        name=fit.text(run.name or run.tags.get(_NAME, ""), "the name of the run") or None,
        experiment=fit.text(run.experiment, "the experiment") or None,
        user=fit.text(run.user or run.tags.get(_USER, ""), "the user of the run") or None,
    )


def _tags(tags: Mapping[str, str], fit: Fitting) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in sorted(tags.items()):
        if name in _ELSEWHERE or name in _BOOKKEEPING:
            continue
        if len(found) >= _TAGS:
            fit.note(f"The run has {len(tags):,} tags; {_TAGS:,} are on record.")
            break
        text = fit.text(value, f"the tag {name[:80]!r} of the run")
        if text is not None:
            found[fit.key(name, "tag")] = text
    return found


def _read(mlmodel: bytes | None, fit: Fitting) -> MLmodel | None:
    if mlmodel is None:
        return None
    try:
        said = mlmodels.read(mlmodel)
    except Unreadable as error:
        fit.note(f"MLmodel is not read: {error}.")
        return None
    for sentence in said.left_out:
        fit.note(sentence)
    return said


def _environment(said: MLmodel | None, beside: Mapping[str, bytes], fit: Fitting) -> Environment | None:
    wanted = requirements.read(beside)
    for sentence in wanted.left_out:
        fit.note(sentence)
    python = (said.python if said else None) or wanted.python
    pinned = wanted.pinned or (dict(said.versions) if said else {})
    frameworks = {
        name: text
        for name, version in sorted(pinned.items())
        if (text := fit.text(version, "the version of a package", 200)) and len(name) <= TEXT and "\0" not in name
    }
    wishes = [text for one in wanted.wishes if (text := fit.text(_harmless(one, fit), "a requirement"))]
    if not (python or frameworks or wishes):
        return None
    return Environment(fit.text(python, "the version of Python", 200) if python else None, frameworks, wishes or None)


def _harmless(wish: str, fit: Fitting) -> str:
    """Return a requirement whose words hold no credentials."""
    words = wish.split(" ")
    if not any("://" in word for word in words):
        return wish
    return " ".join(fit.address(word, "a requirement") if "://" in word else word for word in words)


def _schema(schema: Schema, fit: Fitting) -> Schema:
    return Schema(
        _columns(schema.inputs, fit), _columns(schema.outputs, fit), _columns(schema.params or [], fit) or None
    )


def _columns(columns: Sequence[Column], fit: Fitting) -> list[Column]:
    found: list[Column] = []
    for one in columns:
        name, kind = fit.text(one.name, "the name of a column"), fit.text(one.type, f"the type of {one.name[:80]!r}")
        if name is not None and kind is not None:
            found.append(replace(one, name=name, type=kind))
    return found
