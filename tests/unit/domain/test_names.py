"""Which names does the grammar take, and which does it refuse?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holotype.domain import names
from holotype.errors import InvalidName

STAGES = frozenset({"none", "staging", "production", "archived"})


@pytest.mark.parametrize("value", ["fraud", "fraud-v2", "a.b_c__d", "0", "x" * 128])
def test_an_oci_component_is_a_name(value: str) -> None:
    """The grammar of an OCI repository component is ours."""
    assert names.component(value, "model") == value


@pytest.mark.parametrize("value", ["", "Fraud", "-a", "a-", "a..b", "a/b", "ä", "a b", "x" * 129, "a\n"])
def test_anything_else_is_refused_with_the_form_that_is_expected(value: str) -> None:
    """The hint says what a name looks like."""
    with pytest.raises(InvalidName) as caught:
        names.component(value, "model")
    assert "lower-case letters" in (caught.value.hint or "")


@pytest.mark.parametrize("value", ["7", "latest", "Latest", "production", "NONE", "a b", "", ".x", "x" * 129])
def test_an_alias_never_reads_as_something_else(value: str) -> None:
    """A number, a stage and ``latest`` already mean something after the colon."""
    with pytest.raises(InvalidName):
        names.alias(value, STAGES)


def test_an_alias_keeps_its_case() -> None:
    """Aliases are case-sensitive labels."""
    assert names.alias("Champion_1", STAGES) == "Champion_1"


@given(st.text())
def test_keys_are_printable_or_refused(value: str) -> None:
    """No key with control characters, outer blanks or lone surrogates gets through."""
    try:
        accepted = names.key(value, "tag")
    except InvalidName:
        return
    assert accepted == accepted.strip()
    assert accepted.encode()
    assert not any(ord(character) < 32 for character in accepted)


def test_text_refuses_what_databases_cannot_hold() -> None:
    """PostgreSQL has no NUL in text, and a lone surrogate is no text at all."""
    for value in ("a\0b", "\ud800", "x" * 5_001):
        with pytest.raises(InvalidName):
            names.text(value, "description")


def test_no_name_reads_as_another_one() -> None:
    """What turns the direction of text is refused; letters of scripts that run from right to left are not."""
    for turned in ("a\u202egnp.exe", "\u2066x", "x\u2069"):
        assert not names.printable(turned)
        with pytest.raises(InvalidName):
            names.key(turned, "tag")
    assert names.printable("مدل‌ها")
