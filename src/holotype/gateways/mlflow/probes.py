"""The endpoints by which a client finds out whom it speaks to, and what this server can do."""

from __future__ import annotations

from typing import Any

from holotype.gateways.answers import Answer
from holotype.gateways.base import PUBLIC, Request
from holotype.gateways.mlflow.serving import PREFIXES, Message, endpoint, route

SPOKEN = "3.18.0"
"""The newest version of MLflow's protocol that this server was tried with."""
_TEXT = (b"content-type", b"text/plain; charset=utf-8")


class Nothing(Message):
    """A message without fields."""


@endpoint("GET", "server-info", permission=PUBLIC, api="3.0/mlflow")
async def server_info(request: Request, message: Nothing) -> dict[str, Any]:  # noqa: ARG001 - every endpoint takes both
    """Say which optional parts of the protocol this server speaks."""
    return _ABILITIES


@endpoint("GET", "server-features", permission=PUBLIC, api="3.0/mlflow")
async def server_features(request: Request, message: Nothing) -> dict[str, Any]:  # noqa: ARG001
    """Say the same to clients that ask under the older name."""
    return _ABILITIES


@route("GET", [f"{prefix}/health" for prefix in PREFIXES], permission=PUBLIC)
async def health(request: Request, message: Nothing) -> Answer:  # noqa: ARG001
    """Say that the server is there, in the two letters that MLflow's says it in."""
    return Answer(200, b"OK", [_TEXT])


@route("GET", [f"{prefix}/version" for prefix in PREFIXES], permission=PUBLIC)
async def version(request: Request, message: Nothing) -> Answer:  # noqa: ARG001
    """Say which version of MLflow's protocol is spoken, and that this is not MLflow."""
    return Answer(200, f"{SPOKEN}+holotype".encode(), [_TEXT])


_ABILITIES = {
    "store_type": "SqlStore",
    "workspaces_enabled": True,
    "trace_archival_enabled": False,
    "multipart_uploads_enabled": False,
    "multipart_downloads_enabled": False,
    "artifact_serving_enabled": True,
    "artifacts_presigned_only": False,
    "features_enabled": {"gateway": False},
}

routes = [server_info, server_features, health, version]
