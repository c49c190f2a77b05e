"""Do the pages of a model cost the same however many versions it has, and say what they should to everybody?"""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa

from holotype.catalogue import tables
from holotype.domain.provenance import Metric, Provenance
from holotype.domain.references import parse
from holotype.operations.delete import delete_model
from holotype.operations.promote import promote
from holotype.web.sessions import Session
from tests.support.asgi import Got, Visitor, front_of
from tests.support.counting import statements
from tests.support.registry import Desk, open_desk

MODEL = "/models/default/fraud"
PAGES = (
    ("", "sort=-metric.auc&columns=metric.auc,param.depth&q=number>0", 25),
    ("", "", 25),
    ("/metrics", "metric=auc", 11),
    ("/metrics/series", "metric=auc", 6),
    ("/history", "at=2030-01-01", 15),
    ("/card", "", 8),
    ("/card", "edit=true", 10),
    ("/access", "who=ada", 12),
)


@pytest.fixture
def open_one(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    """A registry that takes everybody for somebody who may everything."""
    with open_desk(database_url, tmp_path / "blobs", open=True) as opened:
        yield opened


def fill(desk: Desk, many: int) -> None:
    """Register so many versions of a model, the last of them in production."""
    for number in range(1, many + 1):
        origin = Provenance(parameters={"depth": number}, metrics=[Metric("auc", 0.5 + number / 200)])
        desk.register("fraud", b"fraud %d" % number, origin, tags={"n": str(number)})
    for stage in ("staging", "production"):
        promote(desk.call(), parse(f"fraud:{many}"), stage, reason="good")


def shown(desk: Desk, place: str, query: str = "") -> Got:
    """Ask for a page."""
    return Visitor(front_of(desk.registry)).ask("GET", place, query=query.replace(">", "%3E"))


@pytest.mark.parametrize("many", [2, 40])
def test_a_page_needs_no_more_statements_because_there_are_more_versions(open_one: Desk, many: int) -> None:
    """Beside two versions and beside forty; a statement reads what the page shows."""
    fill(open_one, many)
    visitor = Visitor(front_of(open_one.registry))
    for tab, query, most in PAGES:
        with statements(open_one.registry.database) as sent:
            got = visitor.ask("GET", MODEL + tab, query=query.replace(">", "%3E"))
        expected = 400 if tab == "/access" else 200  # there is no account called ada
        assert got.status == expected, (tab, query, got.body[-2_000:])
        assert len(sent) <= most, (tab, query, len(sent), [one for one, _ in sent])


def test_what_is_still_on_its_way_in_is_told(open_one: Desk) -> None:
    """With the reason where it failed, which a stranger may have written."""
    fill(open_one, 1)
    with open_one.registry.database.write() as tx:
        row = {"namespace_id": 1, "model_id": 1, "created_at": 0, "created_by": "ada", "changed_at": 0}
        row |= {"uri": "s3://lake/<b>", "registration": "0", "tags": "{}"}
        tx.execute(tables.intakes.insert(), row | {"number": 8, "status": "pending", "reason": ""})
        tx.execute(tables.intakes.insert(), row | {"number": 9, "status": "failed", "reason": "<script>no</script>"})
    text = shown(open_one, MODEL).body.decode()
    assert "Copied in from elsewhere" in text
    assert "could not come: <script>no</script>" in unescape(text)
    assert "<script>no" not in text
    assert "s3://lake/&lt;b&gt;" in text
    assert "<script>no" not in shown(open_one, "/settings").body.decode()
    for number, place in (("9", MODEL), ("7", "/"), ("²", "/")):
        got = send(open_one, f"{MODEL}/intakes/{number}/retry")
        assert (got.status, got.headers["location"]) == (303, place)
        assert [row["status"] for row in open_one.rows(sa.select(tables.intakes.c.status))] == ["pending"] * 2


def send(desk: Desk, place: str) -> Got:
    """Send a form of one button."""
    browser = Session(None, "a-word", secure=False)
    headers = {"cookie": f"holotype_form={browser.word}", "content-type": "application/x-www-form-urlencoded"}
    content = urlencode({"form_token": browser.form_token()}).encode()
    return Visitor(front_of(desk.registry)).ask("POST", place, content=content, headers=headers)


def test_a_deleted_model_can_be_brought_back_from_its_page(open_one: Desk) -> None:
    """Whichever part of it somebody asks for, it says that it is gone, and what happened."""
    open_one.register("fraud", b"one")
    delete_model(open_one.call(), parse("fraud"))
    for tab in ("", "/metrics", "/history", "/card", "/access"):
        text = shown(open_one, MODEL + tab).body.decode()
        assert "This model was deleted" in text
        assert f'action="{MODEL}/restore"' in text


@pytest.mark.parametrize(
    ("tab", "query", "said"),
    [
        ("", "q=stage:", "at character 7 of the query"),
        ("", "columns=weather", "is not a column"),
        ("", "sort=weather", "is not an order"),
        ("", "cursor=x", "not a cursor"),
        ("", "stage=%22x", "Expected a stage"),
        ("", "stage=nobody", "No version of this model matches"),
        ("/metrics", "metric=a@b@c", "is not a column"),
        ("/metrics", "metric=auc&cursor=x", "not a cursor"),
        ("/history", "at=yesterday", "is not a day"),
        ("/history", "at=9999-12-31", "is not a day"),
        ("/history", "cursor=x", "not a cursor"),
        ("/access", "who=nobody", "There is no"),
    ],
)
def test_what_makes_no_sense_is_said_on_the_page(open_one: Desk, tab: str, query: str, said: str) -> None:
    """The page stays where it is, with its head and its form."""
    fill(open_one, 1)
    got = shown(open_one, MODEL + tab, query)
    assert said in unescape(got.body.decode())
    assert f'href="{MODEL}/history"' in got.body.decode()
    assert got.status == (200 if "No version" in said else 400)


def test_a_model_that_is_not_there_is_not_found(open_one: Desk) -> None:
    """Nor is one whose name is none."""
    assert shown(open_one, "/models/default/nobody").status == 404
    assert shown(open_one, "/models/default/No%20Name").status == 400
