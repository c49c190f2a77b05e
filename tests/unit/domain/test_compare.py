"""The pure half of comparing: directions, verdicts, counts and limits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holotype.domain import compare
from holotype.domain.compare import Compared
from holotype.domain.manifest import File
from holotype.domain.provenance import Metric, Provenance


@pytest.mark.parametrize(
    ("name", "direction"),
    [
        ("auc", "higher"),
        ("val_loss", "lower"),
        ("test-F1", "higher"),
        ("latency_ms", "lower"),
        ("rouge", None),
        ("auc_error", None),
        ("lossless", None),
    ],
)
def test_direction_comes_from_a_known_name(name: str, direction: str | None) -> None:
    """A word of the name says which way is better; two that disagree say nothing."""
    assert compare.direction_of(name) == direction


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(allow_nan=False, allow_infinity=False))
def test_verdict_follows_the_direction(baseline: float, value: float) -> None:
    """Better one way is worse the other way, and every number is one that JSON can carry."""
    higher, lower = compare.change(baseline, value, "higher"), compare.change(baseline, value, "lower")
    assert {higher.verdict, lower.verdict} in ({"better", "worse"}, {"equal"})
    for number in (higher.absolute, higher.relative):
        assert number is None or abs(number) < float("inf")


def test_a_direction_that_was_given_beats_the_name() -> None:
    """What the author of a metric said holds, whichever version said it."""
    one = Compared("a:1", "x", provenance=Provenance(metrics=[Metric("loss", 1.0)]))
    two = Compared("a:2", "y", provenance=Provenance(metrics=[Metric("loss", 2.0, direction="higher")]))
    row = compare.compare([one, two]).metrics[0]
    assert (row.direction, row.changes[0].verdict) == ("higher", "better")


def test_a_metric_that_one_version_lacks_is_unknown() -> None:
    """There is no change from nothing."""
    one, two = Compared("a:1", "x"), Compared("a:2", "y", provenance=Provenance(metrics=[Metric("auc", 1.0)]))
    assert compare.compare([one, two]).metrics[0].changes == (compare.Change(None, None, "unknown"),)


def test_long_list_of_files_is_cut_and_counted() -> None:
    """Of thousands of changed files, two hundred are listed and the rest is a number."""
    many = [File(f"f{i:05}", f"sha256:{i}", 1) for i in range(5_000)]
    found = compare.compare([Compared("a:1", "x"), Compared("a:2", "y", many)]).files[0]
    assert (found.added, len(found.rows), found.left_out) == (5_000, 200, 4_800)
