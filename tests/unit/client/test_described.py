"""What may a caller say about a version, and what is refused before anything is sent?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from holotype import Client, Data, Metric, Parent, Run, errors
from holotype.client import described
from holotype.domain.provenance import Provenance

NOTHING: dict[str, Any] = dict.fromkeys(("params", "metrics", "run", "schema", "code", "environment")) | {
    "data": (),
    "parents": (),
}


def say(**what: object) -> Provenance:
    """Return the provenance of some words."""
    return described.provenance(**(NOTHING | what))


def test_scalars_of_numpy_are_plain_numbers() -> None:
    """Training scripts hold them everywhere."""
    found = say(params={"depth": np.int64(6), "rate": np.float32(0.5), "early": np.bool_(True)}).parameters
    assert found == {"depth": 6, "rate": 0.5, "early": True}
    assert {type(value) for value in found.values()} == {int, float, bool}
    assert say(metrics={"auc": np.float64(0.93)}).metrics == [Metric("auc", 0.93)]


def test_parameters_that_are_no_scalars_become_json() -> None:
    """``get_params()`` of a real estimator holds None and lists."""
    assert say(params={"layers": [64, 32], "seed": None, "grid": {"b": 1, "a": 2}}).parameters == {
        "layers": "[64, 32]", "seed": "null", "grid": '{"a": 2, "b": 1}'
    }  # fmt: skip
    with pytest.raises(errors.Invalid, match="object"):
        say(params={"estimator": object()})


def test_metrics_come_as_numbers_as_values_and_as_dicts() -> None:
    """A data set, a slice and a direction may go with each."""
    full = Metric("auc", 0.9, "holdout", "eu", "higher")
    assert say(metrics=[full]).metrics == [full]
    assert say(metrics={"auc": {"value": 0.9, "dataset": "holdout", "slice": "eu", "direction": "higher"}}).metrics == [
        full
    ]
    assert say(metrics={"auc": Metric("x", 0.9, "holdout", "eu", "higher")}).metrics == [full]


@pytest.mark.parametrize(
    "metrics",
    [
        {"auc": float("nan")}, {"auc": float("inf")}, {"auc": np.float32("nan")}, {"auc": "good"}, {"auc": True},
        {"auc": None}, {"auc": {"val": 1}}, {"auc": {}}, {"": 1.0}, [0.9], [("auc", 0.9)], {"auc": 2**60},
        [Metric("auc", 1.0), Metric("auc", 2.0)], {"auc": {"value": 1, "direction": "up"}},
    ],
)  # fmt: skip
def test_metrics_that_are_not_finite_numbers_are_refused(metrics: Any) -> None:
    """A metric is compared and searched, so it must be a number."""
    with pytest.raises(errors.Invalid):
        say(metrics=metrics)


def test_strings_stand_for_data_runs_and_parents() -> None:
    """The short form for what has no more to it."""
    found = say(data=["s3://b/train", Data("s3://b/test", role="test")], run="run-1", parents=["risk/fraud:6"])
    assert found.data == [Data("s3://b/train"), Data("s3://b/test", role="test")]
    assert (found.run, found.parents) == (Run("run-1"), [Parent("risk/fraud:6")])


def test_one_string_where_a_list_belongs_is_refused() -> None:
    """Else each letter would be a data set."""
    with pytest.raises(errors.Invalid, match=r"data=\['s3://b'\]"):
        say(data="s3://b")
    with pytest.raises(errors.Invalid, match="aliases"):
        described.words("", "", None, "champion")


def test_everything_wrong_is_refused_before_the_registry_is_asked() -> None:
    """No server listens here, and none is missed."""
    client = Client("http://127.0.0.1:9")
    for wrong in (
        {"metrics": {"auc": float("nan")}}, {"params": {"x": float("inf")}}, {"tags": {"": "x"}}, {"aliases": ["7"]},
        {"aliases": ["latest"]}, {"parents": [Parent("x", "cousin")]}, {"data": [Data("x", "md5:1")]},
    ):  # fmt: skip
        with pytest.raises(errors.Invalid):
            client.push(__file__, "risk/fraud", **wrong)  # type: ignore[arg-type]
    with pytest.raises(errors.Invalid):
        client.push(__file__, "Risk/Fraud")
    with pytest.raises(errors.InvalidReference):
        client.push(__file__, "risk/fraud:7")
