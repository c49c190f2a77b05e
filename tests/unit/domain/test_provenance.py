"""Is provenance checked before it is kept?"""

from __future__ import annotations

import math
from dataclasses import asdict

import pytest

from holotype.domain import provenance
from holotype.domain.provenance import Code, Column, Data, Environment, Metric, Parent, Provenance, Schema
from holotype.errors import HolotypeError, Invalid, TooLarge


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 2**60])
def test_numbers_that_json_cannot_carry_are_refused(value: float) -> None:
    """Neither a metric nor a parameter may be non-finite or lose digits."""
    with pytest.raises(Invalid):
        provenance.check(Provenance(metrics=[Metric("auc", value)]))
    with pytest.raises(Invalid):
        provenance.check(Provenance(parameters={"depth": value}))


@pytest.mark.parametrize(
    "wrong",
    [
        Provenance(metrics=[Metric("auc", 1.0), Metric("auc", 2.0)]),
        Provenance(metrics=[Metric("auc", 1.0, direction="up")]),
        Provenance(metrics=[Metric("", 1.0)]),
        Provenance(parents=[Parent("fraud:1", relation="cousin")]),
        Provenance(parents=[Parent("fraud:1", digest="sha256:1")]),
        Provenance(data=[Data("s3://x", digest="md5:1")]),
        Provenance(data=[Data("x" * 2_001)]),
        Provenance(data=[Data("")]),
        Provenance(data=[Data("s3://x", role="a\0b")]),
        Provenance(parents=[Parent("\u6a21" * 700)]),
        Provenance(parameters={"a\nb": 1}),
        Provenance(metrics=[Metric("auc", 1.0), Metric("auc", 2.0, dataset="", slice="")]),
        Provenance(metrics=[Metric("auc", 1.0, dataset="\u6a21" * 251)]),
        Provenance(metrics=[Metric("auc", 1.0, slice="a\0b")]),
        Provenance(code=Code("abc\0", dirty=False)),
        Provenance(environment=Environment("3.12", {"torch": "x" * 5_001})),
    ],
)
def test_each_wrong_field_is_refused(wrong: Provenance) -> None:
    """With an error that names it."""
    with pytest.raises(HolotypeError):
        provenance.check(wrong)


def test_the_same_metric_on_two_slices_is_two_metrics() -> None:
    """Data set and slice belong to what a metric is."""
    two = Provenance(metrics=[Metric("auc", 1.0, "holdout", "adults"), Metric("auc", 0.9, "holdout", "minors")])
    assert provenance.check(two) is two


def test_what_was_not_given_is_not_kept() -> None:
    """Empty fields leave no trace, so that adding a field later changes no digest; a scalar's empty shape stays."""
    kept = provenance.given(asdict(Provenance(schema=Schema(inputs=[Column("x", "float", [])]))))
    assert kept == {"schema": {"inputs": [{"name": "x", "type": "float", "shape": []}], "outputs": []}}


@pytest.mark.parametrize("address", ["s3://x\nFAKE", "s3://x\x1b[2J", "", "a" * 2_001])
def test_an_address_is_one_printable_line(address: str) -> None:
    """Addresses name nodes of the lineage, which are shown a line each."""
    for origin in (Provenance(data=[Data(address)]), Provenance(parents=[Parent(address)])):
        with pytest.raises(Invalid):
            provenance.check(origin)


@pytest.mark.parametrize(
    "origin",
    [
        Provenance(parameters={f"p{i}": i for i in range(10_001)}),
        Provenance(metrics=[Metric(f"m{i}", 1.0) for i in range(10_001)]),
        Provenance(data=[Data("s3://x")] * 10_001),
        Provenance(parents=[Parent("a:1")] * 1_001),
    ],
    ids=["parameters", "metrics", "data", "parents"],
)
def test_what_becomes_rows_is_limited(origin: Provenance) -> None:
    """One registration cannot keep the one writer busy for seconds."""
    with pytest.raises(TooLarge):
        provenance.check(origin)
