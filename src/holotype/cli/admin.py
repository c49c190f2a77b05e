"""How does a person look after a registry's database and store, on the machine that runs it?"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from holotype.cli import formats, output
from holotype.cli.flags import CONFIG, HERE, Place, given, server
from holotype.cli.options import OUTPUT, Output
from holotype.cli.output import Cell
from holotype.errors import NotFound

if TYPE_CHECKING:
    from holotype.artifacts.copying import Copied
    from holotype.operations.backup_files import Backup
    from holotype.operations.call import Call, Registry
    from holotype.operations.doctor import Report

HERE_PLACE = Parameter(name="*")
_SECONDS = 10


def migrate(
    *, config: Annotated[Path | None, CONFIG] = None, place: Annotated[Place, HERE_PLACE] = HERE, to: Output = OUTPUT
) -> None:
    """Bring the database to the schema of this release.

    A server does so by itself when it starts. Any number of processes may do it at once: each step is done by one.
    """
    with opened(place, config) as registry:
        from holotype.operations.migrate import migrate as run  # noqa: PLC0415 - a server's package

        done = run(registry.database)
    if to.json:
        output.document({"applied": done})
    else:
        output.say(f"applied {', '.join(done)}" if done else "the schema is that of this release")


def doctor(
    *,
    every_blob: bool = False,
    config: Annotated[Path | None, CONFIG] = None,
    place: Annotated[Place, HERE_PLACE] = HERE,
    to: Output = OUTPUT,
) -> int:
    """Examine schema, ledger, rows and bytes, and say what is wrong; nothing is changed.

    Exits with 1 when something was found.

    Args:
        every_blob: Look at every blob in a bucket, not at a sample.
    """
    with opened(place, config) as registry:
        from holotype.operations.doctor import diagnose  # noqa: PLC0415 - a server's package

        report = diagnose(registry, every_blob=every_blob)
    if to.json:
        output.document({"healthy": report.healthy, "examined": report.examined, "findings": report.findings})
    else:
        _tell(report)
    return 0 if report.healthy else 1


def sweep(
    *,
    dry_run: bool = False,
    config: Annotated[Path | None, CONFIG] = None,
    place: Annotated[Place, HERE_PLACE] = HERE,
    to: Output = OUTPUT,
) -> None:
    """Free the bytes that nothing refers to and whose grace period is over.

    A server does so by itself, in the background.

    Args:
        dry_run: Say what would be freed, and free nothing.
    """
    with opened(place, config) as registry:
        from holotype.operations.sweep import sweep as run  # noqa: PLC0415 - a server's package

        report = run(call_of(registry), dry_run=dry_run)
    if to.json:
        output.document(report)
        return
    verb = "would free" if dry_run else "freed"
    output.say(f"{verb} {formats.size(report.bytes)} in {formats.plural(report.blobs, 'blob')}")
    output.say(f"{formats.plural(report.uploads, 'upload')} expired, {formats.plural(report.strays, 'stray file')}")
    if report.runs:
        output.say(f"{formats.plural(report.runs, 'deleted run')} forgotten")


def examine(
    reference: str | None = None,
    /,
    *,
    config: Annotated[Path | None, CONFIG] = None,
    place: Annotated[Place, HERE_PLACE] = HERE,
    to: Output = OUTPUT,
) -> None:
    """Have a version, or every one, inspected and scanned again by the servers, soon.

    After an upgrade of the scanner, for example. What was found before stays; the newest result counts.

    Args:
        reference: For example risk/fraud:7; without one, every version.
    """
    with opened(place, config) as registry:
        from holotype.domain.references import parse_version  # noqa: PLC0415 - as below
        from holotype.operations.examine_again import examine_again  # noqa: PLC0415 - a server's package

        count = examine_again(call_of(registry), parse_version(reference) if reference else None)
    output.document({"versions": count}) if to.json else output.say(f"{formats.plural(count, 'version')} to examine")


def token(
    *, config: Annotated[Path | None, CONFIG] = None, place: Annotated[Place, HERE_PLACE] = HERE, to: Output = OUTPUT
) -> None:
    """Print a new token for the owner, who may everything.

    For a server that never ran on a loopback address, and for an owner who lost theirs. It is shown this once; make
    narrower ones for daily work with it.
    """
    with opened(place, config) as registry:
        from holotype.operations.bootstrap import bootstrap  # noqa: PLC0415 - a server's package
        from holotype.operations.migrate import check  # noqa: PLC0415

        check(registry.database)
        secret = bootstrap(call_of(registry), leave_token=True)
    output.document({"secret": secret}) if to.json else output.say(secret or "")


def backup(
    directory: Path,
    /,
    *,
    config: Annotated[Path | None, CONFIG] = None,
    place: Annotated[Place, HERE_PLACE] = HERE,
    to: Output = OUTPUT,
) -> None:
    """Copy the whole registry into a directory, while servers go on.

    Copied into the same directory again, only bytes that are not there yet are read; the directory then holds the
    newest state alone.

    Args:
        directory: Where the copy goes; made where it is new.
    """
    with opened(place, config) as registry:
        from holotype.operations.backup import backup as run  # noqa: PLC0415 - a server's package

        made, copied = run(registry, directory, _teller())
    if to.json:
        new = {"blobs": copied.new_blobs, "bytes": copied.new_bytes}
        output.document({"directory": str(directory.absolute()), "backup": made, "new": new})
        return
    output.say(f"{_held(made)}; {formats.size(copied.new_bytes)} were new")
    output.say(f"the ledger has the tree head {made.ledger.root}")


def restore(
    directory: Path,
    /,
    *,
    config: Annotated[Path | None, CONFIG] = None,
    place: Annotated[Place, HERE_PLACE] = HERE,
    to: Output = OUTPUT,
) -> int:
    """Fill an empty database and an empty store from a backup, and look at the result as the doctor does.

    They may be of another kind than those that the backup was taken from. A restore that was interrupted can be run
    again. Exits with 1 when the doctor found something.

    Args:
        directory: Where the backup is.
    """
    with opened(place, config, new=True) as registry:
        from holotype.operations.restore_backup import restore_backup as run  # noqa: PLC0415 - a server's package

        made, report = run(registry, directory, _teller())
    if to.json:
        output.document({"backup": made, "healthy": report.healthy, "findings": report.findings})
    else:
        output.say(f"{_held(made)}, as of {made.made_at}")
        _tell(report)
    return 0 if report.healthy else 1


def call_of(registry: Registry) -> Call:
    """Return the call of whoever runs the machine: nothing is refused to them here."""
    from holotype.domain.entities import Actor  # noqa: PLC0415 - loaded for a command, not for its help
    from holotype.domain.permissions import Permission  # noqa: PLC0415
    from holotype.operations.bootstrap import SYSTEM  # noqa: PLC0415 - a server's package
    from holotype.operations.call import Call  # noqa: PLC0415

    return Call(registry, Actor(SYSTEM, None, frozenset(Permission)))


def _held(made: Backup) -> str:
    versions = formats.plural(made.tables["versions"].rows, "version")
    return f"{versions}, {made.ledger.size:,} events, {_bytes(made)}"


def _bytes(made: Backup | Copied) -> str:
    return f"{formats.plural(made.blobs, 'blob')} ({formats.size(made.bytes)})"


def _teller() -> Callable[[Copied], None]:
    """Return what tells now and then how far a copy is."""
    told = time.monotonic()

    def tell(copied: Copied) -> None:
        nonlocal told
        if time.monotonic() - told >= _SECONDS:
            told = time.monotonic()
            output.note(f"{_bytes(copied)} so far")

    return tell


def _tell(report: Report) -> None:
    for area in report.examined:
        found = [finding for finding in report.findings if finding.area == area]
        output.say(Cell(f"{area:<8}", "bold"), Cell(f"{len(found)} wrong", "red") if found else Cell("good", "green"))
        for finding in found:
            output.say(f"  {finding.detail}")
            output.say(Cell(f"  {finding.hint}", "dim"))


@contextmanager
def opened(place: Place, config: Path | None, *, new: bool = False) -> Iterator[Registry]:
    """Open the registry that the settings name; nothing is created, but the data directory of a new one."""
    from holotype import settings  # noqa: PLC0415 - loaded for a command, not for its help

    chosen = settings.load(given(place), file=config)
    if new and (chosen.database is None or chosen.store is None):
        chosen.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    if chosen.database is None and not chosen.data.is_dir():
        hint = "Name the directory with --data or HOLOTYPE_DATA; `holotype serve` makes a new one."
        raise NotFound(f"There is no data directory {chosen.data}.", hint=hint)
    with server():
        from holotype.main.application import open_registry  # noqa: PLC0415 - a server's package
    registry = open_registry(chosen)
    try:
        yield registry
    finally:
        registry.database.close()
