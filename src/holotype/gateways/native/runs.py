"""The route about the run that a version came from. Runs are written by a tracker's clients: ``gateways.mlflow``."""

from __future__ import annotations

from holotype.domain.permissions import Permission
from holotype.gateways.base import Request, call_of, get
from holotype.gateways.native.addresses import VERSION, version_at
from holotype.gateways.perform import perform
from holotype.operations.version_run import version_run
from holotype.wire import runs as shapes


@get(VERSION + "/run", permission=Permission.MODEL_READ)
async def run(request: Request, namespace: str, model: str, label: str) -> shapes.TrackedRun:
    """Show the run that a version came from, with its parameters, metrics, tags and data sets.

    The run is context and may still change; what registration recorded of it is in the version's provenance.
    """
    found = await perform(version_run, call_of(request), version_at(namespace, model, label))
    return shapes.of(found.run, found.experiment, found.logged_model)


routes = [run]
