"""Does the front matter of cards mean here what it means to the reader that everybody has, and is the rest refused?"""

from __future__ import annotations

import time
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from holotype.domain import card_writing, front_matter
from holotype.errors import Invalid

HUB = """license: apache-2.0
license_link: "LICENSE"
language:
- en
- de
tags: [risk, "a, b", 'c''d']
base_model: risk/base:3
datasets:
  - s3://lake/x.csv # where it lies
model-index:
- name: m
  results:
  - task:
      type: text-classification
      name: T C
    dataset: {name: glue, type: glue, args: mrpc}
    metrics:
    - type: accuracy
      value: 0.87
      name: "Acc: x"
    - type: f1
      value: 12
widget:
- text: "hello # not a comment" # a comment
  example_title: x
description: |
  line one
    two

  three
folded: >-
  a
  b
long: this is
  continued here
address: https://huggingface.co/a#b
inference:
    parameters:
        temperature: 0.7
wide: [
  a,
  b
]
empty:
nothing: ~
yes_: true
"q k": v
none_at_all: {}
"""


def test_a_card_of_the_hub_means_the_same() -> None:
    """Block and flow, quotes, comments, blocks of text: as PyYAML reads them."""
    assert front_matter.parse(HUB) == yaml.safe_load(HUB)


def test_windows_line_ends_mean_nothing() -> None:
    """A card written elsewhere is the same card."""
    assert front_matter.parse(HUB.replace("\n", "\r\n")) == yaml.safe_load(HUB)


WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
SCALARS = st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    SCALARS | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(WORDS, VALUES, max_size=5))
def test_what_is_written_is_read_by_both(values: dict[str, Any]) -> None:
    """Any value, with any character in it but NUL, which no text here has."""
    text = "".join(f"{card_writing._yaml_key(key)}: {card_writing._yaml(value)}\n" for key, value in values.items())
    assert front_matter.parse(text) == values
    assert (yaml.safe_load(text) or {}) == values


PLAIN = st.builds(
    lambda first, rest: f"{first}{rest}".strip(), st.sampled_from("abcdefghé"), st.text("abcdefgh -_./é", max_size=11)
)


@given(
    st.dictionaries(
        PLAIN,
        st.recursive(PLAIN, lambda i: st.lists(i, min_size=1) | st.dictionaries(PLAIN, i, min_size=1), max_leaves=8),
    )
)
def test_what_pyyaml_writes_in_blocks_is_read(values: dict[str, Any]) -> None:
    """Words, lists and mappings in one another."""
    words = {"y", "n", "yes", "no", "on", "off"}
    text = yaml.safe_dump(values, default_flow_style=False, allow_unicode=True)
    if not words & set(text.split()):
        assert front_matter.parse(text) == yaml.safe_load(text)


REFUSED = [
    "a: &x [1]\nb: *x",
    "a: !!python/object/apply:os.system [id]",
    "a: !tag x",
    "a: 1\na: 2",
    "a: {b: 1, b: 2}",
    "\ta: 1",
    "a: [1, 2",
    'a: "x',
    'a: "x" y',
    "a: {b: c",
    "- a\n- b",
    "? a\n: b",
    "<<: *d",
    "a: `x`",
    "a:\n  b: 1\n c: 2",
    "a: " + "[" * 50 + "]" * 50,
    "a:\n" + "".join("  " * i + "a:\n" for i in range(1, 40)),
    "k: " + "a" * 100_001,
    "k: 1\n" * 5_001,
    'a: "\\ud800"',
    "just words",
]


@pytest.mark.parametrize("raw", REFUSED)
def test_the_rest_of_yaml_is_refused(raw: str) -> None:
    """Anchors, tags, keys twice, nesting without end: with the line that is not read."""
    with pytest.raises(Invalid, match="front matter"):
        front_matter.parse(raw)


HOSTILE = [
    "a" + " " * 90_000 + "b",
    "- " * 40_000,
    'a: "' + "\\\\" * 40_000 + 'x" "',
    "a: " + "'" * 90_000,
    "a: " + "[" * 90_000,
    "x: [" + "\n[" * 4_900,
    "x: |\n" + " y\n" * 4_900,
    "a" * 50_000 + ":" * 40_000,
    '"' + "\\" * 90_000,
    "a: [" + "x " * 40_000 + ",",
    "a: {" + "b: " * 30_000,
    "a: b\n" + " c\n" * 4_900,
]


@pytest.mark.parametrize("raw", HOSTILE)
def test_no_front_matter_takes_long(raw: str) -> None:
    """However it is made: the time grows with its length and no faster."""
    begun = time.process_time()
    front_matter.read(f"---\n{raw}\n---\n")
    assert time.process_time() - begun < 1


def test_a_text_without_front_matter_is_all_body() -> None:
    """Dashes in a text, front matter that does not end: text."""
    for text in ("# A card", "", "a\n---\nb: 1\n---\n", "---\nlicense: mit\n", "--- x\na: 1\n---\n"):
        assert front_matter.read(text) == front_matter.Card({}, text)


def test_values_are_given_as_texts_where_they_are_texts() -> None:
    """One or several; numbers and mappings are none."""
    card = front_matter.read("---\na: ' x '\nb: [p, 1, q]\nc: {d: e}\n---\nbody")
    assert (card.text("a"), card.text("b"), card.text("z")) == ("x", None, None)
    assert (card.texts("a"), card.texts("b"), card.texts("c")) == (("x",), ("p", "q"), ())
    assert card.body == "body"
