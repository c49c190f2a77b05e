"""How does a person find models and versions?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from holotype.cli import formats, output
from holotype.cli.lists import listing
from holotype.cli.options import COMMON, CURSOR, LIMIT, Common
from holotype.cli.output import Cell
from holotype.cli.tables import Column, Row, table
from holotype.cli.usage import UsageError

if TYPE_CHECKING:
    from holotype.client.api import Client
    from holotype.wire.measures import TableRow
    from holotype.wire.shapes import Model, Version

_NAMESPACE = re.compile(r"[a-z0-9][a-z0-9._-]*/")
STAGE_STYLES = {"production": "green", "staging": "yellow", "archived": "dim", "none": "dim"}


def ls(
    query: str | None = None,
    /,
    *,
    versions: bool = False,
    columns: Annotated[str | None, Parameter(metavar="COLUMNS")] = None,
    sort: Annotated[str | None, Parameter(metavar="FIELD", allow_leading_hyphen=True)] = None,
    limit: Annotated[int, LIMIT] = 50,
    cursor: Annotated[str | None, CURSOR] = None,
    common: Common = COMMON,
) -> None:
    """List models, or the versions of one.

    Args:
        query: A query such as 'tag.team:risk metric.auc>0.9', namespace/ for the models of a namespace, or
            namespace/model for the versions of that model.
        versions: List versions instead of models.
        columns: Metrics and parameters to show beside the versions of a model, such as metric.auc,param.depth.
        sort: A field to sort by, with a - before it for the greatest first.
    """
    model = _model(query)
    if query and _NAMESPACE.fullmatch(query):
        query = f"namespace:{query[:-1]}"
    with common.connect() as client:
        if columns is not None:
            if model is None:
                raise UsageError("--columns is about the versions of one model.", "Name it: namespace/model.")
            table_of = client.table(model, columns=[columns], sort=sort, limit=limit or None, cursor=cursor)
            listing(table_of, common, print_rows, lambda: _no_versions(client, model, query))
        elif model or versions:
            found = client.versions(
                model, query=None if model else query, sort=sort, limit=limit or None, cursor=cursor
            )
            listing(found, common, print_versions, lambda: _no_versions(client, model, query))
        else:
            models = client.models(query, sort=sort, limit=limit or None, cursor=cursor)
            listing(models, common, print_models, lambda: _no_models(client, query))


def _model(query: str | None) -> str | None:
    """Return the query when it is the reference of a model; a bare word is text to search for."""
    from holotype.domain import references  # noqa: PLC0415
    from holotype.errors import Invalid  # noqa: PLC0415

    if not query or "/" not in query:
        return None
    try:
        parsed = references.parse(query)
    except Invalid:
        return None
    return None if parsed.names_version else parsed.model_reference


def print_models(models: list[Model]) -> None:
    """Print a table of models."""
    columns = (
        Column("MODEL", style="bold"),
        Column("PRODUCTION", right=True),
        Column("LATEST", right=True),
        Column("DESCRIPTION", optional=True),
        Column("TAGS", optional=True),
        Column("CHANGED"),
    )
    table(columns, [_model_row(model) for model in models])


def _model_row(model: Model) -> Row:
    production, latest = ("–" if one is None else str(one) for one in (model.production, model.latest))
    first = model.description.partition("\n")[0]
    return model.reference, production, latest, first, formats.pairs(model.tags), formats.time(model.changed_at)


def print_versions(versions: list[Version]) -> None:
    """Print a table of versions."""
    columns = (
        Column("VERSION", style="bold"),
        Column("STAGE"),
        Column("ALIASES"),
        Column("SIZE", right=True),
        Column("FILES", right=True, optional=True),
        Column("CREATED"),
        Column("BY", optional=True),
        Column("DIGEST", style="dim", optional=True),
        Column("TAGS", optional=True),
    )
    table(columns, [_version_row(version) for version in versions])


def _version_row(version: Version) -> Row:
    return (
        version.reference,
        stage(version.stage),
        ",".join(version.aliases),
        Cell("external", "yellow") if version.external else formats.size(version.size),
        f"{version.file_count:,}",
        formats.time(version.created_at),
        version.created_by,
        formats.digest(version.digest),
        formats.pairs(version.tags),
    )


def print_rows(rows: list[TableRow]) -> None:
    """Print versions with what they have under chosen columns."""
    names = list(dict.fromkeys(name for row in rows for name in row.values))
    fixed = (Column("VERSION", style="bold"), Column("STAGE"), Column("ALIASES"))
    columns = (*fixed, *(Column(name, right=True) for name in names), Column("FORMAT"), Column("CREATED"))
    table(columns, [_measured(row, names) for row in rows])


def _measured(row: TableRow, names: list[str]) -> Row:
    values = (row.values.get(name) for name in names)
    shown = ("–" if one is None else formats.number(one) if isinstance(one, float) else str(one) for one in values)
    version = row.version
    return (
        version.reference,
        stage(version.stage),
        ",".join(version.aliases),
        *shown,
        ",".join(row.formats),
        formats.time(version.created_at),
    )


def stage(name: str) -> Cell:
    """Return a stage in its colour."""
    return Cell(name, STAGE_STYLES.get(name, "cyan"))


def _no_models(client: Client, query: str | None) -> None:
    if query:
        output.note(f"No model matches {query!r}.")
        if any(space.name == query for space in client.namespaces()):
            output.note(f"hint: `holotype ls {query}/` lists the models of the namespace {query}.")
            return
        output.note("hint: `holotype ls` lists all models; `holotype ls --versions QUERY` searches the versions.")
    else:
        output.note(f"{client.url} holds no models that you may see.")
        output.note("hint: `holotype push PATH NAMESPACE/MODEL` registers the first one.")


def _no_versions(client: Client, model: str | None, query: str | None) -> None:
    if model:
        client.model(model)
        output.note(f"{model} has no versions.")
        output.note(f"hint: `holotype push PATH {model}` registers the first one.")
    elif query:
        output.note(f"No version matches {query!r}.")
        output.note("hint: `holotype ls --versions` lists all versions.")
    else:
        output.note(f"{client.url} holds no versions that you may see.")
        output.note("hint: `holotype push PATH NAMESPACE/MODEL` registers the first one.")
