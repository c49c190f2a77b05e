"""Do MLflow clients find the models that they ask for? By name and tags, in every order, held against an oracle."""

from __future__ import annotations

import pytest

from holotype.domain.references import parse
from holotype.errors import Invalid
from holotype.gateways.mlflow import filters, orders
from holotype.operations.delete import delete_model
from holotype.operations.filter_models import filter_models
from holotype.operations.promote import promote
from tests.support.registry import Desk
from tests.support.stock import PROMPT, Stock, fill, models_matching

FILTERS = [
    "",
    "name = 'fraud'",
    "name = 'FRAUD Model (EU)'",
    "name != 'fraud'",
    "name LIKE 'fraud%'",
    "name LIKE '%_v_'",
    "name ILIKE '%FRAUD%'",
    "name IN ('fraud', '詐欺', 'x')",
    "name NOT IN ('fraud')",
    "attribute.name LIKE 'x[1]?'",
    "tags.team = 'risk'",
    "tags.team != 'risk'",
    "tag.team LIKE '_isk'",
    "tag.team ILIKE 'R%'",
    "tags.stage = 'x'",
    "tags.stage != 'y'",
    f"tag.`{PROMPT}` != 'true'",
    f"name LIKE '%a%' AND tag.`{PROMPT}` != 'true'",
    f"tag.`{PROMPT}` = 'true'",
    f"tag.`{PROMPT}` = 'false'",
    f"tag.`{PROMPT}` != 'false'",
    f"tag.`{PROMPT}` LIKE '%'",
    "tags.team = 'risk' AND name != 'churn'",
    "tags.team = 'risk' AND tags.team = 'core'",
]
ORDERS = [[], ["name DESC"], ["timestamp"], ["timestamp DESC"], ["last_updated_timestamp ASC", "name DESC"]]


@pytest.fixture
def stock(desk: Desk) -> Stock:
    """Ten models in the namespace, and what must not be seen."""
    return fill(desk.registry.database, each=2)


def paged(desk: Desk, text: str, order: list[str], limit: int) -> list[str]:
    """Follow all pages of a search."""
    clauses, by = filters.parse(text, filters.MODELS), orders.parse(order, orders.MODELS)
    found: list[str] = []
    cursor = None
    while True:
        page = filter_models(desk.call(), "default", clauses, by, limit=limit, cursor=cursor)
        found += [one.title for one in page.items]
        cursor = page.next
        if cursor is None:
            return found


def test_every_filter_finds_what_the_oracle_finds(desk: Desk, stock: Stock) -> None:
    """In every order, in one page and in pages of three."""
    for text in FILTERS:
        for order in ORDERS:
            by = orders.parse(order, orders.MODELS)
            expected = models_matching(stock, filters.parse(text, filters.MODELS), by)
            assert paged(desk, text, order, 1_000) == expected, (text, order)
            assert paged(desk, text, order, 3) == expected, (text, order)


def test_a_deleted_model_is_not_found(desk: Desk) -> None:
    """Nor are its versions asked for."""
    desk.register("fraud")
    desk.register("churn")
    delete_model(desk.call(), parse("fraud"))
    assert paged(desk, "", [], 10) == ["churn"]


@pytest.mark.parametrize("limit", [0, -5, 1_001])
def test_a_page_has_a_limit(desk: Desk, limit: int) -> None:
    """At most 1,000 models, as MLflow's own server."""
    with pytest.raises(Invalid):
        filter_models(desk.call(), "default", limit=limit)


def test_a_model_is_shown_with_its_own_aliases_and_stages(desk: Desk) -> None:
    """Not with those of the models beside it on the page."""
    for name, aliases in (("fraud", ["champion", "best"]), ("churn", ["other"]), ("plain", [])):
        desk.register(name, b"one", aliases=aliases)
    promote(desk.call(), parse("fraud:1"), "staging")
    desk.register("fraud", b"two")
    found = {one.title: one for one in filter_models(desk.call(), "default").items}
    assert {name: one.aliases for name, one in found.items()} == {
        "fraud": {"champion": 1, "best": 1},
        "churn": {"other": 1},
        "plain": {},
    }
    shown = [(one.version.number, one.version.stage) for one in found["fraud"].newest]
    assert shown == [(1, "staging"), (2, "none")]
