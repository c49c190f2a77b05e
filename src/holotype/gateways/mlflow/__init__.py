"""How does an unmodified MLflow client talk to this registry? One module a noun, each with its list of ``routes``.

The folder is the list: a module that is here is served. ``serving`` declares an endpoint, ``errors`` says how an error
is told in this dialect, ``docs/howto/mlflow.md`` what differs from MLflow's own server and why.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from litestar.handlers import HTTPRouteHandler


def routes() -> list[HTTPRouteHandler]:
    """Return every route of the MLflow API."""
    modules = (import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__))
    return [route for module in modules for route in getattr(module, "routes", ())]
