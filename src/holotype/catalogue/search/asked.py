"""What is looked for? A search, as the ways to its results take it."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from holotype.catalogue.search.comparing import fenced
from holotype.domain.entities import Version
from holotype.domain.query_tree import Node
from holotype.domain.sorting import Sort


@dataclass(frozen=True, slots=True)
class After:
    """The last row of the page before: its key (nothing where it had none), its id, and its ties if not the id."""

    key: float | int | str | None
    id: int
    ties: tuple[int | str, ...] = ()


@dataclass(frozen=True, slots=True)
class Visible:
    """What the caller may see: all models of some namespaces, and some models beside them, by id."""

    namespaces: tuple[int, ...] = ()
    models: tuple[int, ...] = ()

    def among(self, namespace_id: sa.ColumnElement[int], model_id: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
        """Return whether a row belongs to what may be seen; no index can be drawn to it."""
        return fenced(namespace_id.in_(self.namespaces) | model_id.in_(self.models))

    def holds(self, version: Version) -> bool:
        """Say whether a version belongs to what may be seen."""
        return version.namespace_id in self.namespaces or version.model_id in self.models


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for: a query, its order, what the caller may see, the moment, and how many."""

    query: Node
    sort: Sort
    now: int
    limit: int
    visible: Visible | None = None
    after: After | None = None
