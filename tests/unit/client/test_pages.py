"""Does a list that comes in pages end, whatever the server says?"""

from __future__ import annotations

import itertools

import pytest

from holotype.client.pages import Pages
from holotype.errors import Unavailable
from holotype.wire.shapes import Page


def test_pages_are_walked_to_the_end() -> None:
    """Each cursor is asked for once, and the items come in order."""
    found = {None: Page([1, 2], "a"), "a": Page([3], "b"), "b": Page([4])}
    assert list(Pages(lambda _, at: found[at])) == [1, 2, 3, 4]


@pytest.mark.parametrize("items", [[], [1]], ids=["nothing", "the same"])
def test_a_list_without_end_is_refused(items: list[int]) -> None:
    """Empty pages, or the same cursor again: nobody waits for ever."""
    pages = Pages(lambda _size, _at: Page(items, "again"))
    with pytest.raises(Unavailable):
        list(itertools.islice(pages, 1_000))
