"""How does a person look after a registry's database and store, on the machine that runs it?"""

from __future__ import annotations

from collections.abc import Iterator
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
    from holotype.operations.call import Registry
    from holotype.operations.doctor import Report

_PLACE = Parameter(name="*")


def migrate(
    *, config: Annotated[Path | None, CONFIG] = None, place: Annotated[Place, _PLACE] = HERE, to: Output = OUTPUT
) -> None:
    """Bring the database to the schema of this release.

    A server does so by itself when it starts. Any number of processes may do it at once: each step is done by one.
    """
    with _registry(place, config) as registry:
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
    place: Annotated[Place, _PLACE] = HERE,
    to: Output = OUTPUT,
) -> int:
    """Examine schema, ledger, rows and bytes, and say what is wrong; nothing is changed.

    Exits with 1 when something was found.

    Args:
        every_blob: Look at every blob in a bucket, not at a sample.
    """
    with _registry(place, config) as registry:
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
    place: Annotated[Place, _PLACE] = HERE,
    to: Output = OUTPUT,
) -> None:
    """Free the bytes that nothing refers to and whose grace period is over.

    A server does so by itself, in the background.

    Args:
        dry_run: Say what would be freed, and free nothing.
    """
    with _registry(place, config) as registry:
        from holotype.domain.entities import Actor  # noqa: PLC0415
        from holotype.domain.permissions import Permission  # noqa: PLC0415
        from holotype.operations.bootstrap import SYSTEM  # noqa: PLC0415 - a server's package
        from holotype.operations.call import Call  # noqa: PLC0415
        from holotype.operations.sweep import sweep as run  # noqa: PLC0415

        report = run(Call(registry, Actor(SYSTEM, None, frozenset(Permission))), dry_run=dry_run)
    if to.json:
        output.document(report)
        return
    verb = "would free" if dry_run else "freed"
    output.say(f"{verb} {formats.size(report.bytes)} in {formats.plural(report.blobs, 'blob')}")
    output.say(f"{formats.plural(report.uploads, 'upload')} expired, {formats.plural(report.strays, 'stray file')}")


def _tell(report: Report) -> None:
    for area in report.examined:
        found = [finding for finding in report.findings if finding.area == area]
        output.say(Cell(f"{area:<8}", "bold"), Cell(f"{len(found)} wrong", "red") if found else Cell("good", "green"))
        for finding in found:
            output.say(f"  {finding.detail}")
            output.say(Cell(f"  {finding.hint}", "dim"))


@contextmanager
def _registry(place: Place, config: Path | None) -> Iterator[Registry]:
    """Open the registry that the settings name; nothing is created."""
    from holotype import settings  # noqa: PLC0415 - loaded for a command, not for its help

    chosen = settings.load(given(place), file=config)
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
