"""Can an endpoint of the MLflow API be reached by somebody who may not? Every one is tried, at each address."""

from __future__ import annotations

import pytest

from holotype.domain.permissions import Permission
from holotype.gateways import mlflow
from holotype.gateways.mlflow import serving


def test_there_are_endpoints() -> None:
    """The folder is the list."""
    assert mlflow.routes()


def test_an_endpoint_without_a_permission_cannot_be_made() -> None:
    """Not by giving something else."""
    with pytest.raises(TypeError):
        serving.endpoint("GET", "x", permission="public")  # type: ignore[arg-type]
    assert callable(serving.endpoint("GET", "x", permission=Permission.MODEL_READ))
