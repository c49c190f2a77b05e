"""Is every word that the code uses for a concept explained?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from holotype.cli import tree
from holotype.domain import lifecycle, manifest, provenance
from holotype.domain.events import Action
from holotype.domain.permissions import ROLES, Permission
from tests.support.source import ROOT

NATIVE = ROOT / "src" / "holotype" / "gateways" / "native"
TEXT = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
ROWS = [line.split("|")[1:3] for line in TEXT.splitlines() if line.startswith("| **")]
WORDS = [word for first, _ in ROWS for word in re.findall(r"\*\*(.+?)\*\*", first)]


def known(word: str) -> bool:
    """Say whether a word, or its singular, has an entry."""
    forms = (word, word.removesuffix("s"), word.removesuffix("es"), re.sub("ies$", "y", word))
    return any(form in WORDS for form in forms)


@pytest.mark.parametrize("permission", Permission)
def test_the_noun_of_every_permission_is_explained(permission: Permission) -> None:
    """What a right is about has an entry."""
    assert known(permission.partition(":")[0])


@pytest.mark.parametrize("action", Action)
def test_the_noun_of_every_event_is_explained(action: Action) -> None:
    """What an event is about has an entry."""
    assert known(action.partition(".")[0])


@pytest.mark.parametrize("name", tree.words())
def test_the_first_word_of_every_command_is_explained(name: str) -> None:
    """What follows `holotype` has an entry, be it a noun or a verb."""
    assert known(name.partition(" ")[0])


@pytest.mark.parametrize("word", [*lifecycle.STAGES, *ROLES])
def test_every_stage_and_role_is_explained(word: str) -> None:
    """The names that people type have an entry each."""
    assert known(word)


@pytest.mark.parametrize("module", sorted(NATIVE.glob("[a-z]*.py")), ids=lambda path: path.stem)
def test_the_noun_of_every_module_of_routes_is_explained(module: Path) -> None:
    """A module with routes is named by a word that has an entry."""
    assert "\nroutes = [" not in module.read_text(encoding="utf-8") or known(module.stem.replace("_", "-"))


@pytest.mark.parametrize("word", [*provenance.RELATIONS, *manifest.ROLES])
def test_every_relation_and_every_role_of_a_file_is_named(word: str) -> None:
    """A closed list of words stands where the word for the list is explained."""
    assert word in TEXT


def test_no_word_has_two_meanings() -> None:
    """A word has one entry; where it must have two, each says of what."""
    plain = [word for first, _ in ROWS if "(of " not in first for word in re.findall(r"\*\*(.+?)\*\*", first)]
    assert sorted({word for word in plain if plain.count(word) > 1}) == []


def test_every_entry_says_something() -> None:
    """No entry is without a meaning, and every row of the page is an entry."""
    assert [first for first, meaning in ROWS if len(meaning.split()) < 3] == []
