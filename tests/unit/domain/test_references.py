"""What does a reference say?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holotype.domain import references
from holotype.domain.references import Reference
from holotype.errors import HolotypeError, InvalidReference

DIGEST = "sha256:" + "0a" * 32


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fraud", Reference("default", "fraud")),
        ("risk/fraud", Reference("risk", "fraud")),
        ("risk/fraud:7", Reference("risk", "fraud", "7")),
        ("risk/fraud:production", Reference("risk", "fraud", "production")),
        (f"fraud@{DIGEST}", Reference("default", "fraud", None, DIGEST)),
        (f"risk/fraud:champion@{DIGEST}", Reference("risk", "fraud", "champion", DIGEST)),
    ],
)
def test_every_form_is_read(text: str, expected: Reference) -> None:
    """Namespace, label and digest are each optional."""
    assert references.parse(text) == expected


@pytest.mark.parametrize("text", ["", ":", "a:", "a@", "a/b/c", "/a", "a/", "a@sha256:xyz", "a:b:c", "A/b", "a:b/c"])
def test_what_is_no_reference_is_refused_with_a_hint(text: str) -> None:
    """The error names the form that is expected."""
    with pytest.raises(HolotypeError) as caught:
        references.parse(text)
    assert caught.value.hint


@given(st.text(max_size=300))
def test_reading_never_fails_in_another_way(text: str) -> None:
    """Whatever comes in, a reference or one of our errors comes out, and a reference survives being written."""
    try:
        reference = references.parse(text)
    except HolotypeError:
        return
    assert references.parse(str(reference)) == reference


def test_model_and_version_references_are_told_apart() -> None:
    """A verb on a model refuses a version, and the other way round."""
    with pytest.raises(InvalidReference, match="names a version"):
        references.parse_model("risk/fraud:7")
    with pytest.raises(InvalidReference, match="not a version"):
        references.parse_version("risk/fraud")
