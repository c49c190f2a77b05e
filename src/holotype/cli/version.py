"""Which version is this?"""

from __future__ import annotations

import platform

from holotype import __version__
from holotype.cli import output
from holotype.cli.options import OUTPUT, Output


def version(*, to: Output = OUTPUT) -> None:
    """Print the version of this program."""
    if to.json:
        output.document({"version": __version__, "python": platform.python_version()})
    else:
        output.say(f"holotype {__version__}")
