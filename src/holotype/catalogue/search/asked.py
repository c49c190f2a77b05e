"""What is looked for? A search, as the ways to its results take it."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from holotype.catalogue.search.comparing import fenced
from holotype.db.sets import IdSet, held_in
from holotype.domain.entities import Version
from holotype.domain.query_tree import Node
from holotype.domain.sorting import Sort

_MANY = 500


@dataclass(frozen=True, slots=True)
class After:
    """The last row of the page before: its key (nothing where it had none), its id, and its ties if not the id."""

    key: float | int | str | None
    id: int
    ties: tuple[int | str, ...] = ()


class Visible:
    """What the caller may see: all models of some namespaces, and some models beside them, by id.

    Kept as long as the caller's rights stay. Where the beginnings of names decide, it is ``growing`` with new models,
    and ``newest`` is the newest of those that were looked at.
    """

    __slots__ = ("_models", "_namespaces", "growing", "models", "namespaces", "newest")

    def __init__(
        self,
        namespaces: tuple[int, ...] = (),
        models: tuple[int, ...] = (),
        newest: int = 0,
        *,
        growing: bool = False,
    ) -> None:
        """Keep the ids, and the sets that columns are compared with."""
        self.namespaces, self.models, self.newest, self.growing = namespaces, models, newest, growing
        self._namespaces, self._models = IdSet(namespaces), IdSet(models)

    @property
    def many(self) -> bool:
        """Whether these are more than are worth listing what they have."""
        return len(self.namespaces) + len(self.models) > _MANY

    @property
    def sets(self) -> tuple[IdSet, IdSet]:
        """The namespaces and the models, as sets that columns can be compared with."""
        return self._namespaces, self._models

    def among(self, namespace_id: sa.ColumnElement[int], model_id: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
        """Return whether a row belongs to what may be seen; no index can be drawn to it."""
        if self.many:
            return fenced(held_in(namespace_id, self._namespaces) | held_in(model_id, self._models))
        return fenced(namespace_id.in_(self.namespaces) | model_id.in_(self.models))

    def holds(self, version: Version) -> bool:
        """Say whether a version belongs to what may be seen."""
        return self.has(version.namespace_id, version.model_id)

    def has(self, namespace_id: int, model_id: int) -> bool:
        """Say whether a model belongs to what may be seen."""
        return namespace_id in self._namespaces.ids or model_id in self._models.ids


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for: a query, its order, what the caller may see, the moment, and how many."""

    query: Node
    sort: Sort
    now: int
    limit: int
    visible: Visible | None = None
    after: After | None = None
