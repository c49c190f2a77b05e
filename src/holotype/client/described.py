"""What does a caller say about a version, in the registry's words?

Takes what is handy in a training script (plain dicts, NumPy scalars, strings) and returns a checked ``Provenance``;
everything wrong is refused here, before a byte is hashed or sent.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from holotype.domain import lifecycle, names
from holotype.domain import provenance as domain
from holotype.domain.provenance import Code, Data, Environment, Metric, Parent, Provenance, Run, Schema
from holotype.errors import Invalid


@dataclass(frozen=True, slots=True)
class Words:
    """What people say about a version beside its provenance."""

    card: str
    description: str
    tags: dict[str, str]
    aliases: list[str]


def provenance(
    *,
    params: Mapping[str, object] | None,
    metrics: Mapping[str, object] | Iterable[Metric] | None,
    data: Iterable[str | Data],
    run: str | Run | None,
    parents: Iterable[str | Parent],
    schema: Schema | None,
    code: Code | None,
    environment: Environment | None,
) -> Provenance:
    """Return the checked provenance of what a caller gave."""
    return domain.check(
        Provenance(
            parameters={str(name): _scalar(name, value) for name, value in (params or {}).items()},
            metrics=_metrics(metrics),
            data=[Data(item) if isinstance(item, str) else item for item in _several(data, "data")],
            code=code,
            run=Run(run) if isinstance(run, str) else run,
            parents=[Parent(item) if isinstance(item, str) else item for item in _several(parents, "parents")],
            environment=environment,
            schema=schema,
        )
    )


def words(card: str, description: str, tags: Mapping[str, str] | None, aliases: Iterable[str]) -> Words:
    """Return the checked words about a version."""
    found = {
        names.key(str(key), "tag"): names.text(str(value), f"tag {key!r}", names.TAG_VALUE_LIMIT)
        for key, value in (tags or {}).items()
    }
    stages = frozenset(lifecycle.STAGES)
    return Words(card, description, found, [names.alias(item, stages) for item in _several(aliases, "aliases")])


def _several(items: Iterable[Any], what: str) -> list[Any]:
    if isinstance(items, str | bytes):
        raise Invalid(f"{what} takes a list, and was given one string.", hint=f"Write {what}=[{items!r}].")
    return list(items)


def _scalar(name: object, value: object) -> str | int | float | bool:
    """Return a parameter as JSON knows it; what is no scalar becomes the JSON text of itself."""
    plain = _plain(value)
    if isinstance(plain, str | int | float | bool):
        return plain
    try:
        return json.dumps(plain, sort_keys=True, allow_nan=False, default=_plain)
    except (TypeError, ValueError) as error:
        raise Invalid(
            f"The parameter {name!r} is a {type(value).__name__}, which JSON cannot carry.",
            hint="Give a string, a number, a boolean, or lists and dicts of them.",
        ) from error


def _metrics(metrics: Mapping[str, object] | Iterable[Metric] | None) -> list[Metric]:
    if metrics is None:
        return []
    if isinstance(metrics, Mapping):
        return [_metric(str(name), value) for name, value in metrics.items()]
    return [_checked(metric) for metric in metrics]


def _checked(metric: object) -> Metric:
    if not isinstance(metric, Metric):
        raise Invalid(f"metrics takes numbers by name or a list of Metric; a {type(metric).__name__} is neither.")
    return Metric(metric.name, _number(metric.name, metric.value), metric.dataset, metric.slice, metric.direction)


def _metric(name: str, value: object) -> Metric:
    """Read one entry of a dict: a number, a ``Metric``, or a dict with value, dataset, slice and direction."""
    if isinstance(value, Metric):
        return _checked(replace(value, name=name))
    if isinstance(value, Mapping):
        try:
            return _checked(Metric(**{"name": name, **value}))
        except TypeError as error:
            raise Invalid(
                f"The metric {name!r} has a field that metrics do not have, or lacks its value.",
                hint="Fields: value, dataset, slice, direction.",
            ) from error
    return Metric(name, _number(name, value))


def _number(name: str, value: object) -> float:
    plain = _plain(value)
    if isinstance(plain, bool) or not isinstance(plain, int | float):
        raise Invalid(f"The metric {name!r} is {str(value)[:80]!r}, not a number.")
    # An integer that a float cannot hold is left for the domain to refuse, rather than rounded.
    return plain if abs(plain) >= 2**53 else float(plain)


def _plain(value: object) -> object:
    """Return the Python value of a NumPy, PyTorch or other scalar that knows ``item()``."""
    item = getattr(value, "item", None)
    if item is None or type(value) in (str, int, float, bool):
        return value
    try:
        return item()
    except (TypeError, ValueError, RuntimeError):
        return value
