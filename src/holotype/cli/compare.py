"""How does a person see where versions differ?"""

from __future__ import annotations

from holotype.cli import output
from holotype.cli.options import COMMON, Common


def compare(first: str, second: str, /, *more: str, everything: bool = False, common: Common = COMMON) -> None:
    """Show how versions differ.

    Args:
        first: The version to compare with, for example risk/fraud:production.
        second: Another version.
        more: Further versions.
        everything: Show also where they agree.
    """
    with common.connect() as client:
        output.document(client.compare(first, second, *more, everything=everything))
