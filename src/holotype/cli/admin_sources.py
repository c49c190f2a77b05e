"""How does a person see, on the machine of the server, which import sources there are and whether they can be read?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from holotype.cli import output
from holotype.cli.admin import HERE_PLACE
from holotype.cli.flags import CONFIG, HERE, Place, given, server
from holotype.cli.options import OUTPUT, Output
from holotype.cli.output import Cell
from holotype.cli.tables import Column, table

if TYPE_CHECKING:
    from holotype.egress.sources import ImportSource


def ls(
    *,
    offline: bool = False,
    config: Annotated[Path | None, CONFIG] = None,
    place: Annotated[Place, HERE_PLACE] = HERE,
    to: Output = OUTPUT,
) -> int:
    """List the import sources and ask each whether it can be read; no secret is shown.

    Exits with 1 when one cannot be read.

    Args:
        offline: Read the file alone and ask no source.
    """
    from holotype import settings  # noqa: PLC0415 - loaded for a command, not for its help

    chosen = settings.load(given(place), file=config)
    with server():
        from holotype import egress  # noqa: PLC0415 - a server's package
        from holotype.egress.sources import objection  # noqa: PLC0415
        from holotype.main.application import import_sources  # noqa: PLC0415

    client = egress.Client(chosen.egress_allow)
    found = import_sources(chosen)
    why = {one.name: None if offline else objection(one, client) for one in found}
    if to.json:
        output.document([_document(one, why[one.name], offline=offline) for one in found])
    elif not found:
        output.note("There are no import sources; see the setting import_sources.")
    else:
        _print(found, why, offline=offline)
    return 1 if any(why.values()) else 0


def _document(one: ImportSource, why: str | None, *, offline: bool) -> dict[str, Any]:
    known = {"name": one.name, "kind": one.kind, "url": one.url, "namespaces": list(one.namespaces)}
    return known | {"roots": list(one.texts)} | ({} if offline else {"readable": why is None, "reason": why or ""})


def _print(found: tuple[ImportSource, ...], why: dict[str, str | None], *, offline: bool) -> None:
    columns = (Column("NAME", style="bold"), Column("URL"), Column("NAMESPACES"), Column("STANDS FOR"), Column("STATE"))
    rows = []
    for one in found:
        reason = why[one.name]
        state = Cell("not asked") if offline else Cell(reason or "readable", "red" if reason else "green")
        rows.append((one.name, one.url, " ".join(one.namespaces), " ".join(one.texts), state))
    table(columns, rows)
