"""How do the gateways become one ASGI application?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from litestar import Litestar
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler

from holotype import db, web
from holotype.artifacts.store import open_store
from holotype.egress.sources import ImportSource, reading
from holotype.errors import HolotypeError
from holotype.gateways import dialects, metrics, mlflow, native, openapi
from holotype.gateways.asgi import App
from holotype.gateways.exchange import Exchange
from holotype.gateways.front import Front
from holotype.gateways.guard import enforce
from holotype.gateways.logs import AccessLog
from holotype.gateways.metrics import Metrics
from holotype.gateways.remembered import Remembering
from holotype.operations.call import Registry
from holotype.settings import Settings

TONGUES = (dialects.MLFLOW, web.DIALECT)
"""In which dialects errors are told, besides that of problems."""


def open_registry(settings: Settings, *, serving: bool = False) -> Registry:
    """Open the database and the object store; nothing is created or migrated.

    Who serves needs the import sources too, whose secrets nobody else may be able to read.
    """
    sources = import_sources(settings) if serving else ()
    return Registry(db.connect(settings.database_url), open_store(settings.store_url), settings, sources=sources)


def import_sources(settings: Settings) -> tuple[ImportSource, ...]:
    """Read the file of import sources, where there is one; ``InvalidSetting`` where something in it is wrong."""
    place = settings.import_sources_file
    return () if place is None else reading.load(place)


@dataclass(frozen=True, slots=True)
class Inside:
    """What answers behind the front, of whichever registry: the framework with all routes, and what they count."""

    app: App
    counters: Metrics


def inside() -> Inside:
    """Make what answers; it takes half a second of a processor."""
    counters = Metrics()
    return Inside(framework(routes(counters)), counters)


def application(registry: Registry, behind: Inside | None = None) -> Front:
    """Make the ASGI application of a registry."""
    log, behind = AccessLog(registry.settings), behind or inside()

    def finish(known: Exchange, method: str, path: str, status: int, seconds: float) -> None:
        behind.counters.count(known, method, path, status, seconds)
        log.write(known, method, path, status, seconds)

    return Front(Remembering(behind.app, registry), registry, finish, TONGUES)


def routes(counters: Metrics) -> list[HTTPRouteHandler]:
    """Return every route of every gateway."""
    found = [*native.routes(), metrics.route(counters)]
    return [*found, openapi.route(found), *mlflow.routes(), *web.routes()]


def framework(found: list[HTTPRouteHandler]) -> App:
    """Make the framework's part of the application: which route an address belongs to, and what becomes of errors."""
    answers = dict.fromkeys((HolotypeError, HTTPException, Exception), dialects.responder(TONGUES))
    made: Any = Litestar(
        found,
        guards=[enforce],
        exception_handlers=answers,  # type: ignore[arg-type]
        openapi_config=None,
        logging_config=None,
    )
    app: App = made  # its own type names more kinds of messages than we have
    return app
