from __future__ import annotations

import http.client
import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from holotype import Client as Holotype
from tests.clients.conftest import CLIENTS, playing
from tests.support.governance import STAGES
from tests.support.server import Running

PASSWORD = "a heron stood by the weir"
COUNT = 10_000
LIMIT, PART = 6 * 2**20, 5 * 2**20
POLICY = f"""{STAGES}
[[moves]]
from = ["none"]
to = "staging"
  [[moves.gates]]
  gate = "bytes-held"
[[moves]]
from = ["staging"]
to = "production"
  [[moves.approvals]]
  count = 1
  from = ["role:reviewer"]
  exclude = ["requester", "author"]
[[moves]]
from = ["none", "staging", "production"]
to = "archived"
"""
pytestmark = pytest.mark.timeout(900)
one_database = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""Doors and rights are the same whatever lies behind them, and each client's process takes seconds to start."""


def fresh(text: str) -> str:
    """Return a name that nobody used."""
    return f"{text}-{uuid.uuid4().hex[:8]}"


@pytest.fixture
def boss(server: Running) -> Holotype:
    """The owner, through our own client."""
    return Holotype(server.url, server.token)


@one_database
@pytest.mark.parametrize("name", CLIENTS)
def test_a_password_opens_the_door(server: Running, boss: Holotype, tmp_path: Path, name: str) -> None:
    """MLFLOW_TRACKING_USERNAME and _PASSWORD: a user's own password, or a token in its place."""
    user = fresh("ada")
    boss.create_user(user)
    boss.grant(f"user:{user}", "contributor", "default")
    with Holotype(server.url, "") as stranger:
        stranger.use_set_up(boss.create_set_up(user).secret, PASSWORD)
    for who, secret in ((user, PASSWORD), ("anybody", server.token)):
        given = {"MLFLOW_TRACKING_TOKEN": "", "MLFLOW_TRACKING_USERNAME": who, "MLFLOW_TRACKING_PASSWORD": secret}
        with playing(name, server, made(tmp_path, who), **given) as client:
            client.play("stories.doors:works")
    given = {"MLFLOW_TRACKING_TOKEN": "", "MLFLOW_TRACKING_USERNAME": user, "MLFLOW_TRACKING_PASSWORD": "wrong"}
    with playing(name, server, made(tmp_path, "wrong"), **given) as client:
        client.play("stories.doors:is_not_known")


@one_database
def test_rights_hold_for_clients_of_mlflow(server: Running, boss: Holotype, tmp_path: Path) -> None:
    """A reader reads, a stranger sees nothing."""
    model = fresh("model")
    boss.create_model(f"default/{model}")
    reader, stranger = fresh("reader"), fresh("stranger")
    for who in (reader, stranger):
        boss.create_service(who)
    boss.grant(f"service:{reader}", "reader", "default")
    for who, story in ((reader, "reads_and_cannot_write"), (stranger, "sees_nothing")):
        secret = boss.create_token("x", role="admin", principal=who).secret
        with playing("mlflow-3.18", server, made(tmp_path, who), MLFLOW_TRACKING_TOKEN=secret) as client:
            client.play(f"stories.doors:{story}", name=model)


@one_database
@pytest.mark.parametrize("name", CLIENTS)
def test_an_address_leads_to_a_namespace(server: Running, boss: Holotype, tmp_path: Path, name: str) -> None:
    """The same name in two namespaces is two models, and files come back from the right one."""
    model = fresh("model")
    for namespace in (fresh("risk"), fresh("vision")):
        boss.create_namespace(namespace)
        with playing(name, server, made(tmp_path, namespace), path=f"/mlflow/{namespace}") as client:
            client.play("stories.doors:makes_the_same_name", name=model, namespace=namespace)
        assert boss.model(f"{namespace}/{model}").description == namespace


@one_database
def test_a_workspace_is_a_namespace(server: Running, boss: Holotype, tmp_path: Path) -> None:
    """What MLflow 3 calls a workspace."""
    namespace, model = fresh("team"), fresh("model")
    boss.create_namespace(namespace)
    with playing("mlflow-3.18", server, made(tmp_path, namespace)) as client:
        client.play("stories.doors:names_its_workspace", name=model, namespace=namespace)
    assert boss.model(f"{namespace}/{model}").description == namespace


@one_database
@pytest.mark.parametrize("name", CLIENTS)
def test_production_waits_for_somebody_else(server: Running, boss: Holotype, tmp_path: Path, name: str) -> None:
    """The client is told which promotion it opened; once it is approved, the client finds the version in production."""
    namespace, model = fresh("governed"), fresh("model")
    boss.create_namespace(namespace)
    boss.apply_policy(POLICY, namespace=namespace)
    folder = made(tmp_path, "model")
    (folder / "weights.bin").write_bytes(b"weights")
    boss.push(folder, f"{namespace}/{model}")
    reviewer = fresh("grace")
    boss.create_user(reviewer)
    boss.grant(f"user:{reviewer}", "reviewer", namespace)
    with playing(name, server, made(tmp_path, "client"), path=f"/mlflow/{namespace}") as client:
        client.play("stories.governed:asks_for_production", name=model)
        waiting = [one for one in boss.promotions(namespace=namespace) if one.status == "pending"]
        with Holotype(server.url, "") as stranger:
            token = stranger.use_set_up(boss.create_set_up(reviewer).secret, PASSWORD).secret
        with Holotype(server.url, token) as other:
            assert other.approve(waiting[0].id, comment="good").status == "applied"
        client.play("stories.governed:sees_production", name=model)


@one_database
@pytest.mark.parametrize("name", CLIENTS)
def test_large_files_go_in_parts(server: Running, tmp_path: Path, name: str) -> None:
    """With the client's own switches: up in parts and, from MLflow 3 on, down in ranges."""
    switches = {
        "MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD": "true",
        "MLFLOW_ENABLE_PROXY_MULTIPART_DOWNLOAD": "true",
        "MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE": str(LIMIT),
        "MLFLOW_MULTIPART_DOWNLOAD_MINIMUM_FILE_SIZE": str(LIMIT),
        "MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE": str(PART),
        "MLFLOW_MULTIPART_DOWNLOAD_CHUNK_SIZE": str(PART),
    }
    before = len(server.log)
    with playing(name, server, tmp_path, **switches) as client:
        client.play("stories.parted:comes_back_whole", name=fresh("parted"))
    log = server.log[before:]
    assert log.count("200 PUT /api/2.0/mlflow-artifacts/mpu/part/") == 4
    assert "200 POST /api/2.0/mlflow-artifacts/mpu/complete/" in log
    assert name == "mlflow-2.22" or log.count(" 206 GET /api/2.0/mlflow-artifacts/artifacts/") >= 4


@pytest.fixture(scope="module")
def many(server: Running) -> str:
    """The name of a model with ten thousand versions."""
    model = fresh("many")
    asked(server, "registered-models/create", [{"name": model}])
    with ThreadPoolExecutor(4) as pool:
        shares = [[{"name": model, "source": f"s3://bucket/{model}"}] * (COUNT // 4)] * 4
        list(pool.map(lambda share: asked(server, "model-versions/create", share), shares))
    return model


@pytest.mark.parametrize("name", ["mlflow-3.18", "mlflow-2.22"])
def test_ten_thousand_versions_are_read_to_the_end(server: Running, many: str, tmp_path: Path, name: str) -> None:
    """Pages neither skip nor repeat, and one page may hold them all."""
    with playing(name, server, tmp_path) as client:
        client.play("stories.many:reads_to_the_end", name=many, count=COUNT)


def made(folder: Path, name: str) -> Path:
    """Return a new folder."""
    place = folder / name
    place.mkdir()
    return place


def asked(server: Running, path: str, bodies: list[dict[str, Any]]) -> None:
    """Send requests over one connection; all must succeed."""
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc)
    headers = {"Authorization": f"Bearer {server.token}", "Content-Type": "application/json"}
    for body in bodies:
        connection.request("POST", f"/api/2.0/mlflow/{path}", json.dumps(body), headers)
        answer = connection.getresponse()
        content = answer.read()
        assert answer.status == 200, content
    connection.close()
