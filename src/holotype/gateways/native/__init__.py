"""How does the native API translate HTTP to operations? One module a noun, each with its list of ``routes``.

The folder is the list: a module that is here is served.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from litestar.handlers import HTTPRouteHandler


def routes() -> list[HTTPRouteHandler]:
    """Return every route of the native API."""
    modules = (import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__))
    return [route for module in modules for route in getattr(module, "routes", ())]
