from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from holotype import Client as Holotype
from tests.clients.conftest import playing
from tests.clients.peers import Peer
from tests.support.server import Running, serving

pytestmark = [pytest.mark.timeout(900), pytest.mark.xdist_group("mlflow-3.18")]
SOURCES = """
[[source]]
name = "tracking"
kind = "mlflow"
url = "{url}"
namespaces = ["*"]
"""


@pytest.fixture(scope="module")
def registry(mlflow_server: Peer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server of ours whose administrator named MLflow's server as an import source."""
    folder = tmp_path_factory.mktemp("registry")
    file = folder / "import-sources.toml"
    file.write_text(SOURCES.format(url=mlflow_server.url))
    file.chmod(0o600)
    with serving(folder, import_sources=str(file), egress_allow=mlflow_server.url) as running:
        yield running


@pytest.mark.parametrize("name", ["mlflow-3.18", "mlflow-3.17", "mlflow-2.22"])
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
