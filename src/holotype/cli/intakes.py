"""How does a person see what is on its way in from an import source, and what failed to come?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from holotype.cli import formats, output
from holotype.cli.lists import listing
from holotype.cli.options import COMMON, CURSOR, LIMIT, Common
from holotype.cli.output import Cell
from holotype.cli.tables import Column, table

if TYPE_CHECKING:
    from holotype.wire.intakes import Intake

_STYLES = {"failed": "red", "pending": "yellow"}


def ls(
    where: str | None = None,
    /,
    *,
    limit: Annotated[int, LIMIT] = 50,
    cursor: Annotated[str | None, CURSOR] = None,
    common: Common = COMMON,
) -> None:
    """List versions whose bytes are still copied in from an import source, or failed to come, the newest first.

    Args:
        where: A namespace, or a model as namespace/name; everything unless given.
    """
    with common.connect() as client:
        found = client.intakes(where, limit=limit or None, cursor=cursor)
        listing(found, common, _print, lambda: output.note("Nothing is on its way in."))


def retry(reference: str, /, *, common: Common = COMMON) -> None:
    """Have a version tried again whose bytes failed to come from an import source.

    What was copied before stays, so that no file that is here is asked for twice.

    Args:
        reference: The version by its number.
    """
    with common.connect() as client:
        found = client.retry(reference)
    if common.json:
        output.document(found)
    else:
        output.say(f"{found.reference} is {found.status}")
        output.hint("`holotype intakes` shows how it goes")


def _print(intakes: list[Intake]) -> None:
    columns = (
        Column("VERSION", style="bold"),
        Column("STATUS"),
        Column("SOURCE"),
        Column("TRIES", right=True, optional=True),
        Column("SINCE"),
        Column("BY", optional=True),
        Column("REASON"),
    )
    rows = [
        (
            one.reference,
            Cell(one.status, _STYLES.get(one.status, "")),
            one.source,
            f"{one.attempts:,}",
            formats.time(one.created_at),
            one.created_by,
            one.reason,
        )
        for one in intakes
    ]
    table(columns, rows)
