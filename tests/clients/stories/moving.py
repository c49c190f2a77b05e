"""A registry of MLflow's own server is filled, brought over to ours, and read from both."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import mlflow
import mlflow.sklearn
import numpy as np
from mlflow import MlflowClient
from mlflow.artifacts import download_artifacts
from mlflow.models import infer_signature
from scenarios.base import MAJOR, Scene
from sklearn.linear_model import LinearRegression

INPUTS = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.5]])
FRAUD, FILES, COPY, AWAY, EMPTY, PROMPT = "Fraud Model (EU)", "it's", "copied", "away", "empty", "greet"
MODELS = (FRAUD, FILES, COPY, AWAY, EMPTY)


def fills_a_registry(scene: Scene) -> None:
    """Gaps, stages, aliases, tags, descriptions, runs, signatures, copies, prompts, and bytes that lie elsewhere."""
    client = scene.client
    for depth in range(5):
        _log(depth, FRAUD)
    client.update_registered_model(FRAUD, description="Finds fraud.\n\n*Ask Ada.*")
    client.set_registered_model_tag(FRAUD, "owner", "ada")
    client.delete_model_version(FRAUD, "2")
    for number, stage in (("1", "Archived"), ("3", "Staging"), ("5", "Production")):
        client.transition_model_version_stage(FRAUD, number, stage)
    for alias, number in (("champion", "5"), ("challenger", "4"), ("Best-Of_All", "4")):
        client.set_registered_model_alias(FRAUD, alias, number)
    client.update_model_version(FRAUD, "3", description="the third")
    client.set_model_version_tag(FRAUD, "3", "long", "v" * 4_000)
    client.set_model_version_tag(FRAUD, "3", "empty", "")
    folder = scene.folder / "files"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.txt").write_text("hello")
    (folder / "sub" / "größe %41 b.bin").write_bytes(b"\0\1" * 500_000)
    with mlflow.start_run() as run:
        mlflow.log_artifacts(str(folder), "files")
    client.create_registered_model(FILES, tags={"a": "b"}, description="")
    source = f"{run.info.artifact_uri}/files"
    client.create_model_version(FILES, source, run.info.run_id, run_link="https://tracker.example/run")
    client.create_registered_model(AWAY)
    client.create_model_version(AWAY, "s3://bucket/x/model")
    client.create_registered_model(EMPTY, description="nothing yet")
    client.copy_model_version(f"models:/{FRAUD}/5", COPY)
    if MAJOR >= 3:
        for text in ("Hello {{name}}", "Hi {{name}}"):
            mlflow.genai.register_prompt(name=PROMPT, template=text, commit_message="said", tags={"a": "b"})


def goes_on(scene: Scene) -> None:
    """The old registry is used while it is being brought over."""
    client = scene.client
    _log(9, FRAUD)
    client.transition_model_version_stage(FRAUD, "6", "Production", archive_existing_versions=True)
    client.set_registered_model_alias(FRAUD, "champion", "6")
    client.delete_registered_model_alias(FRAUD, "challenger")
    client.update_model_version(FRAUD, "1", description="the first")


def reads_the_same(scene: Scene) -> None:
    """What the old server says of models and versions, the new one says too, and the bytes are the same."""
    old, new = (MlflowClient(url, url) for url in (scene.given["old"], scene.given["new"]))
    for number in ("1", "2") if MAJOR >= 3 else ():
        there, here = (client.get_prompt_version(PROMPT, number) for client in (old, new))
        assert (there.template, there.tags, there.commit_message) == (here.template, here.tags, here.commit_message)
    for name in MODELS:
        assert _model(old.get_registered_model(name)) == _model(new.get_registered_model(name)), name
        numbers = [int(one.version) for one in old.search_model_versions(f'name = "{name}"')]
        assert sorted(numbers) == sorted(int(one.version) for one in new.search_model_versions(f'name = "{name}"'))
        for number in numbers:
            there, here = (client.get_model_version(name, str(number)) for client in (old, new))
            assert _version(there) == _version(here)
            if name != AWAY:
                folders = [scene.folder / side / name.replace(" ", "") / str(number) for side in ("old", "new")]
                for client, folder in zip((old, new), folders):  # noqa: B905 - two of each
                    _download(client, name, number, folder)
                assert _bytes(folders[0]) == _bytes(folders[1])
                assert _bytes(folders[0])
    mlflow.set_tracking_uri(scene.given["new"])
    mlflow.set_registry_uri(scene.given["new"])
    for label in ("5", "Staging"):
        got = mlflow.pyfunc.load_model(f"models:/{FRAUD}/{label}").predict(INPUTS)
        np.testing.assert_allclose(got, INPUTS @ np.array([2.0, 1.0]))
    mlflow.set_tracking_uri(scene.given["old"])
    mlflow.set_registry_uri(scene.given["old"])


def _log(depth: int, name: str) -> None:
    model = LinearRegression().fit(INPUTS, INPUTS @ np.array([2.0, 1.0]))
    where: dict[str, Any] = {"name": "model"} if MAJOR >= 3 else {"artifact_path": "model"}
    where["pip_requirements"] = ["scikit-learn", "numpy"]
    with mlflow.start_run():
        mlflow.log_params({"depth": depth, "rate": "0.1"})
        mlflow.log_metric("auc", 0.8 + depth / 100)
        mlflow.set_tag("mlflow.source.git.commit", "a" * 40)
        signature = infer_signature(INPUTS, model.predict(INPUTS))
        mlflow.sklearn.log_model(model, **where, signature=signature, registered_model_name=name)


def _model(one: Any) -> dict[str, Any]:
    fields = ("name", "creation_timestamp", "last_updated_timestamp", "tags", "description")
    aliases = {alias: str(number) for alias, number in one.aliases.items()}
    return {key: getattr(one, key) for key in fields} | {"aliases": aliases}


def _version(one: Any) -> dict[str, Any]:
    fields = ("name", "creation_timestamp", "last_updated_timestamp", "current_stage", "source", "status", "tags")
    said = {key: getattr(one, key) for key in (*fields, "description", "run_id", "run_link")}
    return said | {"version": str(one.version), "aliases": sorted(one.aliases)}


def _download(client: MlflowClient, name: str, number: int, folder: Path) -> None:
    folder.mkdir(parents=True)
    mlflow.set_tracking_uri(client.tracking_uri)
    download_artifacts(client.get_model_version_download_uri(name, str(number)), dst_path=str(folder))


def _bytes(folder: Path) -> dict[str, str]:
    """Return the digests of the files below a folder, but for what clients of MLflow 3.17 add to each download."""
    found = [one for one in folder.rglob("*") if one.is_file() and one.name != "registered_model_meta"]
    top = {one.relative_to(folder).parts[0] for one in found}
    base = folder / top.pop() if len(top) == 1 and len(found) > 1 else folder
    return {str(one.relative_to(base)): hashlib.sha256(one.read_bytes()).hexdigest() for one in found}
