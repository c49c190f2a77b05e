from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from holotype import Client as Holotype
from tests.clients.conftest import CLIENTS, kept_in, playing
from tests.clients.peers import Peer
from tests.support.s3 import S3
from tests.support.server import Running, serving

pytestmark = pytest.mark.timeout(900)
on_both_databases = pytest.mark.parametrize(
    ("database", "name"),
    [*(("sqlite", name) for name in CLIENTS), ("postgresql", CLIENTS[0])],
    indirect=["database"],
    scope="session",
)
"""Every client on one database, and the newest on the other: no client knows what the server uses."""
SOURCES = """
[[source]]
name = "tracking"
kind = "mlflow"
url = "{url}"
namespaces = ["*"]
"""
LAKE = """
[[source]]
name = "lake"
kind = "bucket"
url = "s3://lake/models"
namespaces = ["*"]
endpoint = "{endpoint}"
region = "us-east-1"
access_key_id_env = "LAKE_KEY"
secret_access_key_env = "LAKE_SECRET"
"""


@pytest.fixture(scope="module")
def beside_a_lake(
    request: pytest.FixtureRequest, database: str, s3: S3, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """A server of ours whose administrator named a bucket as an import source."""
    folder = tmp_path_factory.mktemp("lake")
    endpoint = s3.environment["AWS_ENDPOINT_URL"]
    keys = {"LAKE_KEY": "AWS_ACCESS_KEY_ID", "LAKE_SECRET": "AWS_SECRET_ACCESS_KEY"}
    file = folder / "import-sources.toml"
    file.write_text(LAKE.format(endpoint=endpoint))
    file.chmod(0o600)
    variables = {name: s3.environment[key] for name, key in keys.items()}
    settings = kept_in(database, request) | {"import_sources": str(file), "egress_allow": endpoint}
    with serving(folder, environment=variables, **settings) as running:
        yield running


@on_both_databases
def test_models_of_a_bucket_are_copied_in(beside_a_lake: Running, s3: S3, tmp_path: Path, name: str) -> None:
    """They are ours afterwards, and load when the bucket is gone."""
    model = f"fraud-{uuid.uuid4().hex[:8]}"
    s3.create_bucket("lake")
    place = s3.root / "lake" / "models" / model
    place.parent.mkdir()
    given = {"name": model, "folder": str(place), "source": f"s3://lake/models/{model}"}
    try:
        with playing(name, beside_a_lake, tmp_path) as client:
            client.play("stories.lake:registers_what_lies_there", **given)
            client.play("stories.lake:is_told_what_did_not_come", **given)
            s3.drop_bucket("lake")
            client.play("stories.lake:loads_from_here", **given)
    finally:
        s3.drop_bucket("lake")
    with Holotype(beside_a_lake.url, beside_a_lake.token) as ours:
        version = ours.version(f"default/{model}:1")
        assert not version.external
        assert "MLmodel" in {file.path for file in ours.files(version.reference)}


@pytest.fixture(scope="module")
def registry(
    request: pytest.FixtureRequest, database: str, mlflow_server: Peer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """A server of ours whose administrator named MLflow's server as an import source."""
    folder = tmp_path_factory.mktemp("registry")
    file = folder / "import-sources.toml"
    file.write_text(SOURCES.format(url=mlflow_server.url))
    file.chmod(0o600)
    settings = kept_in(database, request) | {"import_sources": str(file), "egress_allow": mlflow_server.url}
    with serving(folder, **settings) as running:
        yield running


@on_both_databases
def test_versions_are_copied_in(registry: Running, mlflow_server: Peer, tmp_path: Path, name: str) -> None:
    """Bytes and context come from the tracking server that the administrator named; they are ours afterwards."""
    model = f"fraud-{uuid.uuid4().hex[:8]}"
    with playing(name, registry, tmp_path, MLFLOW_TRACKING_URI=mlflow_server.url) as client:
        client.play("stories.beside:registers_what_was_logged_elsewhere", name=model)
        client.play("stories.beside:is_told_why_a_copy_failed", name=model)
    with Holotype(registry.url, registry.token) as ours:
        version = ours.version(f"default/{model}:1")
        assert version.provenance.parameters["depth"] == "6"
        assert [(one.name, one.value) for one in version.provenance.metrics] == [("auc", 0.93)]
        assert version.provenance.code is not None
        assert version.provenance.code.commit == "a" * 40
        paths = {file.path for file in ours.files(version.reference)}
        assert "MLmodel" in paths
        assert paths & {"model.pkl", "model.skops"}
        assert ours.promote(version.reference, "staging").status in {"applied", "refused"}
        got = ours.pull(version.reference, tmp_path / "pulled")
        assert b"sklearn" in (got / "MLmodel").read_bytes()
