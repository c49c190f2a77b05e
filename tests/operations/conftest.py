"""Which fixtures do the tests of the verbs share?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from holotype.operations.create_namespace import create_namespace
from tests.support.oidc import PUBLIC, Provider, providing
from tests.support.people import owner
from tests.support.registry import Desk, open_desk


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    """A registry on each database."""
    with open_desk(database_url, tmp_path / "blobs") as opened:
        yield opened


@pytest.fixture(scope="session")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    """An OpenID provider, one a worker."""
    with providing(tmp_path_factory.mktemp("oidc"), f"{PUBLIC}/api/v1/sign-in/oidc/callback") as running:
        yield running


@pytest.fixture
def boss(desk: Desk) -> str:
    """The owner's secret, in a registry with two namespaces and three models."""
    for space in ("risk", "other"):
        create_namespace(desk.call(), space)
    for model in ("risk/fraud", "risk/churn", "other/fraud"):
        desk.held(model.encode(), namespace=model.partition("/")[0])
        desk.register(model, model.encode())
    return owner(desk)
