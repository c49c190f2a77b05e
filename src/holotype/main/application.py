"""How do the gateways become one ASGI application?"""

from __future__ import annotations

from litestar import Litestar
from litestar.exceptions import HTTPException

from holotype import db
from holotype.artifacts.store import open_store
from holotype.errors import HolotypeError
from holotype.gateways import native, problems
from holotype.gateways.front import Front
from holotype.gateways.guard import enforce
from holotype.gateways.logs import AccessLog
from holotype.operations.call import Registry
from holotype.settings import Settings


def open_registry(settings: Settings) -> Registry:
    """Open the database and the object store; nothing is created or migrated."""
    return Registry(db.connect(settings.database_url), open_store(settings.store_url), settings)


def application(registry: Registry) -> Front:
    """Make the ASGI application of a registry."""
    app = Litestar(
        native.routes(),
        guards=[enforce],
        exception_handlers={
            HolotypeError: problems.respond,
            HTTPException: problems.respond,
            Exception: problems.respond,
        },
        openapi_config=None,
        logging_config=None,
    )
    log = AccessLog(registry.settings)
    return Front(app, registry, log.write)
