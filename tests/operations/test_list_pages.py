"""Do lists on pages say what is there, also far back, on the second page, and when a form is sent twice?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
import sqlalchemy as sa

from holotype.access.tables import tokens
from holotype.domain.entities import Actor, Right
from holotype.domain.events import Action
from holotype.domain.permissions import ROLES
from holotype.domain.references import parse
from holotype.errors import Denied
from holotype.ledger.append import Entry, append
from holotype.operations import browse_models
from holotype.operations.apply_policy import apply_policy
from holotype.operations.create_model import create_model
from holotype.operations.create_namespace import create_namespace
from holotype.operations.list_policies_in_force import list_policies_in_force
from holotype.operations.promote import promote
from tests.support.asgi import Got, Visitor, front_of
from tests.support.counting import statements
from tests.support.governance import STAGES
from tests.support.people import owner
from tests.support.registry import Desk, open_desk
from tests.support.surfer import Surfer


@pytest.fixture
def open_one(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    """A registry that takes everybody for somebody who may everything."""
    with open_desk(database_url, tmp_path / "blobs", open=True) as opened:
        yield opened


def words(got: Got) -> str:
    """Return what a page says, without its tags."""
    assert got.status == 200, got.body
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", got.body.decode())).split())


def test_what_changed_lately_is_told_behind_much_that_concerns_nobody(open_one: Desk) -> None:
    """A fleet that pulls and machines that make tokens hide nothing."""
    version = open_one.register("fraud")
    promote(open_one.call(), parse(version.reference), "staging", reason="smoke test passed")
    with open_one.registry.database.write() as tx:
        now = open_one.call().now
        quiet = [Entry(action, "x", {}) for action in (Action.TOKEN_CREATED, Action.VERSION_PULLED)] * 100
        append(tx, actor=Actor("ci", 1, frozenset()), now=now, entries=quiet)
    text = words(Visitor(front_of(open_one.registry)).ask("GET", "/"))
    assert "smoke test passed" in text or "moved" in text.partition("lately")[2]
    assert "Nothing of note" not in text


def test_what_narrows_is_counted_in_all_that_matches_on_every_page(open_one: Desk) -> None:
    """The second page of a list of sixty is as long as ten, and its facets are those of the first."""
    for number in range(60):
        open_one.register(f"model-{number:02}", b"%d" % number)
    visitor = Visitor(front_of(open_one.registry))
    promote(open_one.call(), parse("model-00:1"), "staging")
    promote(open_one.call(), parse("model-00:1"), "production")
    with statements(open_one.registry.database) as sent:
        first = visitor.ask("GET", "/models")
    assert len([one for one, _ in sent if " FROM models AS m " in " ".join(one.split())]) == 1  # asked once for both
    following = unescape(re.findall(r'rel="next" href="/models\?([^"]+)"', first.body.decode())[0])
    second = visitor.ask("GET", "/models", query=following)
    told = [
        re.findall(r'stage%3Aproduction[^>]*>production</a> <span class="dim">(\d+)', p.body.decode())
        for p in (first, second)
    ]
    assert told == [["1"], ["1"]]


def test_policies_of_many_namespaces_are_read_at_once(open_one: Desk) -> None:
    """The one in force of each, own or built in, by as many statements for sixty namespaces as for one."""
    visitor = Visitor(front_of(open_one.registry))
    sent: list[int] = []
    for number in (0, 59):
        for one in range(number and 1, number + 1):
            create_namespace(open_one.call(), f"space-{one:02}")
        with statements(open_one.registry.database) as seen:
            visitor.ask("GET", "/policies")
        sent.append(len(seen))
    assert len(set(sent)) == 1
    for reason in ("the first", "the second"):
        apply_policy(open_one.call(), "space-03", f"{STAGES}\n# {reason}\n", reason=reason)
    got = visitor.ask("GET", "/policies")
    text = words(got)
    assert "space-02 built in" in text
    assert re.search(r"space-03 2 .*the second space-04 built in", text)
    assert "the first" not in text
    assert "after=space-48" in got.body.decode()


def test_policies_are_those_that_one_may_see(open_one: Desk) -> None:
    """A right on one model is enough to see the rules that hold for it; other namespaces are not there."""
    for name in ("risk", "hidden"):
        create_namespace(open_one.call(), name)
    call = replace(open_one.call(), actor=Actor("eve", 7, rights=(Right(ROLES["reader"], "risk", "fraud"),)))
    assert [space.name for space, _ in list_policies_in_force(call)] == ["risk"]
    with pytest.raises(Denied):
        list_policies_in_force(replace(call, actor=Actor("eve", 7)))


def test_what_narrows_is_counted_in_the_order_of_the_list(open_one: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of very many models that match, the first of the list that somebody looks at are counted."""
    monkeypatch.setattr(browse_models, "COUNTED", 2)
    for name, team in (("a", "risk"), ("b", "vision"), ("c", "vision")):
        create_model(open_one.call(), parse(name), given={"team": team})
    visitor = Visitor(front_of(open_one.registry))
    for sort, told in (("name", ["risk 1", "vision 1"]), ("-name", [])):
        text = words(visitor.ask("GET", "/models", query=f"sort={sort}"))
        narrow = text.partition(" Narrow ")[2].partition(" Saved ")[0]
        assert re.findall(r"(?:risk|vision) \d", narrow) == told
        assert ("Counted among the first 2." in narrow) is bool(told)


def test_a_policy_is_tried_on_older_versions_too(open_one: Desk) -> None:
    """Page by page; what is in production may be far behind."""
    for number in range(25):
        open_one.register("fraud", b"%d" % number)
    surfer = Surfer(front_of(open_one.registry))
    text = Path(__file__).resolve().parents[2].joinpath("demo/policy.toml").read_text()
    place, on = "/policies/default/try", "/policies/default/edit"
    page = surfer.send(place, on, text=text)
    assert "fraud:25" in words(page)
    assert "fraud:2 " not in words(page)
    (cursor,) = re.findall(r'name="cursor" value="(\d+)"', page.body.decode())
    older = words(surfer.send(place, on, text=text, cursor=cursor))
    assert "fraud:2 " in older
    assert "fraud:25" not in older


def test_a_form_that_is_sent_twice_makes_one_token(desk: Desk) -> None:
    """Reloading the page that shows the secret makes no second."""
    surfer = Surfer(front_of(desk.registry), owner(desk))
    (word,) = re.findall(r'name="word" value="([^"]+)"', surfer.page("/tokens").body.decode())
    asked = {"name": "notebook", "role": "reader", "scope": "registry", "days": "1", "word": word}
    assert surfer.send("/tokens", "/tokens", **asked).status == 200
    surfer.send("/tokens", "/tokens", **asked)
    (count,) = desk.rows(sa.select(sa.func.count().label("n")).where(tokens.c.name == "notebook"))
    assert count["n"] == 1


def test_nobody_replaces_words_that_they_have_not_seen(open_one: Desk) -> None:
    """Who saves second is told, keeps what they wrote, and replaces the other's only by saving again."""
    open_one.register("fraud")
    for on, place in (("/models/default/fraud/card", ""), ("/models/default/fraud/versions/1", "/words")):
        first, second = (Surfer(front_of(open_one.registry)) for _ in range(2))
        began = [_began(surfer.page(on, "edit=true")) for surfer in (first, second)]
        assert first.send(on + place, on, card="A", began=began[0]).status == 303
        refused = second.send(on + place, on, card="B", began=began[1])
        assert refused.status == 400
        assert "changed by somebody meanwhile" in unescape(refused.body.decode())
        assert ">B<" in refused.body.decode().replace("\n", "")
        assert "<p>A</p>" in first.page(on).body.decode()
        assert second.send(on + place, on, card="B", began=_began(refused)).status == 303
        assert "<p>B</p>" in first.page(on).body.decode()


def _began(got: Got) -> str:
    return re.findall(r'name="began" value="([^"]*)"', got.body.decode())[0]
