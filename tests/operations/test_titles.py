"""Is a model found by what another protocol calls it, and is an alias of such a protocol kept without ambiguity?"""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from holotype.catalogue.tables import aliases
from holotype.domain import names, titles
from holotype.domain.entities import Promotion, Version
from holotype.domain.references import parse
from holotype.errors import Conflict, InvalidName, NotFound
from holotype.operations.create_model import create_model
from holotype.operations.promote import promote
from holotype.operations.remove_alias import remove_alias, remove_foreign_alias
from holotype.operations.set_alias import set_alias
from holotype.operations.titled import check_titled, show_aliased, show_newest, show_overview, show_sourced
from tests.support.governance import MOVES, STAGES, TWO, apply
from tests.support.registry import Desk

TITLE = "Fraud Model (EU)"
NAMED = parse(titles.name_of(TITLE))
FRAUD = parse("fraud")
ALIASES = st.from_regex(r"[\w-]{1,255}", fullmatch=True)
GUARDED = STAGES + MOVES + TWO


@given(ALIASES)
def test_every_alias_comes_back_as_it_was(alias: str) -> None:
    """However it is kept, it is shown as it was set."""
    assert titles.alias_shown(titles.alias_of(alias)) == alias
    assert titles.alias_shown(titles.encoded(alias)) == alias


@given(ALIASES, ALIASES)
def test_two_aliases_are_never_kept_as_one(one: str, other: str) -> None:
    """Encoding is one to one."""
    assert (titles.encoded(one) == titles.encoded(other)) == (one == other)


@given(st.text())
def test_what_is_not_encoded_is_shown_as_it_is(name: str) -> None:
    """A name of our own that looks like an encoding and is none stays, and nothing raises."""
    shown = titles.alias_shown(name)
    assert shown == name or titles.encoded(shown) == name


@given(st.text())
def test_any_title_leads_to_a_name_of_ours(title: str) -> None:
    """The name is a component, always the same, and says the title where the title is one."""
    assert names.is_component(titles.name_of(title))
    assert titles.title_of(title) is None or titles.name_of(title) != title


@pytest.mark.parametrize("title", ["", "  ", "a/b", "a:b", ".", "..", "../x", "a\0b", "a\nb", "x" * 257, "\u202egnp"])
def test_what_cannot_be_a_title_is_refused(title: str) -> None:
    """Blank, with parts of a path, or not readable as it stands."""
    with pytest.raises(InvalidName):
        titles.check(title)


def test_a_model_is_found_by_its_title_alone(desk: Desk) -> None:
    """The name that a title leads to is no title: who asks for it finds nothing, and neither does any other title."""
    create_model(desk.call(), NAMED, title=TITLE)
    assert show_overview(desk.call(), NAMED, TITLE).title == TITLE
    for wrong in (NAMED.model, "Fraud model (EU)"):
        for verb in (show_overview, check_titled):
            with pytest.raises(NotFound):
                verb(desk.call(), NAMED, wrong)


def test_a_model_of_ours_that_took_the_name_is_not_taken_for_the_title(desk: Desk) -> None:
    """Whoever created the model natively has no title, so the title stays unknown."""
    version = desk.register(NAMED.model)
    with pytest.raises(NotFound):
        show_sourced(desk.call(), replace(NAMED, label=str(version.number)), TITLE)


def test_an_overview_has_the_newest_of_each_stage(desk: Desk) -> None:
    """One of each stage in use, with its aliases and tags; deleted models have none."""
    for number in range(1, 6):
        desk.register(content=b"%d" % number, tags={"n": str(number)}, aliases=["champion"] if number == 2 else [])
    for number in (1, 2):
        promote(desk.call(), parse(f"fraud:{number}"), "staging")
    found = show_overview(desk.call(), FRAUD, "fraud")
    assert [(one.version.number, one.version.stage) for one in found.newest] == [(2, "staging"), (5, "none")]
    assert (found.newest[0].version.aliases, found.newest[0].version.tags) == (("champion",), {"n": "2"})
    assert found.aliases == {"champion": 2}
    assert [one.version.number for one in show_newest(desk.call(), FRAUD, "fraud", ["Staging"])] == [2]
    assert show_newest(desk.call(), FRAUD, "fraud", ["production"]) == []


@pytest.mark.parametrize("alias", ["champion", "5", "Production", "-x", "übung", "a" * 255, "STAGING", "none"])
def test_an_alias_of_another_protocol_is_set_found_and_removed(desk: Desk, alias: str) -> None:
    """Whatever it reads like here, it names the version that it was set to."""
    desk.register()
    desk.register(content=b"2")
    done = set_alias(desk.call(), parse("fraud:1"), alias, foreign=True)
    assert isinstance(done, Version)
    shown = show_aliased(desk.call(), FRAUD, "fraud", alias)
    assert shown is not None
    assert shown.version.number == 1
    assert remove_foreign_alias(desk.call(), FRAUD, alias) is not None
    assert show_aliased(desk.call(), FRAUD, "fraud", alias) is None
    assert remove_foreign_alias(desk.call(), FRAUD, alias) is None


def test_one_that_our_grammar_allows_is_kept_as_it_is(desk: Desk) -> None:
    """So it is the same alias in every protocol."""
    desk.register()
    for alias in ("champion", "5"):
        set_alias(desk.call(), parse("fraud:1"), alias, foreign=True)
    assert {row["name"] for row in desk.rows(sa.select(aliases.c.name))} == {"champion", "mlflow.5"}
    assert remove_alias(desk.call(), FRAUD, "champion").number == 1


def test_an_alias_never_passes_for_a_stage_that_the_policy_guards(desk: Desk) -> None:
    """Where approvals are asked for, no alias of that stage's name is set, natively encoded or not."""
    desk.register()
    apply(desk, GUARDED)
    with pytest.raises(InvalidName, match="guards"):
        set_alias(desk.call(), parse("fraud:1"), "Production", foreign=True)
    with pytest.raises(InvalidName, match="guards"):
        set_alias(desk.call(), parse("fraud:1"), "mlflow.Production")
    assert isinstance(set_alias(desk.call(), parse("fraud:1"), "Staging", foreign=True), Version)


def test_an_alias_that_is_older_than_the_policy_leads_to_nothing_but_the_stage(desk: Desk) -> None:
    """It was set while nobody guarded the stage; from then on the name means who is in it, or nobody."""
    desk.register()
    for alias in ("production", "Production"):
        assert isinstance(set_alias(desk.call(), parse("fraud:1"), alias, foreign=True), Version)
    apply(desk, GUARDED)
    for alias in ("production", "Production"):
        assert show_aliased(desk.call(), FRAUD, "fraud", alias) is None


def test_asking_for_an_alias_that_is_a_stage_finds_who_is_in_it_alone(desk: Desk) -> None:
    """One version in the stage answers; two do not, and the first stage never does."""
    for content in (b"1", b"2"):
        desk.register(content=content)
    promote(desk.call(), parse("fraud:2"), "staging")
    found = show_aliased(desk.call(), FRAUD, "fraud", "Staging")
    assert found is not None
    assert found.version.number == 2
    assert show_aliased(desk.call(), FRAUD, "fraud", "None") is None
    promote(desk.call(), parse("fraud:1"), "staging")
    assert show_aliased(desk.call(), FRAUD, "fraud", "Staging") is None


def test_a_protected_alias_cannot_be_had_in_another_spelling(desk: Desk) -> None:
    """A pattern protects what an alias is called, however it is kept: encoded ones wait for approvals too."""
    desk.register()
    rule = '[[aliases]]\npattern = "prod-*"\n[[aliases.approvals]]\ncount = 2\n'
    apply(desk, STAGES + MOVES + rule)
    for alias in ("prod-eu", "prod-ü"):
        done = set_alias(desk.call(), parse("fraud:1"), alias, foreign=True)
        assert isinstance(done, Promotion)
        assert done.status == "pending"
        assert show_aliased(desk.call(), FRAUD, "fraud", alias) is None


def test_a_protected_alias_is_not_removed(desk: Desk) -> None:
    """Nor is it by its name in another protocol."""
    desk.register()
    set_alias(desk.call(), parse("fraud:1"), "ü", foreign=True)
    apply(desk, STAGES + MOVES + '[[aliases]]\npattern = "?"\n')
    with pytest.raises(Conflict, match="protects"):
        remove_foreign_alias(desk.call(), FRAUD, "ü")
