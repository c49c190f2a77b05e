from __future__ import annotations

from pathlib import Path

import pytest

from holotype.cli import parsing
from holotype.cli.usage import UsageError
from holotype.domain.provenance import Column, Data, Metric, Parent, Run, Schema

DIGEST = "sha256:" + "0a" * 32


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("depth=6", 6),
        ("rate=1e-3", 0.001),
        ("rate=0.50", 0.5),
        ("early=true", True),
        ("early=false", False),
        ("early=True", "True"),
        ("build=007", "007"),
        ('build="6"', "6"),
        ("note=a=b", "a=b"),
        ("note=", ""),
        ("id=123456789012345678901234567890", "123456789012345678901234567890"),
        ("rate=1e999", "1e999"),
        ("rate=nan", "nan"),
        ('note="', '"'),
    ],
)
def test_parameters_become_what_they_say(word: str, value: object) -> None:
    """Numbers that JSON can carry exactly and truth values are recognised; anything else stays a text."""
    (found,) = parsing.params([word]).values()
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("word", "metric"),
    [
        ("auc=0.93", Metric("auc", 0.93)),
        ("auc@holdout=0.9", Metric("auc", 0.9, "holdout")),
        ("auc@holdout/adults=0.9", Metric("auc", 0.9, "holdout", "adults")),
        ("recall@10=0.8", Metric("recall@10", 0.8)),
        ("recall@10@holdout=0.8", Metric("recall@10", 0.8, "holdout")),
        ("f=1=2=3", Metric("f=1=2", 3.0)),
    ],
)
def test_metrics_have_a_data_set_and_a_slice(word: str, metric: Metric) -> None:
    """A data set follows the last @, a slice the slash behind it; a digit after the @ belongs to the name."""
    assert parsing.metrics([word]) == [metric]


def test_directions_are_given_by_name() -> None:
    """A direction holds for every metric of that name, on whichever data set."""
    found = parsing.metrics(["loss=1", "loss@holdout=2", "auc=3", "size=4"], lower=["loss"], higher=["auc"])
    assert [metric.direction for metric in found] == ["lower", "lower", "higher", None]


@pytest.mark.parametrize("words", [["auc"], ["=1"], ["auc=high"], ["auc="]])
def test_a_metric_without_a_number_is_refused(words: list[str]) -> None:
    """The error names the word."""
    with pytest.raises(UsageError, match=r"--metric"):
        parsing.metrics(words)


def test_a_direction_without_a_metric_is_refused() -> None:
    """A misspelt name is not silently ignored."""
    with pytest.raises(UsageError, match="lose"):
        parsing.metrics(["loss=1"], lower=["lose"])


@pytest.mark.parametrize(
    ("word", "data"),
    [
        ("s3://lake/train.csv", Data("s3://lake/train.csv")),
        (f"s3://lake/train.csv@{DIGEST}", Data("s3://lake/train.csv", DIGEST)),
        ("validation=s3://lake/valid.csv", Data("s3://lake/valid.csv", None, "validation")),
        ("https://host/q?a=b", Data("https://host/q?a=b")),
        ("s3://me@lake/x", Data("s3://me@lake/x")),
    ],
)
def test_data_references_have_a_digest_and_a_role(word: str, data: Data) -> None:
    """Only a whole sha256 digest is taken off the address, and only a bare word before the first = is a role."""
    assert parsing.data([word]) == [data]


def test_parents_have_a_relation() -> None:
    """A parent without a relation is one that the version was derived from."""
    assert parsing.parents(["bert:3=fine-tuned", "a/b:1"]) == [Parent("bert:3", "fine-tuned"), Parent("a/b:1")]


@pytest.mark.parametrize(
    ("word", "run"),
    [
        ("8c2f", Run("8c2f")),
        ("mlflow:8c2f", Run("8c2f", "mlflow")),
        ("mlflow:8c2f=https://tracker/8c2f", Run("8c2f", "mlflow", "https://tracker/8c2f")),
    ],
)
def test_a_run_has_a_tracker_and_a_link(word: str, run: Run) -> None:
    """The tracker stands before the colon, the link behind the equals sign."""
    assert parsing.run(word) == run


def test_tags_need_a_key() -> None:
    """A tag may have an empty value, but not an empty key."""
    assert parsing.tags(["team=risk", "flag="]) == {"team": "risk", "flag": ""}
    with pytest.raises(UsageError, match="KEY=VALUE"):
        parsing.tags(["team"])


def test_a_schema_comes_from_a_file(tmp_path: Path) -> None:
    """The file has the shape of the wire."""
    file = tmp_path / "schema.json"
    file.write_text('{"inputs": [{"name": "age", "type": "float", "shape": [-1]}]}')
    assert parsing.schema(file) == Schema([Column("age", "float", [-1])], [])


@pytest.mark.parametrize("text", ["", "[]", '{"inputs": 1}', '{"input": []}', '{"inputs": [{"name": 1}]}'])
def test_a_file_that_is_no_schema_is_refused(tmp_path: Path, text: str) -> None:
    """The error names the file, the hint shows the form."""
    file = tmp_path / "schema.json"
    file.write_text(text)
    with pytest.raises(UsageError, match=r"schema\.json") as caught:
        parsing.schema(file)
    assert "inputs" in (caught.value.hint or "")


def test_a_card_has_to_be_text(tmp_path: Path) -> None:
    """Bytes that are not UTF-8 are refused before anything is sent."""
    file = tmp_path / "card.md"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="not UTF-8"):
        parsing.text_of(file)
