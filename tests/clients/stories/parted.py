"""A large file in parts, as clients send and fetch it where a proxy limits the size of a request."""

from __future__ import annotations

import os
from pathlib import Path

import mlflow
from scenarios.base import Scene

SIZE = 17 * 2**20 + 1


def comes_back_whole(scene: Scene) -> None:
    """Bit for bit, with a small one beside it that goes at once; the sizes are set by the environment."""
    content = os.urandom(SIZE)
    folder = scene.folder / "parted"
    folder.mkdir()
    (folder / "weights.bin").write_bytes(content)
    (folder / "small.txt").write_text("small")
    with mlflow.start_run() as run:
        mlflow.log_artifacts(str(folder), "model")
    got = Path(mlflow.artifacts.download_artifacts(f"runs:/{run.info.run_id}/model", dst_path=str(scene.folder)))
    assert (got / "weights.bin").read_bytes() == content
    assert (got / "small.txt").read_text() == "small"
    name = scene.given["name"]
    scene.client.create_registered_model(name)
    made = scene.client.create_model_version(name, f"runs:/{run.info.run_id}/model", run.info.run_id)
    assert made.status == "READY"
    whole = Path(mlflow.artifacts.download_artifacts(f"models:/{name}/1", dst_path=str(scene.folder / "version")))
    assert (whole / "weights.bin").read_bytes() == content
