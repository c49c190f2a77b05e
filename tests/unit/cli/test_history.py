from __future__ import annotations

import pytest

from holotype.cli.history import sentence

DIGEST = "sha256:" + "0a" * 32


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({"number": 7, "digest": DIGEST, "from": "none", "to": "staging"}, "none → staging"),
        ({"from": "none", "to": "staging", "reason": "it works"}, "none → staging “it works”"),
        ({"from": "production", "to": "archived", "by": 3}, "production → archived, by 3"),
        ({"reason": "why not"}, "“why not”"),
        ({"size": 2048, "files": 1, "tags": {"team": "risk", "old": None}}, "2.0 KiB, 1 file, tags team=risk,old"),
        ({"aliases": ["a", "b"], "description": "", "card": DIGEST}, f"aliases a,b, card {DIGEST}"),
        ({}, ""),
    ],
)
def test_an_entry_is_told_in_a_sentence(data: dict[str, object], text: str) -> None:
    """The move comes first, the reason last; what the subject says already is left out."""
    assert sentence(data) == text
