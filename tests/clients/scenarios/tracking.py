"""The tracking surface: what a training script asks of the tracking server before it registers something."""

from __future__ import annotations

import json
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
from scenarios.base import MAJOR, Scene, refused


def experiment_is_made_and_found(scene: Scene) -> None:
    """By name, by id and by search; `set_experiment` makes it."""
    made = mlflow.set_experiment(scene.name("trials"))
    try:
        assert mlflow.get_experiment_by_name(scene.name("trials")).experiment_id == made.experiment_id
        assert mlflow.get_experiment(made.experiment_id).name == scene.name("trials")
        found = mlflow.search_experiments(filter_string=f"name = '{scene.name('trials')}'")
        assert [one.experiment_id for one in found] == [made.experiment_id]
        with refused("RESOURCE_ALREADY_EXISTS"):
            mlflow.create_experiment(scene.name("trials"))
        assert mlflow.get_experiment_by_name(scene.name("none")) is None
    finally:
        mlflow.set_experiment("Default")


def run_keeps_what_was_logged(scene: Scene) -> None:
    """Parameters, metrics with their history, tags, status and times."""
    with mlflow.start_run(run_name=scene.name("run"), description="a try") as run:
        mlflow.log_params({"depth": 6, "kind": "tree"})
        for step in range(3):
            mlflow.log_metric("loss", 1.0 / (step + 1), step=step)
        mlflow.log_metrics({"auc": 0.9, "odd": float("nan"), "big": float("inf")})
        mlflow.set_tags({"team": "risk"})
        with refused("INVALID_PARAMETER_VALUE"):
            scene.client.log_param(run.info.run_id, "depth", "7")
    got = mlflow.get_run(run.info.run_id)
    assert got.data.params == {"depth": "6", "kind": "tree"}
    assert got.data.metrics["auc"] == 0.9
    assert got.data.metrics["loss"] == 1.0 / 3
    assert np.isnan(got.data.metrics["odd"])
    assert got.data.metrics["big"] > 1e308  # MLflow's own server keeps the largest number instead
    assert (got.data.tags["team"], got.data.tags["mlflow.note.content"]) == ("risk", "a try")
    assert (got.info.status, got.info.run_name) == ("FINISHED", scene.name("run"))
    assert got.info.end_time >= got.info.start_time
    history = scene.client.get_metric_history(run.info.run_id, "loss")
    assert [(one.step, one.value) for one in history] == [(0, 1.0), (1, 0.5), (2, 1.0 / 3)]


def failed_run_says_so(scene: Scene) -> None:
    """An exception in the block ends the run as FAILED."""
    try:
        with mlflow.start_run() as run:
            raise ValueError("no data")
    except ValueError:
        assert mlflow.get_run(run.info.run_id).info.status == "FAILED"


def artifacts_come_back(scene: Scene) -> None:
    """Files, folders, dictionaries and texts; listed and downloaded as they were."""
    folder = scene.folder / "logged"
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "deep" / "er" / "ümlaut & co.txt").write_text("grüß")
    (folder / "empty.bin").write_bytes(b"")
    with mlflow.start_run() as run:
        mlflow.log_artifacts(str(folder), "files")
        mlflow.log_dict({"a": [1, 2]}, "config.json")
        mlflow.log_text("hello", "notes/a.txt")
    run_id = run.info.run_id
    top = {one.path: (one.is_dir, one.file_size) for one in scene.client.list_artifacts(run_id)}
    assert top == {"config.json": (False, top["config.json"][1]), "files": (True, None), "notes": (True, None)}
    got = Path(mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path="", dst_path=str(scene.folder / "got")))
    assert (got / "files" / "deep" / "er" / "ümlaut & co.txt").read_text() == "grüß"
    assert (got / "files" / "empty.bin").read_bytes() == b""
    assert json.loads((got / "config.json").read_text()) == {"a": [1, 2]}
    assert mlflow.artifacts.load_text(f"runs:/{run_id}/notes/a.txt") == "hello"


def runs_are_found(scene: Scene) -> None:
    """By metric, parameter and tag, in an order."""
    mlflow.set_experiment(scene.name("search"))
    try:
        for depth in range(5):
            with mlflow.start_run():
                mlflow.log_param("depth", depth)
                mlflow.log_metric("auc", depth / 10)
                mlflow.set_tag("half", "low" if depth < 2 else "high")
        found = mlflow.search_runs(
            filter_string="metrics.auc > 0.1 and tags.half = 'high'", order_by=["metrics.auc DESC"]
        )
        assert list(found["params.depth"]) == ["4", "3", "2"]
        assert len(mlflow.search_runs(filter_string="params.depth = '0'")) == 1
    finally:
        mlflow.set_experiment("Default")


def data_sets_are_inputs(scene: Scene) -> None:
    """`log_input` names what the run was trained on."""
    frame = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]})
    data = mlflow.data.from_pandas(frame, source="s3://lake/cards.parquet", name="cards")
    with mlflow.start_run() as run:
        mlflow.log_input(data, context="training")
    got = mlflow.get_run(run.info.run_id).inputs.dataset_inputs
    assert [(one.dataset.name, one.dataset.digest) for one in got] == [("cards", data.digest)]
    assert [(tag.key, tag.value) for tag in got[0].tags] == [("mlflow.data.context", "training")]


def run_can_be_deleted_and_restored(scene: Scene) -> None:
    """A deleted run is hidden from searches, and comes back."""
    mlflow.set_experiment(scene.name("bin"))
    try:
        with mlflow.start_run() as run:
            mlflow.log_param("a", 1)
        scene.client.delete_run(run.info.run_id)
        assert len(mlflow.search_runs()) == 0
        scene.client.restore_run(run.info.run_id)
        assert len(mlflow.search_runs()) == 1
    finally:
        mlflow.set_experiment("Default")


def unknown_run_does_not_exist(scene: Scene) -> None:
    """By the code that clients look at."""
    with refused("RESOURCE_DOES_NOT_EXIST"):
        scene.client.get_run("0" * 32)
    if MAJOR >= 3:
        with refused("RESOURCE_DOES_NOT_EXIST"):
            scene.client.get_logged_model("m-" + "0" * 32)
