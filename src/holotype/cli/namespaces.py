"""How does a person create and list namespaces?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from holotype.cli import formats, output
from holotype.cli.lists import listing
from holotype.cli.options import COMMON, CURSOR, LIMIT, Common
from holotype.cli.tables import Column, table

if TYPE_CHECKING:
    from holotype.wire.shapes import Namespace


def create(name: str, /, *, description: str = "", common: Common = COMMON) -> None:
    """Create a namespace.

    Args:
        name: The name: lower-case letters and digits, separated by '.', '_' or '-'.
        description: Whose space it is.
    """
    with common.connect() as client:
        made = client.create_namespace(name, description=description)
    if common.json:
        output.document(made)
    else:
        output.say(f"created {made.name}")
        output.hint(f"next `holotype push PATH {made.name}/MODEL`")


def ls(
    *, limit: Annotated[int, LIMIT] = 50, cursor: Annotated[str | None, CURSOR] = None, common: Common = COMMON
) -> None:
    """List the namespaces."""
    with common.connect() as client:
        namespaces = client.namespaces(limit=limit or None, cursor=cursor)
        listing(namespaces, common, _print, lambda: output.note("There is no namespace that you may see."))


def _print(namespaces: list[Namespace]) -> None:
    columns = (Column("NAMESPACE", style="bold"), Column("DESCRIPTION"), Column("CREATED"))
    table(columns, [(n.name, n.description, formats.time(n.created_at)) for n in namespaces])
