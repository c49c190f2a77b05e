"""Does the tracking surface answer as MLflow's own server does? Asked as its clients ask, on both databases."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.tracker import API, INVALID, MISSING, NOW, Tracker, told, tracking


@pytest.fixture
def tracker(database_url: str, tmp_path: Path) -> Iterator[Tracker]:
    """The owner of an empty registry."""
    with tracking(database_url, tmp_path) as made:
        yield made


def test_the_default_experiment_is_there_from_the_start(tracker: Tracker) -> None:
    """Number 0 is called Default, in a new namespace too; numbers go on from there in each of them."""
    assert tracker.ask("experiments/get", "experiment_id=0").json["experiment"]["name"] == "Default"
    assert tracker.did("experiments/create", name="eu")["experiment_id"] == "1"
    made = tracker.visitor.ask("POST", "/api/v1/namespaces", {"name": "risk"})
    assert made.status == 201
    risk = Tracker(tracker.visitor, tracker.desk, "/mlflow/risk")
    assert [one["name"] for one in risk.did("experiments/search")["experiments"]] == ["Default"]
    assert risk.did("experiments/create", name="eu")["experiment_id"] == "1"


def test_an_experiment_lives_as_in_mlflow(tracker: Tracker) -> None:
    """It is created once, found by name, renamed, tagged, deleted with its runs and brought back."""
    number = tracker.did("experiments/create", name="fraud", tags=[{"key": "team", "value": "risk"}])["experiment_id"]
    assert told(tracker.post("experiments/create", name="fraud")) == (400, "RESOURCE_ALREADY_EXISTS")
    shown = tracker.ask("experiments/get-by-name", "experiment_name=fraud").json["experiment"]
    assert (shown["experiment_id"], shown["lifecycle_stage"]) == (number, "active")
    assert shown["tags"] == [{"key": "team", "value": "risk"}]
    assert shown["artifact_location"] == f"mlflow-artifacts:/{number}"
    run = tracker.run(experiment=number)
    tracker.did("experiments/update", experiment_id=number, new_name="fraud eu")
    tracker.did("experiments/set-experiment-tag", experiment_id=number, key="team", value="other")
    tracker.did("experiments/delete-experiment-tag", experiment_id=number, key="team")
    assert told(tracker.post("experiments/delete-experiment-tag", experiment_id=number, key="team")) == MISSING
    tracker.did("experiments/delete", experiment_id=number)
    assert told(tracker.post("experiments/delete", experiment_id=number)) == MISSING
    assert tracker.shown(run)["info"]["lifecycle_stage"] == "deleted"
    assert told(tracker.post("runs/create", experiment_id=number)) == INVALID
    assert told(tracker.post("experiments/create", name="fraud eu")) == (400, "RESOURCE_ALREADY_EXISTS")
    tracker.did("experiments/restore", experiment_id=number)
    assert tracker.shown(run)["info"]["lifecycle_stage"] == "active"


def test_what_is_not_there_is_told_as_such(tracker: Tracker) -> None:
    """Experiments, runs and logged models, whatever their ids look like."""
    for wanted in ("7", "x", "0" * 30, "-1", "a/b"):
        assert told(tracker.ask("experiments/get", f"experiment_id={wanted}")) == MISSING
        assert told(tracker.ask("runs/get", f"run_id={wanted}")) == MISSING
        assert told(tracker.post("runs/create", experiment_id=wanted)) == MISSING
    assert told(tracker.ask("experiments/get-by-name", "experiment_name=none")) == MISSING
    assert told(tracker.ask("logged-models/m-" + "0" * 32)) == MISSING
    assert told(tracker.ask("runs/get")) == INVALID


def test_a_run_begins_goes_and_ends(tracker: Tracker) -> None:
    """It is named where nobody names it, belongs to the caller, and shows where its artifacts go."""
    info = tracker.did("runs/create", experiment_id="0")["run"]["info"]
    assert info["run_name"]
    assert info["user_id"] == "owner"
    assert info["artifact_uri"] == f"mlflow-artifacts:/0/{info['run_id']}/artifacts"
    run = tracker.run("first", user_id="ada", tags=[{"key": "a", "value": "1"}])
    shown = tracker.shown(run)
    assert (shown["info"]["status"], shown["info"]["user_id"], shown["info"]["start_time"]) == ("RUNNING", "ada", NOW)
    assert {"key": "mlflow.runName", "value": "first"} in shown["data"]["tags"]
    ended = tracker.did("runs/update", run_id=run, status="FINISHED", end_time=NOW + 5, run_name="done")
    assert (ended["run_info"]["status"], ended["run_info"]["end_time"]) == ("FINISHED", NOW + 5)
    tracker.did("runs/set-tag", run_id=run, key="mlflow.runName", value="again")
    assert tracker.shown(run)["info"]["run_name"] == "again"
    tracker.did("runs/delete-tag", run_id=run, key="a")
    assert told(tracker.post("runs/delete-tag", run_id=run, key="a")) == MISSING
    tracker.did("runs/delete", run_id=run)
    assert told(tracker.post("runs/log-parameter", run_id=run, key="p", value="1")) == INVALID
    tracker.did("runs/restore", run_id=run)
    tracker.did("runs/log-parameter", run_id=run, key="p", value="1")
    clash = tracker.post("runs/create", experiment_id="0", run_name="a", tags=[{"key": "mlflow.runName", "value": "b"}])
    assert told(clash) == INVALID


def test_a_parameter_never_changes(tracker: Tracker) -> None:
    """The same value again is no news, another one refuses the whole batch."""
    run = tracker.run()
    tracker.did("runs/log-parameter", run_id=run, key="depth", value="6")
    tracker.did("runs/log-parameter", run_id=run, key="depth", value="6")
    got = tracker.post(
        "runs/log-batch", run_id=run, params=[{"key": "new", "value": "1"}, {"key": "depth", "value": "7"}]
    )
    assert told(got) == INVALID
    assert "Changing param values is not allowed" in got.json["message"]
    assert tracker.shown(run)["data"]["params"] == [{"key": "depth", "value": "6"}]
    twice = [{"key": "x", "value": "1"}, {"key": "x", "value": "1"}]
    assert told(tracker.post("runs/log-batch", run_id=run, params=twice)) == INVALID


def test_metrics_keep_their_history_and_the_last_value(tracker: Tracker) -> None:
    """The last is that of the greatest step, then moment, then value; what is no number has a name in JSON."""
    run = tracker.run()
    values = [(1, 0, 0.5), (3, 2, "NaN"), (2, 2, "Infinity"), (1, 1, "-Infinity"), (2, 0, 3)]
    given = [{"key": "m", "timestamp": at, "step": step, "value": value} for at, step, value in values]
    tracker.did("runs/log-batch", run_id=run, metrics=given)
    tracker.did("runs/log-batch", run_id=run, metrics=given[:2])
    tracker.did("runs/log-metric", run_id=run, key="loss", timestamp=NOW, value=0.25)
    shown = {one["key"]: one for one in tracker.shown(run)["data"]["metrics"]}
    assert shown["m"] == {"key": "m", "value": "NaN", "timestamp": 3, "step": 2}
    assert shown["loss"] == {"key": "loss", "value": 0.25, "timestamp": NOW, "step": 0}
    history = tracker.ask("metrics/get-history", f"run_id={run}&metric_key=m").json["metrics"]
    assert [(one["timestamp"], one["step"], one["value"]) for one in history] == sorted(
        values, key=lambda one: (one[0], one[1])
    )
    pages, token = [], ""
    while True:
        got = tracker.ask("metrics/get-history", f"run_id={run}&metric_key=m&max_results=2{token}").json
        pages.append(len(got["metrics"]))
        if "next_page_token" not in got:
            break
        token = f"&page_token={got['next_page_token']}"
    assert pages == [2, 2, 1]
    tracker.did("runs/log-metric", run_id=run, key="m", timestamp=9, step=1, value=8)
    assert {one["key"]: one["value"] for one in tracker.shown(run)["data"]["metrics"]}["m"] == "NaN"


@pytest.mark.parametrize("fields", [
    {"metrics": [{"key": f"m{i}", "value": 1, "timestamp": 1} for i in range(1_001)]},
    {"params": [{"key": f"p{i}", "value": "1"} for i in range(101)]},
    {"tags": [{"key": f"t{i}", "value": "1"} for i in range(101)]},
    {"metrics": [{"key": "m", "value": "x", "timestamp": 1}]},
    {"metrics": [{"key": "m", "value": True, "timestamp": 1}]},
    {"metrics": [{"key": "m", "value": 1, "timestamp": -1}]},
    {"metrics": [{"key": "m", "value": 1, "timestamp": 1, "step": 2**63}]},
    {"metrics": [{"key": "m", "value": 1}]},
    {"metrics": [{"key": "../m", "value": 1, "timestamp": 1}]},
    {"params": [{"key": "p\0", "value": "1"}]},
    {"params": [{"key": "p", "value": "\0"}]},
    {"tags": [{"key": "k" * 251, "value": "1"}]},
    {"tags": [{"key": "", "value": "1"}]},
    {"tags": [{"value": "1"}]},
])  # fmt: skip
def test_what_does_not_fit_is_refused_whole(tracker: Tracker, fields: dict[str, Any]) -> None:
    """Nothing of the batch is logged."""
    run = tracker.run()
    before = tracker.shown(run)
    assert told(tracker.post("runs/log-batch", run_id=run, **fields)) == INVALID
    assert tracker.shown(run) == before


def test_long_parameters_and_tags_are_cut_off(tracker: Tracker) -> None:
    """As MLflow's own server cuts them: at 6,000 and 8,000 characters."""
    run = tracker.run()
    tracker.did("runs/log-batch", run_id=run, params=[{"key": "p", "value": "x" * 9_000}],
                tags=[{"key": "t", "value": "x" * 9_000}])  # fmt: skip
    data = tracker.shown(run)["data"]
    assert len(data["params"][0]["value"]) == 6_000
    assert max(len(one["value"]) for one in data["tags"]) == 8_000


def test_inputs_and_outputs_are_shown_with_the_run(tracker: Tracker) -> None:
    """Data sets with the tags that say what they were for, logged models with their steps; twice is once."""
    run = tracker.run()
    model = tracker.did("logged-models", experiment_id="0", name="m", source_run_id=run)["model"]["info"]["model_id"]
    data = {"name": "train", "digest": "abc", "source_type": "local", "source": "{}", "schema": "{}"}
    given = [{"dataset": data, "tags": [{"key": "mlflow.data.context", "value": "training"}]}]
    for _ in range(2):
        tracker.did("runs/log-inputs", run_id=run, datasets=given, models=[{"model_id": model}])
        tracker.did("runs/outputs", run_id=run, models=[{"model_id": model, "step": 3}])
    shown = tracker.shown(run)
    assert shown["inputs"] == {"dataset_inputs": [{"dataset": data, "tags": given[0]["tags"]}],
                               "model_inputs": [{"model_id": model}]}  # fmt: skip
    assert shown["outputs"] == {"model_outputs": [{"model_id": model, "step": 3}]}
    unknown = [{"model_id": "m-" + "0" * 32, "step": 0}]
    assert told(tracker.post("runs/outputs", run_id=run, models=unknown)) == MISSING
    assert told(tracker.post("runs/log-inputs", run_id=run, models=unknown)) == MISSING


def test_a_logged_model_lives_as_in_mlflow(tracker: Tracker) -> None:
    """It waits for its files, is finalised, tagged, measured, searched and deleted."""
    run = tracker.run()
    made = tracker.did("logged-models", experiment_id="0", name="clf", source_run_id=run, model_type="agent",
                       params=[{"key": "a", "value": "1"}], tags=[{"key": "t", "value": "x"}])["model"]  # fmt: skip
    model = made["info"]["model_id"]
    assert made["info"]["status"] == "LOGGED_MODEL_PENDING"
    assert made["info"]["artifact_uri"] == f"mlflow-artifacts:/0/models/{model}/artifacts"
    for status in ("LOGGED_MODEL_READY", 2):
        done = tracker.visitor.ask("PATCH", API + f"logged-models/{model}", {"model_id": model, "status": status})
        assert done.json["model"]["info"]["status"] == "LOGGED_MODEL_READY"
    tags = {"tags": [{"key": "a/b c", "value": "y"}]}
    assert tracker.visitor.ask("PATCH", API + f"logged-models/{model}/tags", tags).status == 200
    tracker.did(f"logged-models/{model}/params", params=[{"key": "b", "value": "2"}])
    assert tracker.visitor.ask("DELETE", API + f"logged-models/{model}/tags/t").status == 200
    assert told(tracker.visitor.ask("DELETE", API + f"logged-models/{model}/tags/t")) == MISSING
    measured = {"key": "auc", "timestamp": NOW, "model_id": model, "dataset_name": "test", "dataset_digest": "d1"}
    tracker.did("runs/log-metric", run_id=run, value=0.8, **measured)
    tracker.did("runs/log-metric", run_id=run, value=0.9, **(measured | {"step": 1}))
    shown = tracker.ask(f"logged-models/{model}").json["model"]
    assert shown["info"]["tags"] == [{"key": "a/b c", "value": "y"}]
    assert shown["data"]["params"] == [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}]
    assert shown["data"]["metrics"] == [
        {"key": "auc", "value": 0.9, "timestamp": NOW, "step": 1, "dataset_name": "test", "dataset_digest": "d1",
         "model_id": model, "run_id": run}
    ]  # fmt: skip
    assert tracker.visitor.ask("DELETE", API + f"logged-models/{model}/tags/a/b%20c".replace("%20", " ")).status == 200
    assert tracker.visitor.ask("DELETE", API + f"logged-models/{model}").status == 200
    assert told(tracker.ask(f"logged-models/{model}")) == MISSING


def test_an_old_client_notes_its_models_in_a_tag(tracker: Tracker) -> None:
    """One after the other, without what only the file needs."""
    run = tracker.run()
    flavors = {"sklearn": {"config": 1, "code": None}}
    model = json.dumps({"artifact_path": "m", "flavors": flavors, "utc_time_created": "t", "run_id": "r"})
    tracker.did("runs/log-model", run_id=run, model_json=model)
    tracker.did("runs/log-model", run_id=run, model_json=model)
    tags = {one["key"]: one["value"] for one in tracker.shown(run)["data"]["tags"]}
    assert tags["mlflow.log-model.history"].count('"artifact_path": "m"') == 2
    assert "config" not in tags["mlflow.log-model.history"]
    for bad in ("{", "[]", "{}", "null"):
        assert told(tracker.post("runs/log-model", run_id=run, model_json=bad)) == INVALID


def test_nobody_sees_runs_of_a_namespace_that_they_may_not_read(tracker: Tracker) -> None:
    """Who may register one model sees their own runs, who reads one model none; another namespace's are not there."""
    assert tracker.visitor.ask("POST", "/api/v1/namespaces", {"name": "risk"}).status == 201
    boss = Tracker(tracker.visitor, tracker.desk, "/mlflow/risk")
    theirs = boss.run("theirs")
    logged = boss.did("logged-models", experiment_id="0", name="m")["model"]["info"]["model_id"]
    eve = tracker.other("eve", ("contributor", "risk/fr*"))
    own = eve.run("own")
    assert eve.found() == ["own"]
    assert sorted(boss.found()) == ["own", "theirs"]
    assert eve.shown(own)["info"]["user_id"] == "eve"
    for got in (
        eve.ask("runs/get", f"run_id={theirs}"),
        eve.post("runs/log-parameter", run_id=theirs, key="a", value="b"),
        eve.post("runs/delete", run_id=theirs),
        eve.ask("metrics/get-history", f"run_id={theirs}&metric_key=m"),
        eve.ask(f"logged-models/{logged}"),
        eve.post("runs/outputs", run_id=own, models=[{"model_id": logged}]),
    ):
        assert told(got) == MISSING
    assert told(eve.post("experiments/update", experiment_id="0", new_name="mine")) == (403, "PERMISSION_DENIED")
    assert eve.did("logged-models/search", experiment_ids=["0"]).get("models", []) == []
    bob = tracker.other("bob", ("reader", "risk/fr*"))
    assert told(bob.post("runs/search", experiment_ids=["0"])) == (403, "PERMISSION_DENIED")
    assert told(bob.post("runs/create", experiment_id="0")) == (403, "PERMISSION_DENIED")
    ann = tracker.other("ann", ("reader", "risk"))
    assert sorted(ann.found()) == ["own", "theirs"]
    assert told(ann.post("runs/delete", run_id=own)) == (403, "PERMISSION_DENIED")
    assert told(Tracker(ann.visitor, tracker.desk).ask("runs/get", f"run_id={own}")) in {
        MISSING,
        (403, "PERMISSION_DENIED"),
    }
    assert told(tracker.ask("runs/get", f"run_id={own}")) == MISSING


def test_nothing_of_it_is_in_the_ledger(tracker: Tracker) -> None:
    """Runs are context: what is logged many times a second is no event that an auditor has to read."""
    before = tracker.visitor.ask("GET", "/api/v1/ledger").json
    run = tracker.run()
    tracker.did("runs/log-metric", run_id=run, key="m", timestamp=1, value=math.pi)
    tracker.did("runs/delete", run_id=run)
    assert tracker.visitor.ask("GET", "/api/v1/ledger").json == before


def test_files_are_listed_by_the_id_of_a_run_or_a_logged_model(tracker: Tracker) -> None:
    """With paths below it, one folder at a time; hostile paths are refused."""
    run = tracker.run()
    model = tracker.did("logged-models", experiment_id="0")["model"]["info"]["model_id"]
    place = f"/api/2.0/mlflow-artifacts/artifacts/0/{run}/artifacts/plots/roc.txt"
    assert tracker.visitor.ask("PUT", place, content=b"x").status == 200
    got = tracker.ask("artifacts/list", f"run_id={run}").json
    assert got == {
        "root_uri": f"mlflow-artifacts:/0/{run}/artifacts",
        "files": [{"path": "plots", "is_dir": True}],
    }
    inside = tracker.ask("artifacts/list", f"run_id={run}&path=plots").json["files"]
    assert inside == [{"path": "plots/roc.txt", "is_dir": False, "file_size": 1}]
    place = f"/api/2.0/mlflow-artifacts/artifacts/0/models/{model}/artifacts/MLmodel"
    assert tracker.visitor.ask("PUT", place, content=b"xy").status == 200
    got = tracker.ask(f"logged-models/{model}/artifacts/directories").json
    assert got["files"] == [{"path": "MLmodel", "is_dir": False, "file_size": 2}]
    for path in ("../x", "%252e%252e/x", "a%5Cb"):
        assert told(tracker.ask("artifacts/list", f"run_id={run}&path={path}")) == INVALID
    assert told(tracker.ask("artifacts/list", f"run_id={'0' * 32}")) == MISSING
