"""How does a person start a server? Each setting is an option of the same name."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from holotype.cli.flags import CONFIG, NONE, Flags, given, server


def serve(*, config: Annotated[Path | None, CONFIG] = None, flags: Annotated[Flags, Parameter(name="*")] = NONE) -> int:
    """Start a server.

    What is not given on the command line is taken from HOLOTYPE_* variables and from the file of settings. A first
    start on this machine makes the data directory, the keys and the owner, and leaves the owner's credentials for the
    same OS user, so that the next command just works.
    """
    from holotype import settings  # noqa: PLC0415 - what a server needs is loaded when one starts

    chosen = settings.load(given(flags), file=config)
    with server():
        from holotype.main import serve as run  # noqa: PLC0415
    return run(chosen)
