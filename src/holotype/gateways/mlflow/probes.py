"""The endpoints by which a client finds out what this server can do."""

from __future__ import annotations

from typing import Any

from holotype.gateways.base import PUBLIC, Request
from holotype.gateways.mlflow.serving import Message, endpoint


class Nothing(Message):
    """A message without fields."""


@endpoint("GET", "server-info", permission=PUBLIC, api="3.0/mlflow")
async def server_info(request: Request, message: Nothing) -> dict[str, Any]:  # noqa: ARG001 - every endpoint takes both
    """Say which optional parts of the protocol this server speaks."""
    return {
        "store_type": "SqlStore",
        "workspaces_enabled": True,
        "trace_archival_enabled": False,
        "multipart_uploads_enabled": False,
        "multipart_downloads_enabled": False,
        "artifact_serving_enabled": True,
        "artifacts_presigned_only": False,
        "features_enabled": {"gateway": False},
    }


routes = [server_info]
