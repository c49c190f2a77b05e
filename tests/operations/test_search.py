"""Searching models and versions: what each term finds, in which order, page by page, on both databases."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from holotype.catalogue.search import sources
from holotype.domain import cursors, sorting
from holotype.domain.entities import Actor
from holotype.domain.permissions import Permission
from holotype.domain.provenance import Data, Metric, Parent, Provenance, Run, Source
from holotype.domain.references import parse
from holotype.errors import Invalid, InvalidQuery, Unavailable
from holotype.operations import searching
from holotype.operations.call import Call
from holotype.operations.change_model import change_model
from holotype.operations.change_version import change_version
from holotype.operations.create_model import create_model
from holotype.operations.create_namespace import create_namespace
from holotype.operations.delete import delete_model, delete_version
from holotype.operations.promote import promote
from holotype.operations.remove_alias import remove_alias
from holotype.operations.restore import restore_version
from holotype.operations.search_models import search_models
from holotype.operations.search_versions import search_versions
from holotype.operations.set_alias import set_alias
from tests.support.registry import Desk


@pytest.fixture
def shelf(desk: Desk) -> Desk:
    """Five versions of three models that differ in everything a query can ask for."""
    metrics = [Metric("auc", 0.91), Metric("auc", 0.8, "holdout", "adults")]
    origin = Provenance(
        parameters={"depth": 6, "optimizer": "adam", "fast": True, "mixed": "two\nlines"}, metrics=metrics
    )
    desk.register("fraud", b"one", origin, tags={"team": "risk", "my key": "a b"}, aliases=["champion"])
    origin = Provenance(
        parameters={"depth": "12", "optimizer": "sgd", "mixed": "auto"},
        metrics=[Metric("auc", 0.95)],
        parents=[Parent("fraud:1", "fine-tuned"), Parent("hf://org/base", "adapter")],
        data=[Data("s3://lake/loans.csv")],
        run=Run("8c2f", "mlflow"),
        source=Source("runs:/8c2f/model", "ab" * 16),
    )
    desk.register("fraud", b"two", origin, description="Retrained on the quarterly ledger")
    desk.register(
        "churn",
        b"three" * 1_000,
        Provenance(parameters={"mixed": 3}, metrics=[Metric("auc", 0.7)]),
        card="# Churn-model\n50% off",
    )
    desk.register("churn", b"four", Provenance(parameters={"depth": 3, "mixed": "1e-1"}), tags={"team": "core"})
    create_model(
        desk.call(), parse("pricing"), description="Sets prices, kein Süßkram", card="", given={"team": "risk"}
    )
    desk.register("pricing", b"five")
    promote(desk.call(), parse("fraud:1"), "staging")
    promote(desk.call(), parse("fraud:1"), "production")
    return desk


def versions(desk: Desk, query: str, sort: str | None = None, limit: int = 100) -> list[str]:
    """Return what a query finds, without the namespace."""
    found = search_versions(desk.call(), query, sort=sort, limit=limit)
    return [one.reference.removeprefix("default/") for one in found.items]


def models(desk: Desk, query: str, sort: str | None = None) -> list[str]:
    """Return the names of the models that a query finds."""
    return [one.name for one in search_models(desk.call(), query, sort=sort).items]


VERSIONS = [
    ("", "pricing:1 churn:2 churn:1 fraud:2 fraud:1"),
    ("fraud", "fraud:2 fraud:1"),
    ("fra", "fraud:2 fraud:1"),
    ('"fra"', ""),
    ("name:fraud stage:production", "fraud:1"),
    ("model:default/churn", "churn:2 churn:1"),
    ("name:pri*", "pricing:1"),
    ("namespace:default number>1", "churn:2 fraud:2"),
    ("alias:champion", "fraud:1"),
    ("alias:*", "fraud:1"),
    ("tag.team:risk", "pricing:1 fraud:1"),
    ("tag.team:*", "pricing:1 churn:2 fraud:1"),
    ("tag.team!=risk", "churn:2"),
    ("NOT tag.team:risk", "churn:2 churn:1 fraud:2"),
    ('tag."my key":"a b"', "fraud:1"),
    ("metric.auc>0.9", "fraud:2 fraud:1"),
    ("metric.auc<=0.8", "churn:1 fraud:1"),
    ("metric.auc@holdout>0.5", "fraud:1"),
    ("metric.auc@holdout/adults=0.8", "fraud:1"),
    ("metric.auc@holdout/children:*", ""),
    ("metric.auc:*", "churn:1 fraud:2 fraud:1"),
    ("param.depth=6", "fraud:1"),
    ("param.depth>5", "fraud:2 fraud:1"),
    ("param.depth=12", "fraud:2"),
    ('param.depth="12"', "fraud:2"),
    ('param.depth="12.0"', ""),
    ("param.depth:*", "churn:2 fraud:2 fraud:1"),
    ("param.optimizer=adam OR param.optimizer=sgd", "fraud:2 fraud:1"),
    ("param.optimizer!=adam", "fraud:2"),
    ("param.optimizer:ad*", "fraud:1"),
    ("param.fast=true", "fraud:1"),
    ("parent:fraud:1", "fraud:2"),
    ("parent:fraud", "fraud:2"),
    ('parent:"hf://org/base"', "fraud:2"),
    ('data:"s3://lake/loans.csv"', "fraud:2"),
    ("run:8c2f", "fraud:2"),
    ("run!=8c2f", ""),
    ('source:"runs:/8c2f/model"', "fraud:2"),
    ("source:runs*", "fraud:2"),
    ("source:*", "fraud:2"),
    ("NOT run:*", "pricing:1 churn:2 churn:1 fraud:1"),
    ("files=0", ""),
    ("author:ada", "pricing:1 churn:2 churn:1 fraud:2 fraud:1"),
    ("author:nobody", ""),
    ("author:ad*", "pricing:1 churn:2 churn:1 fraud:2 fraud:1"),
    ("size>4KB", "churn:1"),
    ("size<=1kB name:churn", "churn:2"),
    ("created>2023-11-13", "pricing:1 churn:2 churn:1 fraud:2 fraud:1"),
    ("created>2024", ""),
    ("created<1h", "pricing:1 churn:2 churn:1 fraud:2 fraud:1"),
    ("created>1h", ""),
    ("quarterly retrained", "fraud:2"),
    ('"quarterly ledger"', "fraud:2"),
    ('"ledger quarterly"', ""),
    ("churn-model", "churn:1"),
    ("50%", "churn:1"),
    ("süß", "pricing:1"),
    ("fraud quarterly", "fraud:2"),
    ("quarterly OR retrained", "fraud:2"),
    ("NOT (quarterly OR 50%)", "pricing:1 churn:2 fraud:1"),
    ("quarterly OR prices OR 50", "pricing:1 churn:1 fraud:2"),
    ("(stage:production OR number=2) NOT name:churn", "fraud:2 fraud:1"),
    ("stage:none metric.auc>0.9 fraud", "fraud:2"),
    ("stage:archived", ""),
    ('"a\' OR 1=1 --"', ""),
    ('"* NEAR(a b) ^c {d}"', ""),
]


@pytest.mark.parametrize(("few", "more"), [(6_000, 40_000), (1, 1), (1, 40_000)], ids=["rare", "common", "meeting"])
def test_terms_find_what_the_reference_says(shelf: Desk, monkeypatch: pytest.MonkeyPatch, few: int, more: int) -> None:
    """Every form of term finds the same versions, whichever way the search takes to them."""
    monkeypatch.setattr(sources, "FEW", few)
    monkeypatch.setattr(sources, "MORE", more)
    found = {query: " ".join(versions(shelf, query)) for query, _ in VERSIONS}
    assert found == dict(VERSIONS)


MODELS = [
    ("", "churn fraud pricing"),
    ("fraud", "fraud"),
    ("stage:production", "fraud"),
    ("NOT stage:production", "churn pricing"),
    ("stage:production metric.auc>0.93", ""),
    ("stage:none metric.auc>0.93", "fraud"),
    ("metric.auc>0.5", "churn fraud"),
    ("metric.auc>2", ""),
    ("metric.auc@holdout>0.5 param.depth=6", "fraud"),
    ("metric.auc:* metric.auc>0.93 param.depth>6", "fraud"),
    ("metric.auc!=0.91 param.fast=true", "fraud"),
    ("tag.team:risk", "fraud pricing"),
    ("tag.team:risk metric.auc>0.9", "fraud"),
    ("name:churn OR name:pricing", "churn pricing"),
    ("quarterly", "fraud"),
    ("sets prices", "pricing"),
    ("author:ada created<1h", "churn fraud pricing"),
    ("NOT (metric.auc>0.9 OR param.depth=3)", "pricing"),
]


@pytest.mark.parametrize(("few", "more"), [(6_000, 40_000), (1, 1), (0, 0), (0, 40_000)])
def test_model_matches_when_one_version_does(shelf: Desk, monkeypatch: pytest.MonkeyPatch, few: int, more: int) -> None:
    """A model is found by its own words and tags, and by its versions: terms together mean one and the same version."""
    monkeypatch.setattr(sources, "FEW", few)
    monkeypatch.setattr(sources, "MORE", more)
    assert {query: " ".join(models(shelf, query)) for query, _ in MODELS} == dict(MODELS)


ORDERS = [
    ("created", "fraud:1 fraud:2 churn:1 churn:2 pricing:1"),
    ("name", "churn:1 churn:2 fraud:1 fraud:2 pricing:1"),
    ("-name", "pricing:1 fraud:2 fraud:1 churn:2 churn:1"),
    ("namespace", "churn:1 churn:2 fraud:1 fraud:2 pricing:1"),
    ("-namespace", "pricing:1 fraud:2 fraud:1 churn:2 churn:1"),
    ("-metric.auc", "fraud:2 fraud:1 churn:1 pricing:1 churn:2"),
    ("metric.auc", "churn:1 fraud:1 fraud:2 churn:2 pricing:1"),
    ("metric.auc@holdout", "fraud:1 fraud:2 churn:1 churn:2 pricing:1"),
    ("param.depth", "churn:2 fraud:1 fraud:2 churn:1 pricing:1"),
    ("param.optimizer", "fraud:1 fraud:2 churn:1 churn:2 pricing:1"),
    ("-param.optimizer", "fraud:2 fraud:1 pricing:1 churn:2 churn:1"),
    ("param.mixed", "churn:2 churn:1 fraud:2 fraud:1 pricing:1"),
    ("-param.mixed", "fraud:1 fraud:2 churn:1 churn:2 pricing:1"),
    ("tag.team", "churn:2 fraud:1 fraud:2 churn:1 pricing:1"),
    ("-tag.team", "fraud:1 churn:2 pricing:1 churn:1 fraud:2"),
    ("-size", "churn:1 pricing:1 churn:2 fraud:2 fraud:1"),
    ("number", "fraud:1 churn:1 pricing:1 fraud:2 churn:2"),
    ("files", "fraud:1 fraud:2 churn:1 churn:2 pricing:1"),
    ("stage", "fraud:2 churn:1 churn:2 pricing:1 fraud:1"),
    ("-stage", "fraud:1 pricing:1 churn:2 churn:1 fraud:2"),
    ("author", "fraud:1 fraud:2 churn:1 churn:2 pricing:1"),
    ("digest", None),
    ("-digest", None),
    ("-changed", None),
]


@pytest.mark.parametrize("few", [6_000, 1], ids=["rare", "common"])
def test_every_order_gives_every_version_once(shelf: Desk, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    """What has no value comes last; pages of one, followed by their cursors, are the same list."""
    monkeypatch.setattr(sources, "FEW", few)
    every = ["churn:1", "churn:2", "fraud:1", "fraud:2", "pricing:1"]
    for sort, expected in ORDERS:
        for query in ("", "author:ada", "stage:none", "name:fraud", "tag.team:*"):
            whole = versions(shelf, query, sort)
            found = set(versions(shelf, query)) if query else set(every)
            assert sorted(whole) == sorted(found), (query, sort)
            assert expected is None or whole == [one for one in expected.split() if one in found], (query, sort)
            paged = _paged(
                shelf, lambda call, cursor, q=query, s=sort: search_versions(call, q, sort=s, limit=1, cursor=cursor)
            )
            assert paged == whole, (query, sort)


def test_pages_are_the_same_whichever_way_each_takes(shelf: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cursor of one way to a page is good for another: what was rare may be common a moment later."""
    for sort, _ in ORDERS:
        whole, found, cursor = versions(shelf, "author:ada", sort), [], None
        for place in range(5):
            monkeypatch.setattr(sources, "FEW", 1 if place % 2 else 6_000)
            page = search_versions(shelf.call(), "author:ada", sort=sort, limit=1, cursor=cursor)
            found += [one.reference.removeprefix("default/") for one in page.items]
            cursor = page.next
        assert (found, cursor) == (whole, None), sort


MODEL_ORDERS = [
    ("name", "churn fraud pricing"),
    ("-name", "pricing fraud churn"),
    ("namespace", "churn fraud pricing"),
    ("-namespace", "pricing fraud churn"),
    ("created", "fraud churn pricing"),
    ("changed", None),
    ("-changed", None),
    ("author", "fraud churn pricing"),
    ("-author", "pricing churn fraud"),
    ("tag.team", "pricing fraud churn"),
    ("-tag.team", "pricing churn fraud"),
]


def test_models_page_through_every_order(shelf: Desk) -> None:
    """Pages of one model are the same list as one page."""
    for sort, expected in MODEL_ORDERS:
        for query in ("", "author:ada", "stage:none"):
            whole = models(shelf, query, sort)
            assert sorted(whole) == ["churn", "fraud", "pricing"]
            assert expected is None or " ".join(whole) == expected, sort
            paged = _paged(
                shelf, lambda call, cursor, q=query, s=sort: search_models(call, q, sort=s, limit=1, cursor=cursor)
            )
            assert [name.removeprefix("default/") for name in paged] == whole


def _paged(desk: Desk, search: Callable[[Call, str | None], searching.Found]) -> list[str]:
    found: list[str] = []
    cursor: str | None = None
    for _ in range(10):
        page = search(desk.call(), cursor)
        found += [one.reference.removeprefix("default/") for one in page.items]
        cursor = page.next
        if cursor is None:
            return found
    raise AssertionError("the pages have no end")


def test_deleted_things_are_not_found(shelf: Desk) -> None:
    """A deleted version is gone from every search, and so is a deleted model with all of its versions."""
    delete_version(shelf.call(), parse("fraud:2"))
    assert versions(shelf, "fraud") == ["fraud:1"]
    assert models(shelf, "metric.auc>0.93") == []
    delete_model(shelf.call(), parse("churn"))
    assert versions(shelf, "name:churn") == []
    assert models(shelf, "churn") == []


def test_changed_moves_with_every_change(shelf: Desk) -> None:
    """Words, tags, aliases, stages, deletion and return of a version change it and its model; no other model does."""
    changes: list[Callable[[], object]] = [
        lambda: change_version(shelf.call(), parse("churn:1"), description="other"),
        lambda: change_version(shelf.call(), parse("fraud:2"), given={"team": "x"}),
        lambda: set_alias(shelf.call(), parse("churn:1"), "best"),
        lambda: promote(shelf.call(), parse("fraud:2"), "staging"),
        lambda: set_alias(shelf.call(), parse("churn:1"), "second"),
        lambda: set_alias(shelf.call(), parse("fraud:2"), "champion"),
        lambda: remove_alias(shelf.call(), parse("churn"), "best"),
        lambda: delete_version(shelf.call(), parse("fraud:1")),
        lambda: remove_alias(shelf.call(), parse("churn"), "second"),
        lambda: restore_version(shelf.call(), parse("fraud:1")),
    ]
    moved = ["churn:1", "fraud:2", "churn:1", "fraud:2", "churn:1", "fraud:2", "churn:1", "fraud", "churn:1", "fraud:1"]
    promote(shelf.call(), parse("fraud:1"), "archived")
    for change, expected in zip(changes, moved, strict=True):
        change()
        assert models(shelf, "", "-changed")[0] == expected.partition(":")[0]
        assert ":" not in expected or versions(shelf, "", "-changed")[0] == expected
    assert versions(shelf, "", "-changed")[-1] == "churn:2"


def test_words_follow_a_change(shelf: Desk) -> None:
    """Full text knows a description as soon as it is changed, and forgets the old one."""
    change_model(shelf.call(), parse("pricing"), description="Discounts")
    assert models(shelf, "discounts") == ["pricing"]
    assert models(shelf, '"prices"') == []


def test_cursor_of_another_list_is_refused(shelf: Desk) -> None:
    """A cursor belongs to its query and order; any other text is no cursor; neither is an error of the server."""
    cursor = search_versions(shelf.call(), "fraud", limit=1).next
    assert cursor is not None
    for query, sort in (("churn", None), ("fraud", "name")):
        with pytest.raises(Invalid, match="another list"):
            search_versions(shelf.call(), query, sort=sort, cursor=cursor)
    with pytest.raises(Invalid, match="another list"):
        search_models(shelf.call(), "fraud", cursor=cursor)
    cut, longer = cursor[:-3], cursor + "AAAA"
    for hostile in ("x", "é", cut, longer, "W10", "W1tbW1tb", "eyJhIjoxfQ", "MTIz" * 1_000, "\0", "=="):
        with pytest.raises(Invalid):
            search_versions(shelf.call(), "fraud", cursor=hostile)


def test_forged_key_of_a_cursor_is_no_error_of_the_server(shelf: Desk) -> None:
    """A cursor with the right checksum and a key of another type is refused too."""
    for sort, key in (
        ("created", "text"),
        ("size", "text"),
        ("name", 5),
        ("-metric.auc", "text"),
        ("stage", 1.5),
        ("name", None),
    ):
        binding = f"versions\n\n{sorting.parse(sort, 'versions')}"
        with pytest.raises(Invalid):
            search_versions(shelf.call(), sort=sort, cursor=cursors.write(binding, key, 3))


def test_bad_request_is_refused(desk: Desk) -> None:
    """A page has 1 to 500 items; a query that cannot be read is the caller's mistake, told with its place."""
    for limit in (0, -1, 501):
        with pytest.raises(Invalid, match="1 to 500"):
            search_versions(desk.call(), limit=limit)
    with pytest.raises(InvalidQuery, match="character 9"):
        search_models(desk.call(), "size>1 (")


def test_caller_finds_only_what_it_may_see(shelf: Desk) -> None:
    """A token for one namespace or one model narrows every search, also where nothing else narrows it."""
    create_namespace(shelf.call(), "risk")
    create_model(shelf.call(), parse("risk/secret"), description="", card="", given={})
    rights = frozenset(Permission)
    for scope, seen in (
        (Actor("bot", 2, rights, namespace="risk"), ["risk/secret"]),
        (Actor("bot", 2, rights, namespace="default", model="churn"), ["default/churn"]),
        (Actor("bot", 2, rights, namespace="nowhere"), []),
    ):
        call = Call(shelf.registry, scope)
        assert [one.reference for one in search_models(call).items] == seen
        found = {one.reference.partition(":")[0] for one in search_versions(call).items}
        assert found == {name for name in seen if name != "risk/secret"}


def test_slow_search_is_stopped(shelf: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A search that takes too long ends with advice, and the connection serves the next one."""
    monkeypatch.setattr(searching, "SECONDS", 0.05)
    slow = {"sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT max(i) FROM n"}
    statement = slow.get(shelf.registry.database.dialect, "SELECT pg_sleep(30)")
    monkeypatch.setattr(searching.sight, "visible", lambda tx, _places: tx.exec_driver_sql(statement).scalar())
    with pytest.raises(Unavailable, match="longer than 0"):
        search_versions(shelf.call())
    monkeypatch.undo()
    assert len(versions(shelf, "")) == 5


def test_a_page_takes_a_fixed_number_of_statements(shelf: Desk) -> None:
    """However many versions a page shows, their tags, aliases and names cost no statement each."""
    seen: list[str] = []
    sa.event.listen(shelf.registry.database.engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    versions(shelf, "metric.auc>0.1", limit=1)
    one = len(seen)
    versions(shelf, "metric.auc>0.1")
    assert len(seen) == 2 * one <= 12
