"""How does a person look after a registry's database and store, on the machine that runs it?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from holotype.cli import output
from holotype.cli.flags import CONFIG, HERE, Place, given, server
from holotype.cli.options import OUTPUT, Output
from holotype.errors import NotFound

if TYPE_CHECKING:
    from holotype.db import Database
    from holotype.settings import Settings

_PLACE = Parameter(name="*")


def migrate(
    *, config: Annotated[Path | None, CONFIG] = None, place: Annotated[Place, _PLACE] = HERE, to: Output = OUTPUT
) -> None:
    """Bring the database to the schema of this release.

    A server does so by itself when it starts. Any number of processes may do it at once: each step is done by one.
    """
    with _database(_settings(place, config)) as database:
        from holotype.operations.migrate import migrate as run  # noqa: PLC0415 - a server's package

        done = run(database)
    if to.json:
        output.document({"applied": done})
    else:
        output.say(f"applied {', '.join(done)}" if done else "the schema is that of this release")


def _settings(place: Place, config: Path | None) -> Settings:
    from holotype import settings  # noqa: PLC0415 - loaded for a command, not for its help

    chosen = settings.load(given(place), file=config)
    if chosen.database is None and not chosen.data.is_dir():
        hint = "Name the directory with --data or HOLOTYPE_DATA; `holotype serve` makes a new one."
        raise NotFound(f"There is no data directory {chosen.data}.", hint=hint)
    return chosen


@contextmanager
def _database(settings: Settings) -> Iterator[Database]:
    with server():
        from holotype import db  # noqa: PLC0415 - a server's package
    database = db.connect(settings.database_url)
    try:
        yield database
    finally:
        database.close()
