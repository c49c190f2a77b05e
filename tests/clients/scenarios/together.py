"""Many at once, and much at once."""

from __future__ import annotations

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import mlflow
from scenarios.base import Scene


def parallel_registrations_get_numbers_of_their_own(scene: Scene) -> None:
    """Eight threads, forty versions: 1 to 40, each once."""
    name = scene.name()
    scene.client.create_registered_model(name)

    def register(place: int) -> int:
        return int(mlflow.MlflowClient().create_model_version(name, f"s3://bucket/{place}").version)

    with ThreadPoolExecutor(8) as pool:
        numbers = sorted(pool.map(register, range(40)))
    assert numbers == list(range(1, 41))


def parallel_creation_makes_one_model(scene: Scene) -> None:
    """`register_model` from eight threads: whoever comes second finds the model there."""
    name = scene.name()
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda place: mlflow.register_model(f"s3://bucket/{place}", name), range(8)))
    assert sorted(int(one.version) for one in made) == list(range(1, 9))


def gibibyte_comes_back(scene: Scene) -> None:
    """A file of 1 GiB is logged, registered and downloaded, bit for bit."""
    size, chunk = 2**30, 2**20
    place, sent = scene.folder / "large" / "weights.bin", hashlib.sha256()
    place.parent.mkdir()
    block = os.urandom(chunk)
    with place.open("wb") as file:
        for number in range(size // chunk):
            piece = number.to_bytes(8, "big") + block[8:]
            file.write(piece)
            sent.update(piece)
    with mlflow.start_run() as run:
        mlflow.log_artifacts(str(place.parent), "model")
    place.unlink()
    name = scene.name("large")
    scene.client.create_registered_model(name)
    made = scene.client.create_model_version(name, f"{run.info.artifact_uri}/model", run.info.run_id)
    assert made.status == "READY"
    got = Path(mlflow.artifacts.download_artifacts(f"models:/{name}/1", dst_path=str(scene.folder))) / "weights.bin"
    received = hashlib.sha256()
    with got.open("rb") as file:
        while piece := file.read(chunk):
            received.update(piece)
    got.unlink()
    assert received.digest() == sent.digest()
