"""Does somebody come in with a browser, and does nobody else?"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.conftest import Person

People = Callable[..., Person]


def test_a_stranger_is_asked_and_comes_back_to_where_they_wanted_to_go(people: People) -> None:
    """After the sign-in the page is the one that was asked for."""
    nobody = people(None)
    page = nobody.visit("/models?q=auc")
    assert "/sign-in?next=%2Fmodels%3Fq%3Dauc" in page.url
    page.fill("#f-name", "ada")
    page.fill("#f-password", "wrong")
    page.click("main button")
    assert "note error" in page.inner_html("main")
    nobody.shoot("sign-in-refused")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_home(people: People, theme: str) -> None:
    """It is there."""
    ada = people("ada", color_scheme=theme)
    ada.shoot(f"home-{theme}")
    assert ada.errors == []
