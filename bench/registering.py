"""What does a typical registration look like? Parameters, metrics, data, a commit, and one file that is held."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

from bench.driving import post
from bench.servers import Server

FILE_SIZE = 4096


def hold(server: Server) -> dict[str, object]:
    """Have the namespace hold one file, and return it as a registration names it."""
    source = server.folder / "weights.bin"
    source.write_bytes(os.urandom(FILE_SIZE))
    with server.client() as client:
        pushed = client.push(source, "default/held")
        file = next(iter(client.files(pushed.reference)))
    return {"path": "model/weights.bin", "digest": file.digest, "size": file.size}


def registrations(server: Server, model: str, count: int, salt: str) -> Iterator[bytes]:
    """Yield requests that each register another version of a model."""
    file = hold(server)
    for number in range(count):
        yield post(server, f"/api/v1/models/default/{model}/versions", _body(file, number, salt))


def _body(file: dict[str, object], number: int, salt: str) -> bytes:
    provenance = {
        "parameters": {"depth": 6, "learning_rate": 0.05, "optimizer": "adam", "seed": number, "trial": salt},
        "metrics": [
            {"name": "auc", "value": 0.9 + number / 1e6, "direction": "higher"},
            {"name": "loss", "value": 0.3 - number / 1e6, "dataset": "holdout"},
        ],
        "data": [{"uri": "s3://lake/transactions/2024-05", "role": "training"}],
        "code": {"commit": "4f1d7c0a9b3e5d2f8a6c1b0e9d7f3a5c2e4b6d80", "dirty": False},
        "environment": {"python": "3.12.4", "frameworks": {"scikit-learn": "1.5.1"}},
    }
    return json.dumps({"files": [file], "provenance": provenance, "tags": {"team": "risk"}}).encode()
