"""Do MLflow clients find the versions that they ask for? Every operator, in every order, held against an oracle."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
import sqlalchemy as sa

from holotype.access.rights import Rights
from holotype.catalogue import tables
from holotype.catalogue.search import sources
from holotype.domain.entities import Actor, Right
from holotype.domain.filters import Clause
from holotype.domain.permissions import Permission
from holotype.errors import Invalid, NotFound
from holotype.gateways.mlflow import filters, orders
from holotype.operations import filtering
from holotype.operations.filter_versions import FoundVersion, filter_versions
from tests.support.registry import Desk
from tests.support.stock import PROMPT, Stock, fill, versions_matching

FILTERS = [
    "",
    "name = 'fraud'",
    "name = 'Fraud'",
    "name = 'FRAUD Model (EU)'",
    "name = '詐欺'",
    "name != 'fraud'",
    "name LIKE 'fraud%'",
    "name LIKE 'fraud_'",
    "name LIKE 'fraud__2'",
    "name LIKE '%Model%'",
    "name LIKE 'churn*'",
    "name LIKE 'x[1]?'",
    "name LIKE '[a-z]%'",
    "name LIKE 'a\\b'",
    "name LIKE ''",
    "name ILIKE 'FRAUD%'",
    "name ilike '%EU)'",
    "name ILIKE 'x[1]?'",
    "name ILIKE 'A\\B'",
    "name IN ('fraud', 'FRAUD Model (EU)', 'nobody')",
    "name NOT IN ('fraud', 'churn')",
    "attribute.name = 'churn'",
    "run_id = 'run-a'",
    "run_id != 'run-a'",
    "run_id LIKE 'run%'",
    "run_id ILIKE 'run%'",
    "run_id IN ('run-a', 'run-b')",
    "run_id NOT IN ('run-a')",
    "run_id = ''",
    "run_id != ''",
    "run_id LIKE ''",
    "run_id LIKE '%'",
    "run_id LIKE '_%'",
    "run_id ILIKE '%%'",
    "run_id IN ('')",
    "run_id IN ('', 'run-b')",
    "run_id NOT IN ('', 'run-b')",
    "source_path = 's3://lake/a'",
    "source_path = 'models:/fraud/1'",
    "source_path = 'models:/FRAUD Model (EU)/2'",
    "source_path = 'models:/fraud_v2/4'",
    "source_path = 'models:/fraud/x'",
    "source_path != 's3://lake/a'",
    "source_path LIKE 's3://lake/_'",
    "source_path LIKE 's3%'",
    "source_path LIKE '%lake%'",
    "source_path LIKE 'models:/%'",
    "source_path LIKE 'models:/fraud/%'",
    "source_path LIKE 'models:/fraud/_'",
    "source_path LIKE '%fraud%'",
    "source_path LIKE '%/2'",
    "source_path LIKE '%2%'",
    "source_path LIKE '%'",
    "source_path LIKE '%d'",
    "source_path LIKE 's3://lake/a_b%c'",
    "source_path ILIKE 'S3://LAKE/A'",
    "source_path ILIKE '%FRAUD/4'",
    "version_number = 2",
    "version_number = '4'",
    "version_number != 2",
    "version_number > 2",
    "version_number >= 2",
    "version_number < 3",
    "version_number <= 3",
    "version_number > -1",
    "version_number < 99999999999999999999999",
    "version_number = 99999999999999999999999",
    "tags.team = 'risk'",
    "tag.team != 'risk'",
    "tags.team LIKE 'r%'",
    "tags.team LIKE '100%'",
    "tags.team ILIKE 'RISK'",
    "tags.team LIKE '%rr'",
    f"tags.team = '{'r' * 70}'",
    f"tags.team LIKE '{'r' * 70}'",
    f"tags.team LIKE '{'r' * 71}'",
    "tags.team = 'it''s'",
    "tags.`my key` = 'a b'",
    "tags.\"my key\" = 'a b'",
    "tags.a.b = '1'",
    "tags.nothing != 'x'",
    f"tags.`{PROMPT}` = 'true'",
    f"tags.`{PROMPT}` = 'TRUE'",
    f"tags.`{PROMPT}` != 'false'",
    f"tags.`{PROMPT}` != 'true'",
    f"tags.`{PROMPT}` = 'false'",
    f"tags.`{PROMPT}` LIKE 'tr%'",
    "name LIKE 'fraud%' AND tags.team = 'risk' AND version_number > 1",
    "run_id = 'run-a' AND source_path LIKE 's3%'",
    "version_number >= 2 AND version_number <= 4 and name != 'churn'",
    "name = 'fraud' AND name = 'churn'",
]
ORDERS = [
    [],
    ["name"],
    ["name DESC"],
    ["version_number"],
    ["version_number DESC", "name DESC"],
    ["creation_timestamp"],
    ["last_updated_timestamp ASC", "version_number"],
    ["name", "last_updated_timestamp DESC"],
    ["name DESC", "creation_timestamp", "version_number ASC"],
]


@pytest.fixture
def stock(desk: Desk) -> Stock:
    """Ten models in the namespace, with versions, intakes, and what must not be seen."""
    return fill(desk.registry.database)


@pytest.fixture(params=["listed", "walked"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways to the versions: what a clause lists is looked at, or the order is walked."""
    monkeypatch.setattr(sources, "FEW", 6_000 if request.param == "listed" else -1)
    monkeypatch.setattr("holotype.catalogue.search.filtered._WALKED", 0)
    return str(request.param)


def seen(found: FoundVersion) -> tuple[str, int]:
    """Return the name and number of a version or an intake."""
    return found.title, getattr(found.found, "number", None) or found.found.version.number  # type: ignore[union-attr]


def paged(desk: Desk, text: str, order: list[str], limit: int) -> list[tuple[str, int]]:
    """Follow all pages of a search."""
    clauses, by = filters.parse(text, filters.VERSIONS), orders.parse(order, orders.VERSIONS)
    found: list[tuple[str, int]] = []
    cursor = None
    while True:
        page = filter_versions(desk.call(), "default", clauses, by, limit=limit, cursor=cursor)
        assert len(page.items) <= limit
        found += [seen(one) for one in page.items]
        cursor = page.next
        if cursor is None:
            return found


def test_every_filter_finds_what_the_oracle_finds(desk: Desk, stock: Stock, way: str) -> None:
    """In one page, in the default order, by either way."""
    for text in FILTERS:
        expected = versions_matching(stock, filters.parse(text, filters.VERSIONS))
        assert paged(desk, text, [], 1_000) == expected, (text, way)


def test_every_order_gives_the_same_list_page_by_page(desk: Desk, stock: Stock, way: str) -> None:
    """Pages of seven, cursors followed to the end, with and without a filter."""
    for order in ORDERS:
        for text in ("", "name LIKE '%r%'", "version_number > 2", "name IN ('fraud', 'churn*')"):
            by = orders.parse(order, orders.VERSIONS)
            expected = versions_matching(stock, filters.parse(text, filters.VERSIONS), by)
            assert paged(desk, text, order, 7) == expected, (order, text, way)


def test_what_the_caller_may_not_see_is_not_found(desk: Desk, stock: Stock, way: str) -> None:
    """A right on one model shows its versions and intakes, nothing else; a right elsewhere hides the namespace."""
    assert way
    one = Right(frozenset({Permission.MODEL_READ}), "default", "churn")
    reader = replace(desk.call(), actor=Actor("bob", 2, frozenset(), rights=Rights([one])))
    found = filter_versions(reader, "default", limit=1_000)
    assert {seen(row) for row in found.items} == {(row.name, row.number) for row in stock.rows if row.name == "churn"}
    assert filter_versions(reader, "default", (Clause("attribute", "name", "=", "fraud"),)).items == []
    for place in ("other", "nowhere"):
        with pytest.raises(NotFound):
            filter_versions(reader, place)


def test_a_token_is_good_for_its_own_list_only(desk: Desk, stock: Stock) -> None:
    """Another filter, order, namespace, and whatever is no token at all are refused."""
    clauses = (Clause("attribute", "name", "!=", "x"),)
    token = filter_versions(desk.call(), "default", clauses, limit=2).next
    assert stock.rows
    assert token
    assert len(filter_versions(desk.call(), "default", clauses, limit=2, cursor=token).items) == 2
    with pytest.raises(Invalid):
        filter_versions(desk.call(), "default", limit=2, cursor=token)
    with pytest.raises(Invalid):
        filter_versions(desk.call(), "other", clauses, limit=2, cursor=token)
    with pytest.raises(Invalid):
        filter_versions(desk.call(), "default", clauses, orders.parse(["name"], orders.VERSIONS), cursor=token)
    for absurd in ("x", "eyJvZmZzZXQiOiAxfQ==", "W10", "bnVsbA", "[" * 3_000, "\0", "é", token[:-3], token + "AAAA"):
        with pytest.raises(Invalid):
            filter_versions(desk.call(), "default", clauses, limit=2, cursor=absurd)


@pytest.mark.parametrize("limit", [0, -1, 10_001])
def test_a_page_has_a_limit(desk: Desk, limit: int) -> None:
    """More than 10,000 versions are more pages."""
    with pytest.raises(Invalid):
        filter_versions(desk.call(), "default", limit=limit)


def test_a_search_that_takes_too_long_is_the_fault_of_its_filter(
    desk: Desk, stock: Stock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is refused as such: MLflow's clients ask an unavailable server again and again."""
    endless = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) SELECT max(i) FROM n"
    )
    monkeypatch.setattr(filtering, "SECONDS", 0.05)
    monkeypatch.setattr(
        "holotype.operations.filter_versions.find_versions", lambda tx, _: tx.exec_driver_sql(endless).all()
    )
    assert stock.rows
    with pytest.raises(Invalid, match="took longer"):
        filter_versions(desk.call(), "default")


def test_a_page_ends_where_its_texts_are_too_long(desk: Desk, stock: Stock, monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not fit comes with the next page; nothing is lost, nothing comes twice."""
    monkeypatch.setattr(filtering, "_LETTERS", 10)
    first = filter_versions(desk.call(), "default", limit=1_000)
    assert first.next
    assert 0 < len(first.items) < len(versions_matching(stock, ()))
    assert paged(desk, "", [], 1_000) == versions_matching(stock, ())


def test_ten_thousand_versions_come_to_the_end_while_others_register(desk: Desk) -> None:
    """A page of 300 after the other: each that was there comes once, whatever is registered meanwhile."""
    base = desk.register("fraud")
    _copy(desk, base.id, 2, 10_001)
    before = {("fraud", number) for number in range(1, 10_002)}
    stop = threading.Event()

    def others() -> None:
        number = 20_000
        while not stop.is_set() and number < 20_400:
            _copy(desk, base.id, number, number + 1)
            number += 2

    thread = threading.Thread(target=others)
    thread.start()
    try:
        found = paged(desk, "name = 'fraud'", [], 300)
    finally:
        stop.set()
        thread.join()
    assert len(found) == len(set(found))
    assert before <= set(found)
    assert len(paged(desk, "", ["version_number DESC"], 10_000)) >= 10_001


def _copy(desk: Desk, version_id: int, first: int, last: int) -> None:
    """Write versions like another, as many numbers as are between two, changed a microsecond after each other."""
    with desk.registry.database.write() as tx:
        row = dict(tx.execute(sa.select(tables.versions).where(tables.versions.c.id == version_id)).one()._mapping)
        rows = [
            row
            | {
                "id": 1_000_000 + number,
                "number": number,
                "digest": f"sha256:{number:064x}",
                "changed_at": row["changed_at"] + number,
            }
            for number in range(first, last + 1)
        ]
        tx.execute(tables.versions.insert(), rows)
