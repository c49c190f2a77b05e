"""MLflow's own server keeps the runs, ours the registry: only MLFLOW_REGISTRY_URI was changed."""

from __future__ import annotations

from typing import Any

import mlflow
import mlflow.sklearn
import numpy as np
from mlflow.models import infer_signature
from scenarios.base import MAJOR, Scene
from sklearn.linear_model import LinearRegression

INPUTS = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.5]])


def registers_what_was_logged_elsewhere(scene: Scene) -> None:
    """A version is READY once its bytes were copied in; it loads without the tracking server."""
    name = scene.given["name"]
    model = LinearRegression().fit(INPUTS, INPUTS @ np.array([2.0, 1.0]))
    where: dict[str, Any] = {"name": "model"} if MAJOR >= 3 else {"artifact_path": "model"}
    where["pip_requirements"] = ["scikit-learn", "numpy"]
    with mlflow.start_run() as run:
        mlflow.log_params({"depth": 6})
        mlflow.log_metric("auc", 0.93)
        mlflow.set_tag("mlflow.source.git.commit", "a" * 40)
        signature = infer_signature(INPUTS, model.predict(INPUTS))
        info = mlflow.sklearn.log_model(model, **where, signature=signature, registered_model_name=name)
    sources = [f"runs:/{run.info.run_id}/model"] + ([f"models:/{info.model_id}"] if MAJOR >= 3 else [])
    for number, source in enumerate(sources, 2):
        made = mlflow.register_model(source, name)
        assert str(made.version) == str(number)  # it has waited, and returns what it was told at first
    for one in scene.client.search_model_versions(f"name = '{name}'"):
        assert one.status == "READY", (one.version, one.status_message)
    tracker = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri("http://127.0.0.1:9")  # where nobody answers
    try:
        for number in range(1, len(sources) + 2):
            got = mlflow.pyfunc.load_model(f"models:/{name}/{number}").predict(INPUTS)
            np.testing.assert_allclose(got, INPUTS @ np.array([2.0, 1.0]))
    finally:
        mlflow.set_tracking_uri(tracker)


def is_told_why_a_copy_failed(scene: Scene) -> None:
    """What the tracking server does not have cannot come, and the version says so."""
    client, name = scene.client, scene.given["name"]
    source = f"mlflow-artifacts:/0/{'0' * 32}/artifacts/model"
    made = client.create_model_version(name, source, await_creation_for=0)
    assert made.status in {"PENDING_REGISTRATION", "FAILED_REGISTRATION"}
    for _ in range(120):
        made = client.get_model_version(name, made.version)
        if made.status != "PENDING_REGISTRATION":
            break
        scene.pause(0.5)
    assert made.status == "FAILED_REGISTRATION"
    assert made.status_message
    client.delete_model_version(name, made.version)
