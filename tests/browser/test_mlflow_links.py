"""Does a browser come to the right page from an address that MLflow's clients print?"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.conftest import PASSWORD, Person

RUN = "0" * 32


@pytest.mark.parametrize(
    ("printed", "led"),
    [
        ("/mlflow/risk/#/models/fraud/versions/12", "/models/risk/fraud/versions/12"),
        ("/#/models/fraud?workspace=risk", "/models/risk/fraud"),
        (f"/#/experiments/1/runs/{RUN}?workspace=risk", f"/mlflow/risk?at=%2Fexperiments%2F1%2Fruns%2F{RUN}"),
    ],
)
def test_the_fragment_leads_to_what_it_means(ada: Person, printed: str, led: str) -> None:
    """A script hands the server what it never sees."""
    ada.page.goto(ada.site.url + printed)
    ada.page.wait_for_url(ada.site.url + led)


def test_it_is_kept_while_somebody_signs_in(people: Callable[..., Person]) -> None:
    """Whoever clicks on a link in a terminal is often not signed in yet."""
    ada = people(None)
    ada.page.goto(f"{ada.site.url}/mlflow/risk/#/models/fraud/versions/12")
    ada.page.wait_for_url("**/sign-in?next=*at%3D*")
    ada.page.fill("#f-name", "ada")
    ada.page.fill("#f-password", PASSWORD)
    ada.page.click("main button")
    ada.page.wait_for_url(f"{ada.site.url}/models/risk/fraud/versions/12")
