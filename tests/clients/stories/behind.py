"""A client that reaches the registry only through a proxy."""

from __future__ import annotations

from pathlib import Path

import mlflow
from mlflow.artifacts import download_artifacts
from scenarios.base import Scene


def follows_the_addresses(scene: Scene) -> None:
    """Where a version's files are said to be, they are, also in parts and from a source that names the host."""
    client, name, proxy = scene.client, scene.name(), scene.given["proxy"]
    with mlflow.start_run() as run:
        mlflow.log_text("weights", "model/w.txt")
    client.create_registered_model(name)
    host = proxy.partition("://")[2]
    sources = (f"runs:/{run.info.run_id}/model", f"mlflow-artifacts://{host}/0/{run.info.run_id}/artifacts/model")
    for number, source in enumerate(sources, 1):
        client.create_model_version(name, source, run.info.run_id)
        where = client.get_model_version_download_uri(name, str(number))
        assert where.startswith(f"{proxy}/mlflow/risk/api/"), where
        got = download_artifacts(artifact_uri=where, dst_path=str(scene.folder / f"got-{number}"))
        assert (Path(got) / "w.txt").read_text() == "weights"
