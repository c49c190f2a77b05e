"""What versions does a model have? A table of them, filtered, sorted, under chosen columns, to be compared."""

from __future__ import annotations

from collections.abc import Sequence

from holotype.domain import columns as chosen
from holotype.domain import lifecycle, query
from holotype.domain.columns import Column
from holotype.domain.permissions import Permission
from holotype.domain.query_tree import And, Node, Term
from holotype.domain.references import Reference
from holotype.errors import HolotypeError
from holotype.operations.save_address import list_addresses
from holotype.operations.tabulate import NEWEST, Table, tabulate
from holotype.web.base import Page, Visit, page
from holotype.web.heads import part

_PAGE, _CHOICE = 50, 60


@page("/models/{namespace:str}/{model:str}", permission=Permission.MODEL_READ)
def versions(  # noqa: PLR0913 - each is a parameter of the address
    request: Visit,
    namespace: str,
    model: str,
    *,
    q: str = "",
    stage: str = "",
    author: str = "",
    columns: list[str] | None = None,
    sort: str = NEWEST,
    differs: bool = False,
    cursor: str | None = None,
) -> Page:
    """Show the versions of a model."""

    def make(where: Reference, _: str) -> Page:
        table, why = Table((), (), (), None), None
        try:
            wanted = chosen.parse(",".join(columns)) if columns else _none_chosen(request)
            text = _filtered(q, stage, author)
            table = tabulate(request.call, where, text, columns=wanted, sort=sort, limit=_PAGE, cursor=cursor)
        except HolotypeError as error:
            why = error
        shown = table.differing() if differs else table
        about = {"q": q, "stage_wanted": stage, "author": author, "sort": sort, "differs": differs, "why": why}
        about |= {"table": shown, "same": len(table.columns) - len(shown.columns), "stages": _stages(table, stage)}
        about |= {"choice": _choice(table), "picked": set(table.columns), "narrowed": bool(q or stage or author)}
        about["saved"] = list_addresses(request.call)
        return Page("model.html", about, status=200 if why is None else 400)

    return part(request, namespace, model, "", make)


def _none_chosen(request: Visit) -> tuple[Column, ...] | None:
    """Tell an address on which every column was taken away from one that says nothing of columns."""
    return () if any(name == "columns" for name, _ in request.query) else None


def _filtered(text: str, stage: str, author: str) -> str:
    """Return a query with what the form asks besides; put together as a tree, so that each holds for all of it."""
    asked: list[Node] = [query.parse(text)] if text.strip() else []
    asked += [Term("stage", "=", stage)] if stage else []
    asked += [Term("author", "=", author)] if author else []
    return query.write(asked[0] if len(asked) == 1 else And(tuple(asked)))


def _stages(table: Table, wanted: str) -> list[str]:
    """Return the stages to choose from: the usual ones, and those of a policy as far as they are to be seen."""
    seen = {row.version.stage for row in table.rows} | ({wanted} if wanted else set())
    return [*lifecycle.STAGES, *sorted(seen - set(lifecycle.STAGES))]


def _choice(table: Table) -> list[tuple[str, Sequence[Column]]]:
    """Return the columns to choose from, metrics and parameters, those that are shown first and in their order."""
    ranked = dict.fromkeys((*table.columns, *table.choice))
    kinds = (("Metrics", "metric"), ("Parameters", "param"))
    found = [(title, [one for one in ranked if one.kind == kind][:_CHOICE]) for title, kind in kinds]
    return [(title, each) for title, each in found if each]


routes = [versions]
