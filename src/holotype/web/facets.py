"""By what can a list of models be narrowed? Counted among the first that match, each with the query that narrows.

A facet is a name with its most frequent values; one that all share narrows nothing and is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from holotype.domain import lifecycle
from holotype.domain.query_tree import spelled
from holotype.domain.traits import Traits
from holotype.web import tagged

_FACETS, _VALUES, _LONGEST = 6, 6, 60


@dataclass(frozen=True, slots=True)
class Value:
    """A value, how many of the counted models have it, and the query with it added."""

    text: str
    count: int
    query: str


@dataclass(frozen=True, slots=True)
class Facet:
    """What models have values of, the most frequent first."""

    name: str
    values: tuple[Value, ...]


def facets(query: str, models: Sequence[Traits]) -> list[Facet]:
    """Count models by namespace, author and tags."""
    counted: dict[tuple[str, str], Counter[str]] = {
        ("namespace", "namespace"): Counter([one.namespace for one in models]),
        ("made by", "author"): Counter([one.created_by for one in models]),
        ("stage", "stage"): Counter([lifecycle.PRODUCTION for one in models if one.produced]),
    }
    for model in models:
        for key, value in tagged.written(model.tags).items():
            if len(value) <= _LONGEST:
                counted.setdefault((key, f"tag.{spelled(key)}"), Counter())[value] += 1
    ranked = sorted(counted.items(), key=lambda one: -sum(one[1].values()))
    made = (_facet(query, label, field, values, len(models)) for (label, field), values in ranked)
    return [one for one in made if one is not None][:_FACETS]


def _facet(query: str, label: str, field: str, values: Counter[str], total: int) -> Facet | None:
    narrowing: Iterable[tuple[str, int]] = [(text, count) for text, count in values.most_common() if count < total]
    made = tuple(Value(text, count, _added(query, f"{field}:{spelled(text)}")) for text, count in narrowing)
    return Facet(label, made[:_VALUES]) if made else None


def _added(query: str, term: str) -> str:
    """Return a query with a term added; alternatives are put in parentheses first."""
    if not query.strip():
        return term
    return f"({query}) {term}" if " OR " in query else f"{query} {term}"
