"""The route that lists a model's versions under chosen columns."""

from __future__ import annotations

from holotype.domain import columns as chosen
from holotype.domain.permissions import Permission
from holotype.gateways.base import Request, call_of, get
from holotype.gateways.native.addresses import MODEL, PAGE, model_at
from holotype.gateways.perform import perform
from holotype.operations.tabulate import tabulate
from holotype.wire import present
from holotype.wire.measures import Table, TableRow


@get(MODEL + "/versions", permission=Permission.MODEL_READ)
async def table(
    request: Request,
    namespace: str,
    model: str,
    query: str = "",
    columns: str | None = None,
    sort: str = "",
    limit: int = PAGE,
    cursor: str = "",
) -> Table:
    """List a model's versions with their values under chosen columns, the newest first unless sorted.

    ``columns`` are metrics and parameters with commas between them, such as `metric.auc@holdout,param.depth`; the first
    few metrics of the newest versions unless given.
    """
    where, wanted = model_at(namespace, model), None if columns is None else chosen.parse(columns)
    found = await perform(
        tabulate, call_of(request), where, query, columns=wanted, sort=sort, limit=limit, cursor=cursor
    )
    names = [str(column) for column in found.columns]
    rows = [
        TableRow(
            present.version(row.version),
            {name: value for name, value in zip(names, row.values, strict=True) if value is not None},
            list(row.formats),
            list(row.marks),
        )
        for row in found.rows
    ]
    return Table(names, rows, found.next)


routes = [table]
