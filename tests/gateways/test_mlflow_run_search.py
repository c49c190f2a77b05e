"""What does a client find among experiments, runs and logged models, and in which order? On both databases."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.tracker import INVALID, NOW, Tracker, told, tracking


@pytest.fixture
def tracker(database_url: str, tmp_path: Path) -> Iterator[Tracker]:
    """The owner of an empty registry."""
    with tracking(database_url, tmp_path) as made:
        yield made


def test_runs_are_found_by_everything_that_they_logged(tracker: Tracker) -> None:
    """Each comparator, each kind; a clause about what a run lacks does not hold, also with ``!=``."""
    for i, name in enumerate(("a", "b", "c")):
        run = tracker.run(name, start_time=NOW + i)
        if name != "c":
            tracker.did("runs/log-batch", run_id=run, params=[{"key": "depth", "value": str(i)}],
                        metrics=[{"key": "val auc", "timestamp": 1, "value": 0.5 + i / 10}],
                        tags=[{"key": "team", "value": "Risk"}])  # fmt: skip
        data = {"name": f"set-{name}", "digest": "d", "source_type": "local", "source": "{}"}
        context = [{"key": "mlflow.data.context", "value": "eval" if name == "a" else "training"}]
        tracker.did("runs/log-inputs", run_id=run, datasets=[{"dataset": data, "tags": context}])
    for wanted, text in {
        "cba": "",
        "b": "metrics.`val auc` > 0.55",
        "a": "metrics.`val auc` <= 0.5 AND params.depth = '0'",
        "ba": "tags.team LIKE 'R%'",
        "": "tags.team LIKE 'r%'",
        "ab"[::-1]: "tags.team ILIKE 'r%'",
        "a ": "params.depth != '1'",
        "c": "params.depth IS NULL",
        "b a": "params.depth IS NOT NULL",
        "cb": f"attributes.start_time >= {NOW + 1}",
        "b ": f"start_time = {NOW + 1}",
        "c ": "run_name = 'c'",
        "cba ": "status = 'RUNNING'",
        "a  ": "dataset.name = 'set-a'",
        " cb": "datasets.context = 'training'",
    }.items():
        assert tracker.found(filter=text) == list(wanted.replace(" ", "")), text
    for text in ("metrics.x > 'a'", "nothing", "params.depth > 1", "tags.a = 1", "attributes.nothing = '1'", "a = "):
        assert told(tracker.post("runs/search", experiment_ids=["0"], filter=text)) == INVALID, text


def test_runs_are_sorted_and_paged_by_what_they_logged(tracker: Tracker) -> None:
    """Rows without the value come last, NaN before them; pages of every size give each run once, in order."""
    values: list[float | str | None] = [3, "NaN", None, 1, "Infinity", 2, None, 1]
    for i, value in enumerate(values):
        run = tracker.run(str(i), start_time=NOW + i % 3)
        if value is not None:
            tracker.did("runs/log-metric", run_id=run, key="m", timestamp=1, value=value)
            tracker.did("runs/set-tag", run_id=run, key="t", value=str(value))
        if i % 2:
            tracker.did("runs/update", run_id=run, end_time=NOW + 10 + i, status="FINISHED")
    for order, wanted in {"ASC": [1, 1, 2, 3, "Infinity"], "DESC": ["Infinity", 3, 2, 1, 1]}.items():
        names = tracker.found(order_by=[f"metrics.m {order}"])
        assert [values[int(name)] for name in names] == [*wanted, "NaN", None, None]
    orders: list[list[str]] = [
        [], ["metrics.m"], ["metrics.m DESC"], ["tags.t"], ["tags.t DESC", "start_time"], ["end_time"],
        ["attributes.end_time DESC"], ["run_name DESC"], ["params.none"],
    ]  # fmt: skip
    for order_by, limit in itertools.product(orders, (1, 3, 7)):
        whole = tracker.found(order_by=order_by)
        assert sorted(whole) == [str(i) for i in range(len(values))]
        assert tracker.found(order_by=order_by, max_results=limit) == whole, (order_by, limit)
    token = tracker.did("runs/search", experiment_ids=["0"], max_results=1)["next_page_token"]
    other = {"experiment_ids": ["0"], "filter": "tags.t = '1'", "page_token": token}
    assert told(tracker.post("runs/search", **other)) == INVALID
    for bad in ("x", "e30", "=" * 5_000):
        assert told(tracker.post("runs/search", experiment_ids=["0"], page_token=bad)) == INVALID
    for limit in (0, -1, 50_001, 2**70):
        assert told(tracker.post("runs/search", experiment_ids=["0"], max_results=limit)) == INVALID


def test_deleted_runs_are_found_where_they_are_asked_for(tracker: Tracker) -> None:
    """Views are named or numbered."""
    kept, gone = tracker.run("kept"), tracker.run("gone")
    tracker.did("runs/delete", run_id=gone)
    assert kept != gone
    assert tracker.found() == ["kept"]
    assert tracker.found(run_view_type="DELETED_ONLY") == tracker.found(run_view_type=2) == ["gone"]
    assert sorted(tracker.found(run_view_type="ALL")) == ["gone", "kept"]
    assert told(tracker.post("runs/search", experiment_ids=["0"], run_view_type="SOME")) == INVALID


def test_logged_models_are_found_and_sorted(tracker: Tracker) -> None:
    """By name, status and what was measured on a data set."""
    run = tracker.run()
    ids = {}
    for i, name in enumerate(("low", "high", "none")):
        ids[name] = tracker.did("logged-models", experiment_id="0", name=name)["model"]["info"]["model_id"]
        for dataset in ("test", "train") if name != "none" else ():
            value = i / 10 if dataset == "test" else 1 - i / 10
            tracker.did("runs/log-metric", run_id=run, key="auc", timestamp=NOW, value=value, model_id=ids[name],
                        dataset_name=dataset, dataset_digest="d")  # fmt: skip

    def found(**fields: Any) -> list[str]:
        names: list[str] = []
        while True:
            got = tracker.did("logged-models/search", experiment_ids=["0"], **fields)
            names += [one["info"]["name"] for one in got.get("models", [])]
            if not got.get("next_page_token"):
                return names
            fields["page_token"] = got["next_page_token"]

    assert found(filter="name = 'high'") == ["high"]
    assert found(filter="status = 'READY'") == []
    assert found(order_by=[{"field_name": "name", "ascending": True}], max_results=1) == ["high", "low", "none"]
    for dataset, wanted in {"test": ["low", "high", "none"], "train": ["high", "low", "none"]}.items():
        by = {"field_name": "metrics.auc", "ascending": True, "dataset_name": dataset}
        assert found(order_by=[by], max_results=2) == wanted
    assert sorted(found(datasets=[{"dataset_name": "test"}])) == ["high", "low"]
    assert found(datasets=[{"dataset_name": "test", "dataset_digest": "other"}]) == []
    assert found(filter="metrics.auc > 0.85", datasets=[{"dataset_name": "train"}]) == ["high", "low"]
    refused: list[dict[str, Any]] = [
        {"order_by": [{"field_name": "nothing"}]}, {"datasets": [{}]}, {"filter": "x = 1"},
    ]  # fmt: skip
    for bad in refused:
        assert told(tracker.post("logged-models/search", experiment_ids=["0"], **bad)) == INVALID
    assert told(tracker.post("logged-models/search")) == INVALID


def test_experiments_are_found_and_paged(tracker: Tracker) -> None:
    """By name, tag and id, asked either way; the newest come first."""
    for i in range(4):
        tracker.did("experiments/create", name=f"e{i}", tags=[{"key": "n", "value": str(i)}])
    names = [one["name"] for one in tracker.did("experiments/search")["experiments"]]
    assert names == ["e3", "e2", "e1", "e0", "Default"]
    got = tracker.ask("experiments/search", "filter=name+LIKE+%27e%25%27&order_by=name&max_results=3").json
    assert [one["name"] for one in got["experiments"]] == ["e0", "e1", "e2"]
    query = f"filter=name+LIKE+%27e%25%27&order_by=name&max_results=3&page_token={got['next_page_token']}"
    assert [one["name"] for one in tracker.ask("experiments/search", query).json["experiments"]] == ["e3"]
    for text, wanted in {"tags.n = '2'": ["e2"], "experiment_id IN ('1', '2', 'x')": ["e1", "e0"]}.items():
        assert [one["name"] for one in tracker.did("experiments/search", filter=text)["experiments"]] == wanted
