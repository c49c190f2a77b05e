"""The routes about what happened: to one model, and to the whole registry."""

from __future__ import annotations

from datetime import datetime

from holotype.domain import names, references
from holotype.domain.permissions import Permission
from holotype.errors import Invalid
from holotype.gateways.base import Request, call_of, get
from holotype.gateways.native.addresses import MODEL, PAGE, VERSION, checked, model_at, page, version_at
from holotype.gateways.perform import perform
from holotype.operations.history import history
from holotype.operations.read_ledger import Wanted, read_ledger
from holotype.wire import present, shapes

_LARGEST_SEQUENCE, _LONGEST = 2**53, 20


def before_of(cursor: str) -> int | None:
    """Return the sequence in a cursor: the last one that the caller has seen."""
    if not cursor:
        return None
    if len(cursor) <= _LONGEST and cursor.isascii() and cursor.isdigit() and int(cursor) <= _LARGEST_SEQUENCE:
        return int(cursor)
    raise Invalid(f"{cursor[:80]!r} is not a cursor of the ledger.", hint="Send `next` of the page before, unchanged.")


def _page(found: list[shapes.Event], limit: int) -> shapes.Page[shapes.Event]:
    return page(found, limit, lambda one: one, lambda one: str(one.sequence))


def place_of(namespace: str | None, model: str | None) -> tuple[str | None, str | None]:
    """Return namespace and name of the model that a query names, which may be a namespace or nothing alone."""
    if model is None:
        return (None if namespace is None else names.component(namespace, "namespace")), None
    named = references.parse_model(model)
    if namespace not in {None, named.namespace}:
        raise Invalid(f"{model} is not in the namespace {namespace}.", hint="Give the model alone.")
    return named.namespace, named.model


@get(MODEL + "/history", permission=Permission.MODEL_READ)
async def model_history(
    request: Request, namespace: str, model: str, until: datetime | None = None, cursor: str = "", limit: int = PAGE
) -> shapes.Page[shapes.Event]:
    """List what happened to a model and its versions, the newest first; with ``until``, before that moment."""
    where, before, more = model_at(namespace, model), before_of(cursor), checked(limit) + 1
    found = await perform(history, call_of(request), where, before=before, until=until, limit=more)
    return _page([present.event(one) for one in found], limit)


@get(VERSION + "/history", permission=Permission.MODEL_READ)
async def version_history(
    request: Request,
    namespace: str,
    model: str,
    label: str,
    until: datetime | None = None,
    cursor: str = "",
    limit: int = PAGE,
) -> shapes.Page[shapes.Event]:
    """List what happened to a version, the newest first; with ``until``, before that moment."""
    where, before, more = version_at(namespace, model, label), before_of(cursor), checked(limit) + 1
    found = await perform(history, call_of(request), where, before=before, until=until, limit=more)
    return _page([present.event(one) for one in found], limit)


@get("/api/v1/ledger", permission=Permission.LEDGER_READ)
async def ledger(  # noqa: PLR0913, PLR0917 - each is a query parameter
    request: Request,
    namespace: str | None = None,
    model: str | None = None,
    action: str | None = None,
    actor: str | None = None,
    subject: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    cursor: str = "",
    limit: int = PAGE,
) -> shapes.Page[shapes.Event]:
    """List the entries of the ledger that the caller may see, the newest first.

    ``model`` is a reference such as risk/fraud, ``subject`` what an entry is about, such as risk/fraud:7; entries are
    from ``since`` on and before ``until``.
    """
    wanted = Wanted(*place_of(namespace, model), action, actor, subject, since, until)
    before, more = before_of(cursor), checked(limit) + 1
    found = await perform(read_ledger, call_of(request), wanted, before=before, limit=more)
    return _page([present.event(one) for one in found], limit)


routes = [model_history, version_history, ledger]
