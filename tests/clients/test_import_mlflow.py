"""Does the registry of a real MLflow server come over, so that a real MLflow client cannot tell the two apart?"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from holotype import Client as Holotype
from tests.clients.conftest import playing
from tests.clients.peers import Peer, peering
from tests.support.server import Running
from tests.support.shell import shell_of

STORY = "stories.moving:"
pytestmark = pytest.mark.timeout(900)


@pytest.fixture(params=["mlflow-3.18", "mlflow-2.22"])
def release(request: pytest.FixtureRequest) -> str:
    """The release of the old server, and of the clients that fill and read it."""
    return str(request.param)


@pytest.fixture
def old(release: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    """MLflow's own server of a release."""
    with peering(tmp_path_factory.mktemp(release), release, workers=1) as peer:
        yield peer


def test_a_registry_comes_over_and_reads_the_same(release: str, old: Peer, server: Running, tmp_path: Path) -> None:
    """Models, numbers, stages, aliases, tags, descriptions, moments, context and bytes; then what changed since."""
    space = f"n{uuid.uuid4().hex[:12]}"
    with Holotype(server.url, server.token) as ours:
        ours.create_namespace(space)
    shell = shell_of(server, tmp_path)
    variables = {"MLFLOW_TRACKING_URI": old.url, "MLFLOW_REGISTRY_URI": old.url, "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "5"}
    both = {"old": old.url, "new": f"{server.url}/mlflow/{space}"}
    with playing(release, server, tmp_path, **variables) as client:
        client.play(f"{STORY}fills_a_registry")
        first = json.loads(shell.run("import", "mlflow", old.url, "--namespace", space, "--json").stdout)
        assert (first["failed"], first["different"]) == ([], [])
        assert [(one["subject"], one["what"]) for one in first["left_out"]] == [(f"{space}/away:1", "bytes")]
        client.play(f"{STORY}reads_the_same", **both)
        client.play(f"{STORY}goes_on")
        second = json.loads(shell.run("import", "mlflow", old.url, "--namespace", space, "--json").stdout)
        assert (sum(one["new"] for one in second["models"]), second["different"]) == (1, [])
        client.play(f"{STORY}reads_the_same", **both)
    third = shell.run("import", "mlflow", old.url, "--namespace", space)
    assert third.stdout.splitlines()[-1].startswith("Nothing had to be changed")
    with Holotype(server.url, server.token) as ours:
        name = next(one.name for one in ours.models(f"namespace:{space}") if one.name.startswith("fraud"))
        provenance = ours.version(f"{space}/{name}:5").provenance
    assert provenance is not None
    assert (provenance.parameters["depth"], round(provenance.metrics[0].value, 2)) == ("4", 0.84)
    assert provenance.code is not None
    assert provenance.schema is not None
