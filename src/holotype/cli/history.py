"""How does a person read what happened, to one model or to the whole registry?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

from holotype.cli import formats, output
from holotype.cli.lists import listing
from holotype.cli.options import COMMON, CURSOR, LIMIT, Common
from holotype.cli.output import Cell
from holotype.cli.tables import Column, Row, table

if TYPE_CHECKING:
    from holotype.wire.shapes import Event

_STYLES = {"moved": "green", "rolled-back": "yellow", "deleted": "red", "denied": "red", "revoked": "yellow"}
_SUBJECT = ("number", "digest")


def history(
    model: str,
    /,
    *,
    limit: Annotated[int, LIMIT] = 50,
    cursor: Annotated[str | None, CURSOR] = None,
    common: Common = COMMON,
) -> None:
    """Show what happened to a model, the newest first.

    Args:
        model: The model, as namespace/name.
    """
    with common.connect() as client:
        listing(client.history(model, limit=limit or None, cursor=cursor), common, _print)


def log(
    *, limit: Annotated[int, LIMIT] = 50, cursor: Annotated[str | None, CURSOR] = None, common: Common = COMMON
) -> None:
    """Show the ledger of the whole registry, the newest entry first."""
    with common.connect() as client:
        entries = client.ledger(limit=limit or None, cursor=cursor)
        listing(entries, common, _print, lambda: output.note("The ledger has no entry that you may see."))


def _print(events: list[Event]) -> None:
    columns = (
        Column("TIME"),
        Column("ENTRY", right=True, style="dim", optional=True),
        Column("ACTOR"),
        Column("ACTION"),
        Column("SUBJECT", style="bold"),
        Column("WHAT"),
    )
    table(columns, [_row(event) for event in events])


def _row(event: Event) -> Row:
    action = Cell(event.action, _STYLES.get(event.action.partition(".")[2], ""))
    return formats.when(event.time), str(event.sequence), event.actor, action, event.subject, sentence(event.data)


def sentence(data: Mapping[str, object]) -> str:
    """Return what an entry says beside its subject: a move as an arrow, the reason last and in quotes."""
    rest = {key: value for key, value in data.items() if key not in _SUBJECT}
    words = []
    if "from" in rest and "to" in rest:
        words.append(f"{rest.pop('from')} → {rest.pop('to')}")
    reason = rest.pop("reason", None)
    words += [_pair(key, value) for key, value in rest.items() if value not in (None, "", [], {})]
    if reason:
        words.append(f"“{reason}”")
    return " ".join(words)


def _pair(key: str, value: object) -> str:
    if key == "size" and isinstance(value, int):
        return formats.size(value)
    if isinstance(value, Mapping):
        return f"{key} " + ",".join(str(name) if item is None else f"{name}={item}" for name, item in value.items())
    if isinstance(value, list):
        return f"{key} {','.join(str(item) for item in value)}"
    return f"{key}={formats.scalar(value)}" if isinstance(value, bool) else f"{key} {value}"
