"""Which pages are there to be looked at? Each with a name for its picture, and its address on the site of the tests.

Whoever adds a page adds a line; a rule in ``tests/rules/test_pages.py`` sees to it. Tests walk the list: both themes,
wide and narrow, axe, no error in the console, and a picture in ``build/screenshots``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.browser.site import Site

if TYPE_CHECKING:
    from playwright.sync_api import Page


@dataclass(frozen=True, slots=True)
class Shown:
    """A page: the name of its picture, its address, who looks, and whether it can be read without JavaScript.

    ``act`` is what is done there before it is looked at; ``status`` is that of the page that is looked at then.
    """

    name: str
    place: str
    who: str = "ada"
    reads: bool = True
    status: int = 200
    act: Callable[[Page], None] | None = None


def press(*selectors: str) -> Callable[[Page], None]:
    """Return an act: one thing after the other is clicked."""

    def act(page: Page) -> None:
        for one in selectors:
            page.click(one)
        page.wait_for_load_state("load")

    return act


def _sign_in_wrongly(page: Page) -> None:
    page.fill("#f-name", "mallory")
    page.fill("#f-password", "not the password")
    page.click("main button")
    page.wait_for_selector(".note.error")


def _make_a_token(page: Page) -> None:
    page.fill("#f-name", "picture")
    page.click("main button:text-is('Make it')")
    page.wait_for_selector("[data-secret]")


PAGES = (
    Shown("home", "/"),
    Shown("home-eve", "/", who="eve"),
    Shown("inbox", "/inbox", who="rob"),
    Shown("inbox-mine", "/inbox"),
    Shown("inbox-eve", "/inbox", who="eve"),
    Shown("promotions", "/promotions"),
    Shown("promotions-none", "/promotions?status=withdrawn&model=risk%2Ffraud"),
    Shown("promotion", "/promotions/{pending}", who="rob"),
    Shown("promotion-override", "/promotions/{pending}", who="mia"),
    Shown(
        "promotion-override-open", "/promotions/{pending}", who="mia", act=press("summary:text-is('Override gates')")
    ),
    Shown("promotion-refused", "/promotions/{refused}"),
    Shown("sign-in", "/sign-in", who=""),
    Shown("sign-in-wrong", "/sign-in", who="", reads=False, status=401, act=_sign_in_wrongly),
    Shown("not-for-you", "/models", who="eve", status=403),
    Shown("nothing-here", "/models/risk/no-such-model", status=404),
    Shown("keys", "/models", reads=False, act=lambda page: page.keyboard.press("?")),
    Shown("models", "/models"),
    Shown("models-narrowed", "/models?q=namespace%3Arisk+metric.auc%3E0.9&sort=-changed"),
    Shown("models-none", "/models?q=tag.team%3Anobody"),
    Shown("model", "/models/risk/fraud"),
    Shown("model-clinic", "/models/clinic/tumours"),
    Shown("model-narrowed", "/models/risk/fraud?q=metric.auc%3E0.88&columns=param.depth%2Cmetric.recall&sort=-size"),
    Shown("model-differs", "/models/risk/fraud?differs=true&columns=metric.auc%2Cparam.depth%2Cmetric.x"),
    Shown("model-columns", "/models/risk/fraud", act=press("details.choice summary")),
    Shown("model-roll-back", "/models/risk/fraud", who="mia", act=press("summary:text-is('Roll back…')")),
    Shown("model-deleted", "/models/risk/abandoned", who="mia"),
    Shown("model-none", "/models/risk/fraud?author=nobody"),
    Shown("model-metrics", "/models/risk/fraud/metrics?metric=auc"),
    Shown("model-metrics-none", "/models/risk/fraud/metrics?metric=weather"),
    Shown("model-history", "/models/clinic/tumours/history?at=2020-05-01"),
    Shown("model-history-whole", "/models/clinic/tumours/history"),
    Shown("model-card", "/models/risk/fraud/card"),
    Shown("model-card-edit", "/models/risk/fraud/card?edit=true"),
    Shown("model-access", "/models/risk/fraud/access?who=ada&action=version%3Apromote", who="mia"),
    Shown("version", "/models/clinic/tumours/versions/4", who="rita"),
    Shown("version-production", "/models/clinic/tumours/versions/production"),
    Shown("version-edit", "/models/clinic/tumours/versions/4?edit=true"),
    Shown("version-promote", "/models/clinic/tumours/versions/3/promote?to=production"),
    Shown("version-quarantined", "/models/clinic/rash/versions/1", who="mia"),
    Shown("version-deleted", "/models/risk/card-gate/versions/2", who="mia"),
    Shown("version-attach", "/models/risk/fraud/versions/12/evidence", act=press("details.attach summary")),
    Shown("version-files", "/models/risk/fraud/versions/12/files"),
    Shown("version-folder", "/models/risk/fraud/versions/12/files?folder=docs"),
    Shown("version-tensors", "/models/risk/fraud/versions/12/tensors?path=model.safetensors"),
    Shown("version-provenance", "/models/risk/fraud/versions/12/provenance"),
    Shown("version-evidence", "/models/clinic/tumours/versions/4/evidence"),
    Shown("version-evidence-one", "/models/clinic/tumours/versions/2/evidence/{evaluation}"),
    Shown("version-history", "/models/clinic/tumours/versions/2/history"),
    Shown("versions", "/versions?q=stage%3Aproduction"),
    Shown("namespaces", "/namespaces"),
    Shown("mlflow", "/mlflow/risk/"),
    Shown("mlflow-run", f"/mlflow/risk?at=%2Fexperiments%2F1%2Fruns%2F{'0' * 32}"),
    Shown("search-help", "/search-help"),
    Shown("sign-in-link", "/sign-in/link?word={word}", who=""),
    Shown("sign-in-link-over", "/sign-in/link?word=x", who="", status=401),
    Shown("set-up", "/sign-in/set-up", who=""),
    Shown("tokens", "/tokens"),
    Shown("token-made", "/tokens", who="mia", reads=False, act=_make_a_token),
    Shown("password", "/password"),
    Shown("policies", "/policies"),
    Shown("policy", "/policies/clinic"),
    Shown("policy-version", "/policies/clinic/versions/1"),
    Shown("policy-versions", "/policies/clinic/versions"),
    Shown("policy-tried", "/policies/clinic/edit", who="mia", act=press("main button:text-is('Try it')")),
    Shown("policy-edit", "/policies/clinic/edit", who="mia"),
    Shown("settings", "/settings", who="mia"),
    Shown("compare", "/compare?version=risk%2Ffraud%3Aproduction&version=risk%2Ffraud%3A12&version=risk%2Ffraud%3A3"),
    Shown("compare-all", "/compare?version=clinic%2Ftumours%3A2&version=risk%2Ffraud%3A12&all=1"),
    Shown("compare-none", "/compare"),
    Shown("lineage", "/lineage?of=risk%2Ffraud%3A11", who="mia"),
    Shown("lineage-data", "/lineage?of=dataset%3As3%3A%2F%2Flake%2Fcards.parquet"),
    Shown("lineage-none", "/lineage"),
    Shown("quarantines", "/quarantines?everything=1", who="mia"),
    Shown("quarantine", "/quarantines/1", who="mia"),
    Shown("quarantine-new", "/quarantines/new?subject=risk%2Fbase%3A1", who="mia"),
    Shown("ledger", "/ledger", who="mia"),
    Shown("ledger-narrowed", "/ledger?actor=ada&action=version.registered"),
    Shown("ledger-entry", "/ledger/12", who="mia"),
    Shown("checkpoints", "/ledger/checkpoints?first=3", who="mia"),
    Shown("access", "/access"),
    Shown("access-none", "/access", who="eve"),
    Shown("access-users", "/access/users", who="mia"),
    Shown("access-user", "/access/users/rita", who="mia"),
    Shown("access-teams", "/access/teams", who="mia"),
    Shown("access-services", "/access/services", who="mia"),
    Shown("access-team", "/access/teams/on-call", who="mia"),
    Shown("access-service", "/access/services/ward-robot", who="mia"),
    Shown("access-tokens", "/access/tokens", who="mia"),
    Shown("access-grants", "/access/grants", who="mia"),
    Shown("access-trusts", "/access/trusts", who="mia"),
    Shown("access-explain", "/access/explain?who=ada&action=version%3Apromote&thing=risk%2Ffraud&stage=production"),
)


def address(page: Shown, site: Site) -> str:
    """Return a page's address on a site.

    ``{pending}`` and ``{refused}`` are promotions there, one is evidence, ``{word}`` belongs to a link that is new.
    """
    word = site.word() if "{word}" in page.place else ""
    return page.place.format(pending=site.pending, refused=site.refused, evaluation=site.evaluation, word=word)
