"""Do real clients of MLflow find everything through a proxy that speaks TLS for the server?"""

from __future__ import annotations

from pathlib import Path

import pytest

from holotype import Client as Holotype
from tests.clients.conftest import playing
from tests.support.server import serving
from tests.support.tls_proxy import tls_proxy
from tests.unit.client.certificate import self_signed

pytestmark = pytest.mark.timeout(300)


@pytest.mark.parametrize("name", ["mlflow-3.18", "mlflow-2.22"])
def test_a_client_needs_nothing_but_the_proxy(tmp_path: Path, name: str) -> None:
    """The server is told which proxy to trust, and not by which name it is reached."""
    certificate = self_signed(tmp_path)
    with serving(tmp_path, trusted_proxies="127.0.0.1") as server, tls_proxy(server.url, certificate) as proxy:
        with Holotype(server.url, server.token) as boss:
            boss.create_namespace("risk")
        where = f"{proxy}/mlflow/risk"
        given = {"MLFLOW_TRACKING_URI": where, "MLFLOW_REGISTRY_URI": where, "REQUESTS_CA_BUNDLE": str(certificate)}
        with playing(name, server, tmp_path, **given) as client:
            client.play("stories.behind:follows_the_addresses", proxy=proxy)
