"""Do the addresses in answers lead back through the proxy that a client came by?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.support.asgi import Visitor, owner_of
from tests.support.mlflow_files import API, put, run_of
from tests.support.registry import Desk, open_desk

FORWARDED = {"x-forwarded-proto": "https", "x-forwarded-host": "models.example"}
TRUSTED = {"trusted_proxies": "127.0.0.1"}


@pytest.fixture
def desk(database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Desk]:
    """A registry with some settings."""
    with open_desk(database_url, tmp_path / "blobs", **request.param) as opened:
        yield opened


def addresses(desk: Desk, headers: Mapping[str, str]) -> set[str]:
    """Return what all addresses begin with that the server gives to clients."""
    visitor: Visitor = owner_of(desk.registry)
    run = run_of(visitor)
    put(visitor, f"{run}/x")
    desk.register("fraud", b"weights")
    query = "name=fraud&version=1"
    where = visitor.ask("GET", f"{API}/model-versions/get-download-uri", query=query, headers=headers)
    whole = visitor.ask("GET", f"{API}-artifacts/presigned/{run}/x", headers=headers)
    body = {"path": "y", "num_parts": 1}
    parts = visitor.ask("POST", f"{API}-artifacts/mpu/create/{run}", body, headers=headers)
    found = [where.json["artifact_uri"], whole.json["url"], parts.json["credentials"][0]["url"]]
    return {url.partition("/api/")[0] for url in found}


@pytest.mark.parametrize(
    ("desk", "expected"),
    [
        (TRUSTED, "https://models.example"),
        ({}, "http://127.0.0.1:7878"),
        ({"trusted_proxies": "10.0.0.0/8"}, "http://127.0.0.1:7878"),
        (TRUSTED | {"public_url": "https://setting.example/reg"}, "https://setting.example/reg"),
    ],
    indirect=["desk"],
)
def test_addresses_lead_through_a_proxy_that_is_trusted(desk: Desk, expected: str) -> None:
    """The setting comes first, and whoever is not trusted says nothing."""
    assert addresses(desk, FORWARDED) == {expected}


@pytest.mark.parametrize("desk", [TRUSTED], indirect=True)
def test_a_source_is_ours_by_the_name_of_the_proxy(desk: Desk) -> None:
    """What a client logged through the proxy is found under the proxy's name, and under no other."""
    visitor = owner_of(desk.registry)
    run = run_of(visitor)
    put(visitor, f"{run}/model/x")
    visitor.ask("POST", f"{API}/registered-models/create", {"name": "fraud"})
    for host, count in (("models.example", 1), ("other.example", 0)):
        body = {"name": "fraud", "source": f"mlflow-artifacts://{host}/{run}/model"}
        made = visitor.ask("POST", f"{API}/model-versions/create", body, headers=FORWARDED).json["model_version"]
        files = visitor.ask("GET", f"/api/v1/models/default/fraud/versions/{made['version']}/files").json["items"]
        assert len(files) == count, host
