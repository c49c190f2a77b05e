"""How is a list that comes in pages walked?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, Self, TypeVar

from holotype.errors import Unavailable
from holotype.wire.shapes import Page

T = TypeVar("T")
_USUAL, _LARGEST = 100, 500
Fetch = Callable[[int, str | None], Page[T]]


class Pages(Iterator[T], Generic[T]):
    """The items of a list, fetched page by page as they are asked for.

    ``next`` is the cursor of what follows the items of the last page that was fetched, or None at the end of the list.
    """

    def __init__(self, fetch: Fetch[T], limit: int | None = None, cursor: str | None = None) -> None:
        """Begin at a cursor, else at the start; end after ``limit`` items. ``fetch`` takes a size and a cursor."""
        self._fetch, self._left = fetch, limit
        self._page: Iterator[T] = iter(())
        self._begun = False
        self.next = cursor

    def __iter__(self) -> Self:
        """Walk once."""
        return self

    def __next__(self) -> T:
        """Return the next item, from the next page when this one is used up."""
        while True:
            for item in self._page:
                return item
            if (self._begun and self.next is None) or self._left == 0:
                raise StopIteration
            self._turn()

    def _turn(self) -> None:
        size = _USUAL if self._left is None else min(self._left, _LARGEST)
        page = self._fetch(size, self.next)
        items = page.items[:size]
        if page.next is not None and (not items or page.next == self.next):
            raise Unavailable(
                "The server sends a list that goes round in circles.", hint="Check the address: HOLOTYPE_URL or --url."
            )
        if self._left is not None:
            self._left -= len(items)
        self._begun, self.next, self._page = True, page.next, iter(items)
