"""How does a person see what a version was made from, and what was made from it?"""

from __future__ import annotations

from holotype.cli import output
from holotype.cli.options import COMMON, Common


def lineage(reference: str, /, *, common: Common = COMMON) -> None:
    """Show what a version was made from, and what was made from it.

    Args:
        reference: The version, for example risk/fraud:production.
    """
    with common.connect() as client:
        output.document(client.lineage(reference))
