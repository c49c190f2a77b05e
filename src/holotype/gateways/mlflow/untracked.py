"""Which parts of MLflow's tracking are not here? Those below; each address answers what it is, so that clients go on.

Runs are kept as the context of versions. Traces, judges, review queues and gateways are the business of a tracking
server: ``MLFLOW_TRACKING_URI`` may name one, with ``MLFLOW_REGISTRY_URI`` naming this registry.
"""

from __future__ import annotations

import re

NOUNS = (
    "traces",
    "unified-traces",
    "assessments",
    "issues",
    "label-schemas",
    "review-queues",
    "datasets",
    "scorers",
    "scorer",
    "gateway",
    "gateway-proxy",
    "prompt-optimization",
    "jobs",
    "skills",
    "mcp-servers",
    "genai",
    "assistant",
    "demo",
    "ui-telemetry",
)
PATHS = (
    "experiments/search-datasets",
    "metrics/get-history-bulk",
    "metrics/get-history-bulk-interval",
    "runs/create-promptlab-run",
    "get-online-trace-details",
    "get-trace-artifact",
    "artifacts/presigned-upload-url",
    "artifacts/presigned-download-url",
    "upload-artifact",
    "logged-models/[^/]+/artifacts/files",
)
"""Regular expressions."""
_SENTENCE = (
    "This is a model registry, no experiment tracker: it keeps the runs that lead to versions, and nothing of this. "
    "Let MLFLOW_TRACKING_URI name a tracking server for it."
)
_ADDRESSES = re.compile(
    r"(?:/mlflow/[^/]+)?/(?:graphql|(?:ajax-)?api/[23]\.0/?(?:mlflow/)?"
    rf"(?:(?:{'|'.join(NOUNS)})(?:/.*)?|(?:{'|'.join(PATHS)})))",
    re.DOTALL,
)
"""Jobs have no ``mlflow`` before them, and ``search-datasets`` lacks the slash in clients of MLflow 3.18."""


def sentence(path: str) -> str | None:
    """Return what to say of an address that only an experiment tracker has, or nothing."""
    return _SENTENCE if _ADDRESSES.fullmatch(path) else None
