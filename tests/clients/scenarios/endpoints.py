"""Every address that MLflow's own server has, as the client's release knows it."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable, Iterator
from typing import Any

import requests
from mlflow.protos import databricks_pb2
from scenarios.base import Scene

SERVICES = (
    ("service_pb2", "MlflowService"),
    ("model_registry_pb2", "ModelRegistryService"),
    ("mlflow_artifacts_pb2", "MlflowArtifactsService"),
    ("webhooks_pb2", "WebhookService"),
)
"""Where the protocol is written down: webhooks only from MLflow 3 on."""
APPLICATIONS = (("mlflow.server", "app"), ("mlflow.server.fastapi_app", "app"))
"""Where it is served: not in every environment of a client, and the second only from MLflow 3 on."""
SPOKEN = re.compile(r"/(ajax-)?api/|/graphql")
PARAMETER = re.compile(r"<[^>]+>|\{[^}]+\}")


def every_endpoint_is_answered(scene: Scene) -> None:
    """By what it does, or by the sentence that this is no experiment tracker; never as if nobody knew it."""
    headers = {"Authorization": f"Bearer {scene.given['token']}"}
    asked = set(_protocol()) | set(_served())
    assert len(asked) > 60, len(asked)
    unknown = []
    with requests.Session() as session:
        for method, path in sorted(asked):
            body = None if method == "GET" else {}
            got = session.request(method, scene.given["url"] + path, headers=headers, json=body)
            code = got.json().get("error_code", "") if got.status_code >= 400 else ""
            if got.status_code >= 400 and code in {"", "ENDPOINT_NOT_FOUND"}:
                unknown.append((method, path, got.status_code, got.text[:200]))
    assert not unknown, unknown


def _protocol() -> Iterator[tuple[str, str]]:
    for module, name in SERVICES:
        try:
            service = getattr(importlib.import_module(f"mlflow.protos.{module}"), name)
        except ImportError:
            continue
        for method in service.DESCRIPTOR.methods:
            for one in method.GetOptions().Extensions[databricks_pb2.rpc].endpoints:
                path = one.path if one.path.startswith("/") else f"/{one.path}"
                yield one.method, f"/api/{one.since.major}.0{PARAMETER.sub('x', path)}"


def _served() -> Iterator[tuple[str, str]]:
    for module, name in APPLICATIONS:
        try:
            application = getattr(importlib.import_module(module), name)
        except ImportError:
            continue
        rules = application.url_map.iter_rules() if hasattr(application, "url_map") else _flat(application.routes)
        for path, methods in ((one.rule, one.methods) if hasattr(one, "rule") else one for one in rules):
            if SPOKEN.match(path):
                yield from ((one, PARAMETER.sub("x", path)) for one in methods - {"HEAD", "OPTIONS"})


def _flat(routes: Iterable[Any], prefix: str = "") -> Iterator[tuple[str, set[str]]]:
    """Give path and methods of the routes of an application, also of those that it includes."""
    for route in routes:
        included = getattr(route, "original_router", None)
        if included is not None:
            yield from _flat(included.routes, prefix + route.include_context.prefix)
        elif getattr(route, "methods", None):
            yield prefix + route.path, route.methods
