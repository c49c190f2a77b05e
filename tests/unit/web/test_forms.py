from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holotype.web.sessions import Session, begun, ended, local, note

ADA = Session("holo_ada_secret", "word", secure=False)


def test_a_form_is_ours_for_the_session_that_it_was_made_for() -> None:
    """Each time another text, and good for this browser and this person alone."""
    first, second = ADA.form_token(), ADA.form_token()
    assert first != second
    assert ADA.owns(first)
    assert ADA.owns(second)
    for other in (replace(ADA, secret="holo_eve_secret"), replace(ADA, secret=None), replace(ADA, word="another")):
        assert not other.owns(first)


@given(st.text(max_size=200))
def test_no_other_text_is_a_form_token(text: str) -> None:
    """Whatever is sent, nothing breaks and nothing is taken."""
    assert not ADA.owns(text)


@pytest.mark.parametrize("place", ["/", "/models?q=a%20b", "/models/risk/fraud/versions/7#files"])
def test_an_address_of_ours_is_kept(place: str) -> None:
    """It leads nowhere else."""
    assert local(place) == place


@pytest.mark.parametrize(
    "place",
    ["", "models", "//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/a\nb", "/a\0",
     "\\\\evil", "/\t/evil.example", " /a", "///evil.example"],
)  # fmt: skip
def test_an_address_that_may_lead_elsewhere_is_dropped(place: str) -> None:
    """However a browser reads it."""
    assert local(place) == ""


def test_cookies_are_closed_to_scripts_and_other_sites() -> None:
    """And, where there is TLS, to plain HTTP and to other hosts of the domain."""
    for line in (
        *begun("holo_a_b", 60, secure=False),
        note("Done.", secure=False),
        ended("holotype_note", secure=False),
    ):
        assert "; HttpOnly; SameSite=Lax" in line
        assert "Secure" not in line
    for line in begun("holo_a_b", 60, secure=True):
        assert line.startswith("__Host-")
        assert line.endswith("; Secure")
        assert "Domain" not in line
