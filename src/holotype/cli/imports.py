"""How does a person bring another registry over?"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from holotype.cli import formats, output, tables
from holotype.cli.options import COMMON, Common
from holotype.cli.output import Cell
from holotype.cli.tables import Column
from holotype.cli.usage import UsageError

if TYPE_CHECKING:
    from holotype.client.mlflow.report import Line, Report
    from holotype.client.mlflow.server import Credentials
    from holotype.wire.imports import LeftOut

_SHOWN = 20
_COLUMNS = (
    Column("MODEL", style="bold"),
    Column("THERE", right=True),
    Column("HERE", right=True),
    Column("NEW", right=True),
    Column("CHANGED", right=True),
    Column("EXTERNAL", right=True, optional=True),
    Column("BYTES", right=True, optional=True),
    Column("LEFT OUT", right=True),
    Column("FAILED", right=True),
    Column("EQUAL"),
)


def mlflow(
    url: str,
    /,
    *,
    namespace: str = "default",
    model: Annotated[tuple[str, ...], Parameter(metavar="PATTERN")] = (),
    files_under: Annotated[Path | None, Parameter(metavar="DIR")] = None,
    skip_external: bool = False,
    dry_run: bool = False,
    report: Annotated[Path | None, Parameter(metavar="FILE")] = None,
    known_as: Annotated[str | None, Parameter(metavar="URL")] = None,
    workspace: Annotated[str | None, Parameter(metavar="NAME")] = None,
    work: Annotated[Path | None, Parameter(metavar="DIR")] = None,
    credentials_from: Annotated[str, Parameter(metavar="PREFIX")] = "MLFLOW_TRACKING",
    common: Common = COMMON,
) -> int:
    """Bring the models of an MLflow server over: every version with its number, labels, context and bytes.

    Nothing is changed there. An import that was interrupted goes on when it is called again; one that is called again
    later brings what is new, and leaves alone what people changed here since. It needs the rights of an administrator
    of the namespace. At the end it says what came, what could not and why, and whether everything is equal.

    Args:
        url: The address of the MLflow server.
        namespace: Where the models go; it has to be there.
        model: Take only models whose names match, for example 'fraud-*'; may be repeated.
        files_under: A folder of this machine in which versions may lie that the server names by a path.
        skip_external: Leave out versions whose bytes cannot be reached, instead of registering them as external.
        dry_run: Only say what would come and what would be left out; nothing is written here, and no file fetched.
        report: Write the whole report into this file, as JSON.
        known_as: The address under which this server was imported before, where it has another one now.
        workspace: The workspace of the MLflow server to read.
        work: Where bytes lie while they are on their way; else the usual folder for temporary files.
        credentials_from: What the variables begin with that hold the credentials for the MLflow server:
            PREFIX_USERNAME and PREFIX_PASSWORD, or PREFIX_TOKEN.
    """
    from holotype.client.mlflow import importing  # noqa: PLC0415 - `--help` needs no client

    for folder in filter(None, (files_under, work)):
        if not folder.is_dir():
            raise UsageError(f"{folder} is not a directory.")
    who = _credentials(credentials_from)
    wanted = importing.Wanted(
        url, namespace, tuple(model), who, workspace, known_as, files_under, work, skip_external, dry_run
    )
    with common.connect() as client:
        done = importing.import_mlflow(client, wanted, tell=_tell)
    if report is not None:
        import msgspec  # noqa: PLC0415

        report.write_bytes(msgspec.json.format(msgspec.json.encode(done), indent=2) + b"\n")
    if common.json:
        output.document(done)
    else:
        _show(done)
    return 1 if done.failed or done.different else 0


def _credentials(prefix: str) -> Credentials:
    from holotype.client.mlflow.server import Credentials  # noqa: PLC0415

    return Credentials(*(os.environ.get(f"{prefix}_{name}", "") for name in ("USERNAME", "PASSWORD", "TOKEN")))


def _tell(line: Line) -> None:
    came = f"{line.new} new" if line.new else "nothing new"
    output.note(f"{line.title}: {formats.plural(line.there, 'version')}, {came}, {line.changed} changed")


def _show(done: Report) -> None:
    if not done.models:
        output.say("There are no such models over there.")
        return
    rows = [
        (
            line.title,
            str(line.there),
            str(line.here),
            _count(line.new),
            _count(line.changed),
            _count(line.external),
            formats.size(line.bytes) if line.bytes else "",
            _count(line.left_out),
            _count(line.failed + line.different),
            "" if done.dry_run else Cell("yes", "green") if line.equal else Cell("no", "yellow"),
        )
        for line in done.models
    ]
    tables.table(_COLUMNS, rows)
    for title, found in (("left out", done.left_out), ("failed", done.failed), ("different", done.different)):
        _particulars(title, found)
    _conclude(done)


def _count(number: int) -> str:
    return str(number) if number else ""


def _particulars(title: str, found: list[LeftOut]) -> None:
    for one in found[:_SHOWN]:
        output.say(Cell(title, "yellow"), one.subject, one.what, one.why)
    if len(found) > _SHOWN:
        output.say(Cell(title, "yellow"), f"… and {len(found) - _SHOWN:,} more: --report FILE keeps them all")


def _conclude(done: Report) -> None:
    new = sum(line.new for line in done.models)
    if done.dry_run:
        rest = "; what would be left out is above" if done.left_out else ""
        output.say(f"{formats.plural(new, 'version')} would come{rest}. Nothing was changed.")
        return
    came = f"{formats.plural(new, 'version')} came" if done.changed or done.failed else "Nothing had to be changed"
    equal = "everything is equal" if done.equal else "not everything is equal, see above"
    output.say(f"{came}; {equal}.")
    if done.failed:
        output.hint("call it again: it goes on where something failed")
