"""What was measured of the versions of a model? As a table, and one metric along all of them."""

from __future__ import annotations

from collections.abc import Sequence

from holotype.client.base import Base, model_path
from holotype.client.pages import Pages
from holotype.domain import references
from holotype.wire.measures import Series, TableRow


class Measures(Base):
    """The calls about metrics and parameters of many versions."""

    def table(
        self,
        model: str,
        *,
        columns: Sequence[str] | None = None,
        query: str | None = None,
        sort: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Pages[TableRow]:
        """Iterate over the versions of a model with their values under columns, such as ``metric.auc``.

        Without columns they are the first few metrics of the newest versions; the newest version comes first unless
        sorted.
        """
        path = f"{model_path(references.parse_model(model))}/versions"
        wanted = {"columns": None if columns is None else ",".join(columns), "query": query or None, "sort": sort}
        return self._pages(path, TableRow, wanted, limit, cursor)

    def series(
        self,
        model: str,
        metric: str,
        *,
        dataset: str | None = None,
        slice: str | None = None,  # noqa: A002 - the word that everybody uses for it
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Series:
        """Return the values of a metric along up to 1,000 versions, the newest first; go on with its ``next``."""
        path = f"{model_path(references.parse_model(model))}/series"
        asked = {"metric": metric, "dataset": dataset, "slice": slice, "limit": limit, "cursor": cursor}
        return self._get(path, Series, **asked)
