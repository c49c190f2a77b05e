"""Models that are logged, registered and loaded: what training and serving code does all day."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mlflow
import mlflow.sklearn
import numpy as np
from mlflow.models import infer_signature
from scenarios.base import MAJOR, Scene, refused, since
from sklearn.linear_model import LinearRegression

INPUTS = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.5]])
SAFE: dict[str, Any] = {"serialization_format": "cloudpickle"}


def _trained(slope: float) -> LinearRegression:
    """Return a model whose predictions tell which one it is."""
    return LinearRegression().fit(INPUTS, INPUTS @ np.array([slope, 1.0]))


def _expected(slope: float) -> Any:
    return INPUTS @ np.array([slope, 1.0])


def _logged(scene: Scene, slope: float, **more: Any) -> Any:
    """Log a model in a run of its own, as the client's release wants to be told.

    Only one scenario lets the client find out the requirements, which takes it seconds.
    """
    more.setdefault("pip_requirements", ["scikit-learn", "numpy"])
    model = _trained(slope)
    where: dict[str, Any] = {"name": "model"} if MAJOR >= 3 else {"artifact_path": "model"}
    with mlflow.start_run(run_name=scene.name("run")) as run:
        mlflow.log_params({"slope": slope, "kind": "linear"})
        mlflow.log_metric("rmse", 0.25 / slope)
        mlflow.set_tag("mlflow.source.git.commit", "a" * 40)
        info = mlflow.sklearn.log_model(
            model, **where, signature=infer_signature(INPUTS, model.predict(INPUTS)), **SAFE, **more
        )
    return run, info


def _check(uri: str, slope: float) -> None:
    predicted = mlflow.pyfunc.load_model(uri).predict(INPUTS)
    np.testing.assert_allclose(predicted, _expected(slope))


def log_model_registers_and_loads(scene: Scene) -> None:
    """`log_model(..., registered_model_name=…)` makes a version that is READY and predicts as it did."""
    name = scene.name("Linear Model")
    run, _ = _logged(scene, 2.0, registered_model_name=name, pip_requirements=None)
    version = scene.client.get_model_version(name, "1")
    assert (version.status, version.current_stage) == ("READY", "None")
    if MAJOR < 3:
        assert version.run_id == run.info.run_id
    _check(f"models:/{name}/1", 2.0)
    _check(f"models:/{name}/latest", 2.0)


def every_reference_finds_its_version(scene: Scene) -> None:
    """By number, alias, stage and latest, each the right one of three."""
    name, client = scene.name(), scene.client
    for slope in (1.0, 2.0, 3.0):
        _logged(scene, slope, registered_model_name=name)
    client.set_registered_model_alias(name, "champion", "1")
    moved = client.transition_model_version_stage(name, "2", "Production")
    assert moved.current_stage == "Production"
    _check(f"models:/{name}/1", 1.0)
    _check(f"models:/{name}@champion", 1.0)
    _check(f"models:/{name}/Production", 2.0)
    _check(f"models:/{name}/production", 2.0)
    _check(f"models:/{name}/latest", 3.0)
    if MAJOR >= 3:
        _check(f"models:/{name}@latest", 3.0)


def production_is_replaced_and_taken_back(scene: Scene) -> None:
    """One version at a time is in production; the one before is archived and can come back."""
    name, client = scene.name(), scene.client
    for slope in (1.0, 2.0):
        _logged(scene, slope, registered_model_name=name)
    client.transition_model_version_stage(name, "1", "staging")
    client.transition_model_version_stage(name, "1", "PRODUCTION", archive_existing_versions=True)
    client.transition_model_version_stage(name, "2", "Production", archive_existing_versions=True)
    stages = {str(one.version): one.current_stage for one in client.search_model_versions(f"name = '{name}'")}
    assert stages == {"1": "Archived", "2": "Production"}
    client.transition_model_version_stage(name, "1", "Production")
    client.transition_model_version_stage(name, "2", "None")
    stages = {str(one.version): one.current_stage for one in client.search_model_versions(f"name = '{name}'")}
    assert stages == {"1": "Production", "2": "None"}
    with refused("RESOURCE_CONFLICT"):
        client.delete_model_version(name, "1")


def run_is_registered(scene: Scene) -> None:
    """`register_model("runs:/…")` works afterwards, with tags, and once more is one version more."""
    name = scene.name()
    run, _ = _logged(scene, 4.0)
    made = mlflow.register_model(f"runs:/{run.info.run_id}/model", name, tags={"stage": "trial"})
    assert (str(made.version), made.status) == ("1", "READY")
    assert scene.client.get_model_version(name, "1").tags == {"stage": "trial"}
    assert str(mlflow.register_model(f"runs:/{run.info.run_id}/model", name).version) == "2"
    _check(f"models:/{name}/2", 4.0)


@since(3)
def logged_model_is_registered(scene: Scene) -> None:
    """`register_model("models:/m-…")` takes the logged model, and its id finds it."""
    name = scene.name()
    _, info = _logged(scene, 5.0)
    _check(f"models:/{info.model_id}", 5.0)
    made = mlflow.register_model(f"models:/{info.model_id}", name)
    assert (str(made.version), made.status) == ("1", "READY")
    _check(f"models:/{name}/1", 5.0)
    tags = mlflow.get_logged_model(info.model_id).tags
    assert name in tags["mlflow.modelVersions"]


def version_is_registered_again(scene: Scene) -> None:
    """`models:/n/v` as a source: the copy shares the bytes and loads."""
    source, target = scene.name("source"), scene.name("target")
    _logged(scene, 6.0, registered_model_name=source)
    made = scene.client.copy_model_version(f"models:/{source}/1", target)
    assert (str(made.version), made.status) == ("1", "READY")
    _check(f"models:/{target}/1", 6.0)
    again = mlflow.register_model(f"models:/{source}/1", scene.name("third"))
    assert again.status == "READY"
    _check(f"models:/{scene.name('third')}/1", 6.0)


def bucket_source_is_external(scene: Scene) -> None:
    """Outside every import source it is registered, visible and never fetched."""
    name = scene.name()
    made = mlflow.register_model("s3://no-such-bucket/path/model", name)
    assert (str(made.version), made.status) == ("1", "READY")
    assert scene.client.get_model_version_download_uri(name, "1") == "s3://no-such-bucket/path/model"


def files_are_what_was_logged(scene: Scene) -> None:
    """A download has every file, byte for byte; a folder and one file can be asked for alone."""
    name = scene.name()
    run, _ = _logged(scene, 7.0, registered_model_name=name)
    folder = scene.folder / "all"
    folder.mkdir()
    whole = mlflow.artifacts.download_artifacts(f"models:/{name}/1", dst_path=str(folder))
    found = {str(one.relative_to(whole)) for one in Path(whole).rglob("*") if one.is_file()}
    assert {"MLmodel", "model.pkl", "requirements.txt"} <= found
    single = mlflow.artifacts.download_artifacts(f"models:/{name}/1/MLmodel", dst_path=str(scene.folder))
    assert Path(single).read_bytes() == (Path(whole) / "MLmodel").read_bytes()
    assert b"sklearn" in Path(single).read_bytes()
    if MAJOR < 3:
        direct = mlflow.artifacts.download_artifacts(f"runs:/{run.info.run_id}/model/model.pkl")
        assert Path(direct).read_bytes() == (Path(whole) / "model.pkl").read_bytes()


def autologged_model_is_registered(scene: Scene) -> None:
    """Autologging is what most people use, and they register afterwards."""
    mlflow.sklearn.autolog(log_datasets=True)
    try:
        with mlflow.start_run() as run:
            LinearRegression().fit(INPUTS, INPUTS @ np.array([8.0, 1.0]))
    finally:
        mlflow.sklearn.autolog(disable=True)
    got = mlflow.get_run(run.info.run_id)
    assert got.info.status == "FINISHED"
    assert "fit_intercept" in got.data.params
    assert any(key.startswith("training_") for key in got.data.metrics)
    name = scene.name()
    if MAJOR >= 3:
        logged = got.outputs.model_outputs[0].model_id
        mlflow.register_model(f"models:/{logged}", name)
    else:
        mlflow.register_model(f"runs:/{run.info.run_id}/model", name)
    _check(f"models:/{name}/1", 8.0)
