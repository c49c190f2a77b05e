"""Are filters and orders of MLflow read as MLflow reads them? Each rule of the grammar, each refusal, and any text."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holotype.domain.filters import Clause, Order
from holotype.errors import Invalid
from holotype.gateways.mlflow import filters, orders

GRAMMARS = [filters.MODELS, filters.VERSIONS, filters.RUNS, filters.LOGGED_MODELS, filters.EXPERIMENTS]
READ = {
    "": (),
    "  \n ": (),
    "name = 'a'": (Clause("attribute", "name", "=", "a"),),
    'name="it\'s"': (Clause("attribute", "name", "=", "it's"),),
    "name = 'it''s'": (Clause("attribute", "name", "=", "it''s"),),
    r"name = 'a\'b'": (Clause("attribute", "name", "=", r"a\'b"),),
    "name = 'a\\'": (Clause("attribute", "name", "=", "a\\"),),
    "name = 'a\\' AND version_number > 1": (
        Clause("attribute", "name", "=", "a\\"),
        Clause("attribute", "version_number", ">", 1),
    ),
    "name = ''": (Clause("attribute", "name", "=", ""),),
    "attribute.name LIKE'x%'": (Clause("attribute", "name", "LIKE", "x%"),),
    "name ilike 'X'": (Clause("attribute", "name", "ILIKE", "X"),),
    "name IN('a',\"b\" , 'c')": (Clause("attribute", "name", "IN", ("a", "b", "c")),),
    "name in ('a' 'b',)": (Clause("attribute", "name", "IN", ("ab",)),),
    r"name IN ('a\'b', 'c\\d', 'e\f')": (Clause("attribute", "name", "IN", ("a'b", "c\\d", "e\\f")),),
    "run_id not\n in ('a')": (Clause("attribute", "run_id", "NOT IN", ("a",)),),
    "version_number >= -1": (Clause("attribute", "version_number", ">=", -1),),
    "version_number = '7'": (Clause("attribute", "version_number", "=", 7),),
    "tag.team != 'x'": (Clause("tag", "team", "!=", "x"),),
    "tags.mlflow.source.name = 'x'": (Clause("tag", "mlflow.source.name", "=", "x"),),
    "tags.`my key` = 'x'": (Clause("tag", "my key", "=", "x"),),
    "tags.\"my key\" = 'x'": (Clause("tag", "my key", "=", "x"),),
    "tags.'my key' = 'x'": (Clause("tag", "my key", "=", "x"),),
    "tags.`a``b` = 'x'": (Clause("tag", "a``b", "=", "x"),),
    "tags.order = 'x' and tags.é = 'y'": (Clause("tag", "order", "=", "x"), Clause("tag", "é", "=", "y")),
    "name='a'AND run_id='b'": (Clause("attribute", "name", "=", "a"), Clause("attribute", "run_id", "=", "b")),
}
REFUSED = {
    "name": "a comparator is missing",
    "name =": "a text in single or double quotes",
    "name = x": "a text in single or double quotes",
    "name = `x`": "a text in single or double quotes",
    "name = 1": "a text in single or double quotes",
    "name = 'x": "is not closed",
    'name = "x': "is not closed",
    "tags.`x = 'y'": "is not closed",
    "name = 'a''": "go on with AND",
    "name == 'x'": "no comparator",
    "name <> 'x'": "no comparator",
    "name ~ 'x'": "no comparator",
    "name NOT LIKE 'x'": "no comparator",
    "name RLIKE 'x'": "no comparator",
    "name > 'x'": "does not compare",
    "tags.a IN ('x')": "does not compare",
    "source_path IN ('x')": "does not compare",
    "version_number IN (1)": "does not compare",
    "version_number LIKE '1'": "does not compare",
    "version_number = 1.5": "no whole number",
    "version_number = 1e3": "no whole number",
    "version_number = 'x'": "no whole number",
    "version_number = nan": "no whole number",
    "version_number =": "is missing",
    f"version_number = {'9' * 50}": "no whole number",
    "name IS NULL": "cannot be asked",
    "tags.a IS NOT NULL": "cannot be asked",
    "name IN ()": "between parentheses",
    "name IN (1)": "between parentheses",
    "name IN ('a'": "between parentheses",
    "name IN 'a'": "between parentheses",
    "name IN ('a' AND name = 'b'": "between parentheses",
    "NAME = 'x'": "no attribute",
    "foo = 'x'": "no attribute",
    "attribute.foo = 'x'": "no attribute",
    "TAGS.a = 'x'": "is none of",
    "attributes.name = 'x'": "is none of",
    "params.a = 'x'": "is none of",
    "metrics.a > 1": "is none of",
    "tags. = 'x'": "behind the dot",
    "tags.my-key = 'x'": "no comparator|comparator is missing",
    "= 'x'": "a name is missing",
    "'name' = 'x'": "a name is missing",
    "(name = 'x')": "a name is missing",
    "name = 'x' OR name = 'y'": "go on with AND",
    "name = 'x' run_id = 'y'": "go on with AND",
    "name = 'x';": "go on with AND",
    "name = 'x'; DROP TABLE models": "go on with AND",
    "name = 'x' -- no more": "go on with AND",
    "name = 'x' UNION SELECT * FROM tokens": "go on with AND",
    "name = 'x' AND": "a name is missing",
    "AND name = 'x'": "no attribute",
    "name = 'x' AND AND run_id = 'y'": "no attribute",
    "name = 'a\0b'": "NUL",
    "name = '\ud800'": "no text",
    f"name LIKE '{'%' * 251}'": "at most 250 characters",
    " AND ".join(["name = 'x'"] * 101): "at most 100 clauses",
    " AND ".join(["name = 'x'"] * 10_000): "at most 60,000 characters",
}


@pytest.mark.parametrize("text", READ)
def test_a_filter_is_read(text: str) -> None:
    """Into exactly these clauses."""
    assert filters.parse(text, filters.VERSIONS) == READ[text]


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: text[:40])
def test_a_wrong_filter_is_refused_with_a_reason(text: str) -> None:
    """The sentence says what is wrong, where."""
    with pytest.raises(Invalid, match=REFUSED[text]):
        filters.parse(text, filters.VERSIONS)


def test_a_refusal_names_the_clause() -> None:
    """By its place and its text."""
    with pytest.raises(Invalid) as refused:
        filters.parse("name = 'x' AND tags.a > 'y'", filters.VERSIONS)
    assert "clause 2, \"tags.a > 'y'\"" in refused.value.detail


def test_the_grammar_of_runs_knows_more() -> None:
    """Metrics, parameters, data sets, other words for attributes, and what is not there."""
    read = filters.parse(
        "metrics.`val loss` < 1e-3 AND params.depth = '6' AND attr.`Run name` = 'x' AND created >= 1.5 "
        "AND tags.a IS NULL AND parameter.b is not null AND dataset.name IN ('d') AND run.status != 'FAILED'",
        filters.RUNS,
    )
    assert read == (
        Clause("metric", "val loss", "<", 0.001),
        Clause("parameter", "depth", "=", "6"),
        Clause("attribute", "run_name", "=", "x"),
        Clause("attribute", "start_time", ">=", 1.5),
        Clause("tag", "a", "IS NULL"),
        Clause("parameter", "b", "IS NOT NULL"),
        Clause("dataset", "name", "IN", ("d",)),
        Clause("attribute", "status", "!=", "FAILED"),
    )
    for wrong in ("metrics.a = '1'", "metrics.a LIKE 'x'", "metrics.a IS NULL", "start_time = '1'", "dataset.x = 'y'"):
        with pytest.raises(Invalid):
            filters.parse(wrong, filters.RUNS)


@given(
    st.text(max_size=200)
    | st.lists(
        st.sampled_from(["name", "tags.", "=", "'", '"', "`", "\\", "(", ",", ")", " AND ", "IN", "1", ".", " ", "x"])
    ).map("".join)
)
@settings(max_examples=500)
def test_any_text_is_read_or_refused(text: str) -> None:
    """Nothing but ``Invalid`` comes of it."""
    for grammar in GRAMMARS:
        with suppress(Invalid):
            filters.parse(text, grammar)


_VALUES = st.text(st.characters(exclude_characters="\0'\\", exclude_categories=["Cs"]), max_size=20)
_KEYS = st.text(st.characters(exclude_characters="\0`", exclude_categories=["Cs"]), max_size=20)


@given(st.lists(st.tuples(_KEYS, st.sampled_from(["=", "!=", "LIKE", "ilike"]), _VALUES), min_size=1, max_size=5))
def test_what_is_written_is_read(clauses: list[tuple[str, str, str]]) -> None:
    """Any key in backticks, any value in quotes that are not in it."""
    text = " AND ".join(f"tags.`{key}` {comparator} '{value}'" for key, comparator, value in clauses)
    expected = tuple(Clause("tag", key, comparator.upper(), value) for key, comparator, value in clauses)
    assert filters.parse(text, filters.MODELS) == expected


@pytest.mark.parametrize(
    "text",
    [
        "'" * 60_000,
        "name IN (" + "'a'," * 14_997,
        "name = " + "\\'" * 29_996,
        "`" * 60_000,
        "(" * 60_000,
        "name = '" + "''" * 29_996,
        " " * 60_000,
        "a." * 30_000,
    ],
)
def test_no_text_takes_long(text: str) -> None:
    """Reading takes time that grows with the length, not with its square."""
    begun = time.perf_counter()
    with suppress(Invalid):
        filters.parse(text, filters.VERSIONS)
    assert time.perf_counter() - begun < 1


def test_orders_are_read() -> None:
    """A key, perhaps with its kind, and a way; other words for a key mean the same."""
    assert orders.parse(["name", "timestamp DESC"], orders.MODELS) == (
        Order("name"),
        Order("last_updated_timestamp", descending=True),
    )
    assert orders.parse(["attribute.`version_number` desc", "name  ASC "], orders.VERSIONS) == (
        Order("version_number", descending=True),
        Order("name"),
    )
    runs = orders.Keys("runs", {"start_time": "start_time"}, {"metrics": "metric"})
    assert orders.parse(["metrics.`val loss` ASC"], runs) == (Order("val loss", kind="metric"),)


@pytest.mark.parametrize(
    "texts",
    [
        ["name", "name DESC"],
        ["timestamp", "last_updated_timestamp"],
        ["foo"],
        ["name UP"],
        ["name ASC, timestamp"],
        [""],
        ["name; DROP"],
        ["tags.a"],
        ["name\0"],
        ["name"] * 21,
        ["x" * 1_001],
        ["'name'"],
        ["name DESC DESC"],
        ["creation_timestamp"],
    ],
    ids=str,
)
def test_wrong_orders_are_refused(texts: list[str]) -> None:
    """Twice the same, unknown keys, unknown ways, and too many."""
    with pytest.raises(Invalid):
        orders.parse(texts, orders.MODELS)
