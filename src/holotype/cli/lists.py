"""How is a list of the registry printed: one JSON page, a table with a hint of what follows, or why it is empty?"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from holotype.cli import output
from holotype.cli.options import Common

if TYPE_CHECKING:
    from holotype.client.pages import Pages

T = TypeVar("T")


def listing(
    pages: Pages[T], common: Common, show: Callable[[list[T]], None], empty: Callable[[], None] | None = None
) -> None:
    """Print a list; ``empty`` says why there is nothing."""
    items = list(pages)
    if common.json:
        output.page(items, pages.next)
        return
    if items:
        show(items)
    elif empty is not None:
        empty()
    if pages.next:
        output.note("hint: there is more: a greater --limit shows it, --limit 0 everything.")
    sys.stdout.flush()
