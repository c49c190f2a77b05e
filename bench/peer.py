"""How does a benchmark get MLflow's own server? On cores of its own, as ours."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from bench.servers import confine
from bench.turns import settle
from tests.clients import peers
from tests.clients.peers import Peer

RELEASE = "mlflow-3.18"


@contextlib.contextmanager
def peering(folder: Path, *, cores: set[int] | None = None) -> Iterator[Peer]:
    """Run MLflow's server, with its usual number of workers, until the block ends; it has settled when that begins."""
    with peers.peering(folder, RELEASE, prepare=lambda: confine(cores, None)) as peer:
        settle(peer)
        yield peer
