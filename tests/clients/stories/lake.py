"""Models lie in a bucket, where a pipeline put them; an administrator named the bucket as an import source."""

from __future__ import annotations

import mlflow
import mlflow.sklearn
import numpy as np
from mlflow.models import infer_signature
from scenarios.base import Scene, refused
from sklearn.linear_model import LinearRegression

INPUTS = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.5]])
EXPECTED = INPUTS @ np.array([2.0, 1.0])


def registers_what_lies_there(scene: Scene) -> None:
    """`register_model("s3://…")` waits until the bytes are here; the version loads and predicts."""
    client, name = scene.client, scene.given["name"]
    model = LinearRegression().fit(INPUTS, EXPECTED)
    signature = infer_signature(INPUTS, model.predict(INPUTS))
    mlflow.sklearn.save_model(
        model, scene.given["folder"], signature=signature, pip_requirements=["scikit-learn", "numpy"]
    )
    made = mlflow.register_model(scene.given["source"], name, tags={"from": "lake"})
    assert (str(made.version), made.source) == ("1", scene.given["source"])
    got = client.get_model_version(name, "1")
    assert (got.status, got.tags) == ("READY", {"from": "lake"}), got.status_message
    assert client.get_model_version_download_uri(name, "1").startswith("http")
    loads_from_here(scene)


def loads_from_here(scene: Scene) -> None:
    """The bucket is not asked."""
    predicted = mlflow.pyfunc.load_model(f"models:/{scene.given['name']}/1").predict(INPUTS)
    np.testing.assert_allclose(predicted, EXPECTED)


def is_told_what_did_not_come(scene: Scene) -> None:
    """Nothing lies there; what lies beside the prefix that was named is external."""
    client, name = scene.client, scene.given["name"]
    with refused("INTERNAL_ERROR", "Model version creation failed"):
        mlflow.register_model(f"{scene.given['source']}-none", name)
    failed = client.get_model_version(name, "2")
    assert failed.status == "FAILED_REGISTRATION"
    assert failed.status_message
    beside = scene.given["source"].replace("/models/", "/other/")
    made = mlflow.register_model(beside, name)
    assert (str(made.version), made.status) == ("3", "READY")
    assert client.get_model_version_download_uri(name, "3") == beside
