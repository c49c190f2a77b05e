"""The query language: what it reads, how it fails, and that nothing else can come out of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holotype.domain import query, sorting
from holotype.domain.query_fields import FIELDS
from holotype.domain.query_tree import Age, And, Anything, Moment, Not, Number, Or, Prefix, Size, Term, Text
from holotype.errors import InvalidQuery

_PIECES = [
    *(
        "(",
        ")",
        " ",
        '"',
        "\\",
        "*",
        ":",
        "=",
        ">",
        "<",
        ">=",
        "!=",
        ".",
        "@",
        "/",
        "AND",
        "OR",
        "NOT",
        "fraud",
        "ü",
        "\0",
    ),
    *(
        "7d",
        "2026-01-01",
        "1GB",
        "0.9",
        "-1e9",
        "production",
        "sha256:0123abcd",
        "risk/fraud:7",
        "1e999",
        "٣",
        "\u2028",
    ),
    *FIELDS,
    *(f"{name}.x" for name in ("tag", "metric", "param")),
]


@given(st.one_of(st.text(), st.lists(st.sampled_from(_PIECES), max_size=40).map("".join)))
def test_any_text_is_read_or_refused_as_a_query(text: str) -> None:
    """Whatever the text, the answer is a tree or ``InvalidQuery``; and what was read can be written and read again."""
    try:
        tree = query.parse(text)
    except InvalidQuery:
        return
    assert query.parse(query.write(tree)) == tree


@given(st.one_of(st.text(), st.lists(st.sampled_from([*_PIECES, "-", ":asc", ":desc"]), max_size=6).map("".join)))
def test_any_text_is_read_or_refused_as_an_order(text: str) -> None:
    """Whatever the text, the answer is an order or ``InvalidQuery``; and its written form means the same."""
    try:
        order = sorting.parse(text, "versions")
    except InvalidQuery:
        return
    assert sorting.parse(str(order), "versions") == order


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", And(())),
        ("fraud", Text("fraud", prefix=True)),
        ("fraud model", And((Text("fraud"), Text("model", prefix=True)))),
        ('"fraud model"', Text("fraud model", quoted=True)),
        ("model:fraud", Term("name", "=", "fraud")),
        ("name:fr*", Term("name", "=", Prefix("fr"))),
        ('tag."my key":"a b"', Term("tag", "=", "a b", "my key")),
        ("tag.team:*", Term("tag", "=", Anything(), "team")),
        ("metric.auc>0.9", Term("metric", ">", Number(0.9, "0.9"), "auc")),
        ("metric.auc @holdout", None),
        ("metric.auc@holdout/adults >= .5", Term("metric", ">=", Number(0.5, ".5"), "auc", "holdout", "adults")),
        ("metric.val/auc>1", Term("metric", ">", Number(1, "1"), "val/auc")),
        ("param.depth=6", Term("param", "=", Number(6, "6"), "depth")),
        ('param.depth="6"', Term("param", "=", "6", "depth")),
        ("size>1.5GiB", Term("size", ">", Size(1_610_612_736, "1.5GiB"))),
        ("created<7d", Term("created", "<", Age(604_800_000_000, "7d"))),
        ("created=1970", Term("created", "=", Moment(0, 31_536_000_000_000, "1970"))),
        ("parent:fraud:7", Term("parent", "=", "default/fraud:7")),
        ('parent:"hf://org/base"', Term("parent", "=", "hf://org/base")),
        ("digest:0123abcd", Term("digest", "=", "sha256:0123abcd")),
        (
            "alias:a OR alias:b AND alias:c",
            Or((Term("alias", "=", "a"), And((Term("alias", "=", "b"), Term("alias", "=", "c"))))),
        ),
        ("NOT (alias:a alias:b)", Not(And((Term("alias", "=", "a"), Term("alias", "=", "b"))))),
        ("and or not", And((Text("and"), Text("or"), Text("not", prefix=True)))),
    ],
)
def test_query_means(text: str, tree: object) -> None:
    """Each form of the language is read as the tree that the documentation promises."""
    if tree is None:
        with pytest.raises(InvalidQuery):
            query.parse(text)
    else:
        assert query.parse(text) == tree


@pytest.mark.parametrize(
    ("text", "character", "expected"),
    [
        ("metric.auc>abc", 12, "a number"),
        ("stage:Prod", 7, "production"),
        ("stages:production", 1, "did you mean 'stage'"),
        ("fraud (a OR b", 7, "')'"),
        ("a) b", 2, "closes nothing"),
        ("a AND", 6, "a term or a word"),
        ("metric.auc", 11, ">="),
        ("stage>production", 6, "one of"),
        ('"open', 1, "closing"),
        ("a*b", 2, "at the end"),
        ("created>2026-02-30", 9, "a date"),
        ("size>1XB", 6, "a size"),
        ("---", 1, "letters or digits"),
        ("tag.:x", 5, "a name"),
        ('tag.a:"b"c', 7, "a word"),
    ],
)
def test_error_points_at_the_character(text: str, character: int, expected: str) -> None:
    """An error gives the position, a caret under it, and what was expected."""
    with pytest.raises(InvalidQuery) as caught:
        query.parse(text)
    assert f"character {character} " in caught.value.detail
    assert expected in caught.value.detail
    assert caught.value.detail.splitlines()[-1].endswith("^")


@pytest.mark.parametrize("text", ["(" * 3_000, "NOT " * 999, "a " * 101, "a" * 4_001, "(a " * 41 + ")" * 41])
def test_huge_query_is_refused(text: str) -> None:
    """Length, number of terms and depth are limited, and never end in a ``RecursionError``."""
    with pytest.raises(InvalidQuery):
        query.parse(text)


@pytest.mark.parametrize("field", FIELDS.values(), ids=lambda f: f.name)
def test_example_of_each_field_is_read(field: object) -> None:
    """The table's own examples are queries on that field."""
    tree = query.parse(field.example)  # type: ignore[attr-defined]
    assert isinstance(tree, Term)
    assert tree.field == field.name  # type: ignore[attr-defined]


@pytest.mark.parametrize("text", ["nothing", "metric", "name.x", "-name:asc", "alias", "created@x", "param.x@y"])
def test_unknown_order_is_refused_with_the_fields(text: str) -> None:
    """An order by something else is refused with the list of what is possible."""
    with pytest.raises(InvalidQuery, match="Sort versions by one of name"):
        sorting.parse(text, "versions")


@pytest.mark.parametrize(("field", "several"), [(f.name, f.several) for f in FIELDS.values() if f.several])
def test_order_by_what_there_are_several_of_says_so(field: str, several: str) -> None:
    """A version may have several aliases or formats: the refusal says that, and what to sort by instead."""
    with pytest.raises(InvalidQuery, match=f"several {several}.*Sort versions by one of name"):
        sorting.parse(f"-{field}", "versions")


def test_every_field_of_one_value_sorts_versions() -> None:
    """Only what a version may have several of is no order, and the names that another system gives."""
    assert [field.name for field in FIELDS.values() if field.sorts_versions == bool(field.several)] == ["run", "source"]
    with pytest.raises(InvalidQuery, match="'run' is not an order of models"):
        sorting.parse("run", "models")


def test_models_sort_by_their_own_fields_only() -> None:
    """A metric belongs to a version, so it orders versions and not models."""
    with pytest.raises(InvalidQuery, match=r"several versions.*Versions sort by metric\.NAME"):
        sorting.parse("metric.auc", "models")
    assert sorting.parse("-created", "models") == sorting.Sort("created", descending=True)
