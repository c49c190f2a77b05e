"""How does a person start a server? Each setting is an option of the same name."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from holotype.cli.flags import NONE, Flags, given


def serve(*, flags: Annotated[Flags, Parameter(name="*")] = NONE) -> None:
    """Start a server.

    What is not given on the command line is taken from HOLOTYPE_* variables and from the file of settings. A first
    start on this machine makes the data directory, the keys and the owner, and leaves the owner's credentials for the
    same OS user, so that the next command just works.
    """
    given(flags)
