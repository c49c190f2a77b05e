"""How does a person read what happened, to one model or to the whole registry?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

from holotype.cli import formats, output, parsing
from holotype.cli.lists import listing
from holotype.cli.options import COMMON, CURSOR, LIMIT, TIME, Common
from holotype.cli.output import Cell
from holotype.cli.tables import Column, Row, table

if TYPE_CHECKING:
    from holotype.wire.shapes import Event

_STYLES = {"moved": "green", "rolled-back": "yellow", "deleted": "red", "denied": "red", "revoked": "yellow"}
_SUBJECT = ("number", "digest")
_OF_A_MOVE = (*_SUBJECT, "policy", "promotion")
"""What is left out of a move: `holotype promotion show` tells it, and `--json` here."""


def history(
    reference: str,
    /,
    *,
    until: Annotated[str | None, TIME] = None,
    limit: Annotated[int, LIMIT] = 50,
    cursor: Annotated[str | None, CURSOR] = None,
    common: Common = COMMON,
) -> None:
    """Show what happened to a model or a version, the newest first.

    Args:
        reference: For example risk/fraud, or risk/fraud:7 for one version.
        until: Only what happened before this moment.
    """
    before = parsing.moment("--until", until)
    with common.connect() as client:
        listing(client.history(reference, until=before, limit=limit or None, cursor=cursor), common, _print)


def log(
    *,
    namespace: str | None = None,
    model: str | None = None,
    action: str | None = None,
    actor: str | None = None,
    subject: str | None = None,
    since: Annotated[str | None, TIME] = None,
    until: Annotated[str | None, TIME] = None,
    limit: Annotated[int, LIMIT] = 50,
    cursor: Annotated[str | None, CURSOR] = None,
    common: Common = COMMON,
) -> None:
    """Show the ledger of the whole registry, the newest entry first.

    Args:
        namespace: Only entries about this namespace.
        model: Only entries about this model, as namespace/name.
        action: Only this action, for example version.moved.
        actor: Only what this principal did.
        subject: Only what is about exactly this, for example risk/fraud:7 or token:k3Jd.
        since: Only what happened at this moment or later.
        until: Only what happened before this moment.
    """
    span = {"since": parsing.moment("--since", since), "until": parsing.moment("--until", until)}
    with common.connect() as client:
        which = {"namespace": namespace, "model": model, "action": action, "actor": actor, "subject": subject}
        entries = client.ledger(limit=limit or None, cursor=cursor, **which, **span)
        listing(entries, common, _print, lambda: output.note("The ledger has no such entry that you may see."))


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
    return formats.time(event.time), str(event.sequence), event.actor, action, event.subject, _said(event)


def _said(event: Event) -> str:
    about_a_version = event.action.startswith("version.")
    return sentence({key: value for key, value in event.data.items() if not about_a_version or key not in _OF_A_MOVE})


def sentence(data: Mapping[str, object]) -> str:
    """Return what an entry says beside its subject: a move as an arrow, the reason last and in quotes."""
    rest = {key: value for key, value in data.items() if key not in _SUBJECT}
    words = []
    if "from" in rest and "to" in rest:
        words.append(f"{rest.pop('from')} → {rest.pop('to')}")
    reason = rest.pop("reason", None)
    words += [_pair(key, value) for key, value in rest.items() if value not in (None, "", [], {})]
    told = ", ".join(words)
    return f"{told} “{reason}”".strip() if reason else told


def _pair(key: str, value: object) -> str:
    if key == "size" and isinstance(value, int):
        return formats.size(value)
    if isinstance(value, str) and value.startswith("sha256:"):
        return f"{key} {formats.digest(value)}"
    if key == "files" and isinstance(value, int):
        return formats.plural(value, "file")
    if isinstance(value, Mapping):
        return f"{key} " + ",".join(str(name) if item is None else f"{name}={item}" for name, item in value.items())
    if isinstance(value, list):
        return f"{key} {','.join(str(item) for item in value)}"
    return f"{key}={formats.scalar(value)}" if isinstance(value, bool) else f"{key} {value}"
