"""Do gates read a card as everything else does?"""

from __future__ import annotations

import pytest

from holotype.domain import cards, front_matter

CARD = """---
License: "apache-2.0"  # as the hub writes it
datasets: [a, b]
base_model:
  - risk/base:3
model-index:
  - name: fraud
    results: []
empty:
---
# Intended use
Scores.
"""


def test_values_become_texts() -> None:
    """Keys in lower case; lists joined; what is nested counts as given, what is empty does not."""
    found = cards.front_matter(CARD)
    assert found == {
        "license": "apache-2.0", "datasets": "a, b", "base_model": "risk/base:3", "model-index": "fraud", "empty": "",
    }  # fmt: skip
    assert cards.headings(CARD) == {"intended use": "Scores."}


@pytest.mark.parametrize(
    "card",
    ["---\nlicense: >\n  mit\n---\n", "---\nlicense: |-\n  mit\n---\n", '---\n"license": mit\n---\n', CARD],
)
def test_there_is_one_reading_of_a_card(card: str) -> None:
    """A gate and the bill of materials see the same licence, however it is written."""
    values = {key.lower(): value for key, value in front_matter.read(card).values.items()}
    assert cards.licence(card, {}) == values["license"].strip()


def test_no_tag_speaks_for_a_card_that_is_not_read() -> None:
    """What cannot be read may name another licence; a card that names none leaves it to the tag."""
    hidden = "---\nlicense: !!str gpl-3.0\n---\n"
    assert cards.trouble(hidden) is not None
    assert cards.licence(hidden, {"licence": "mit"}) is None
    assert cards.licence("# No front matter", {"licence": "mit"}) == "mit"
