"""What does a person see of where a version came from?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from holotype.cli import formats
from holotype.cli.output import Cell

if TYPE_CHECKING:
    from holotype.client.api import Client
    from holotype.wire.provenance import Code, Column, Data, Environment, Recorded, Run, Schema, Source
    from holotype.wire.shapes import Version

_TOLD = 5
_HERE = "holotype"
"""The tracker of runs that were logged at the registry itself."""


def facts(provenance: Recorded | None) -> Iterable[tuple[str, str | Cell]]:
    """Return a line for each thing that registration recorded."""
    if provenance is None:
        return ()
    parents = (f"{item.relation} from {item.reference}" for item in provenance.parents)
    return (
        *_source(provenance.source),
        ("code", _code(provenance.code)),
        *_run(provenance.run),
        ("data", "\n".join(map(_data, provenance.data))),
        ("parents", "\n".join(parents)),
        ("environment", _environment(provenance.environment)),
        ("schema", _schema(provenance.schema)),
    )


def run_now(client: Client, version: Version) -> str:
    """Return how the run stands now, where it was logged at this registry and the caller may see it."""
    from holotype.errors import Denied, NotFound  # noqa: PLC0415

    run = version.provenance.run if version.provenance else None
    if run is None or run.tracker != _HERE:
        return ""
    try:
        found = client.run(version.reference)
    except (NotFound, Denied):
        return ""
    words = [
        found.status,
        f"since {formats.when(found.started_at)}" if found.started_at else "",
        f"until {formats.when(found.ended_at)}" if found.ended_at else "",
        formats.plural(len(found.metrics), "metric"),
        f"logged by {found.author}" if found.author else "",
        "deleted" if found.deleted_at else "",
    ]
    return ", ".join(word for word in words if word)


def _source(source: Source | None) -> Iterable[tuple[str, str | Cell]]:
    if source is None:
        return
    yield "source", Cell(source.uri, "yellow" if source.external else "")
    yield "logged model", source.model_id or ""
    yield "run link", source.run_link or ""
    lost = source.left_out or []
    more = [f"and {len(lost) - _TOLD} more, which --json shows"] if len(lost) > _TOLD else []
    yield "left out", "\n".join([*lost[:_TOLD], *more])


def _code(code: Code | None) -> str:
    if code is None:
        return ""
    state = {None: " (uncommitted changes: unknown)", True: " with uncommitted changes", False: ""}[code.dirty]
    place = " ".join(word for word in (code.repository, code.branch) if word)
    return f"{code.commit}{state}{' of ' + place if place else ''}"


def _run(run: Run | None) -> Iterable[tuple[str, str]]:
    if run is None:
        return
    named = f"{run.tracker}:{run.id}" if run.tracker else run.id
    words = [run.name and f"“{run.name}”", run.experiment and f"in {run.experiment}", run.user and f"by {run.user}"]
    yield "run", " ".join(word for word in (named, *words, run.link) if word)
    yield "run tags", formats.pairs(run.tags or {})


def _data(item: Data) -> str:
    mark = f"@{item.digest}" if item.digest else f" ({item.fingerprint})" if item.fingerprint else ""
    name = f"{item.name}, " if item.name else ""
    return f"{item.role}: {name}{item.uri}{mark}"


def _environment(environment: Environment | None) -> str:
    if environment is None:
        return ""
    python = [f"Python {environment.python}"] if environment.python else []
    pinned = (f"{name} {version}" for name, version in sorted(environment.frameworks.items()))
    return ", ".join([*python, *pinned, *(environment.requirements or ())])


def _schema(schema: Schema | None) -> str:
    if schema is None:
        return ""
    sides = (("in   ", schema.inputs), ("with ", schema.params or []), ("out  ", schema.outputs))
    return "\n".join(f"{side}{_column(column)}" for side, columns in sides for column in columns)


def _column(column: Column) -> str:
    words = [f"{column.name}: {column.type}", str(column.shape or ""), "(optional)" if column.optional else ""]
    return " ".join(word for word in words if word)
