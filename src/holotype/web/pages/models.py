"""Which models, and which versions, are there? Lists by the one query language, narrowed, sorted, kept under a name."""

from __future__ import annotations

from holotype.domain.entities import Version
from holotype.domain.permissions import Permission
from holotype.domain.query_fields import FIELDS
from holotype.errors import HolotypeError
from holotype.operations.browse_models import Browsed, browse_models
from holotype.operations.complete import complete
from holotype.operations.list_namespaces import list_namespaces
from holotype.operations.save_address import forget_address, list_addresses, save_address
from holotype.operations.search_versions import search_versions
from holotype.operations.searching import Found
from holotype.web import facets, places
from holotype.web.base import Data, Page, Redirect, Visit, action, page
from holotype.web.sessions import local

_PAGE = 50


@page("/models", permission=Permission.MODEL_READ)
def models(request: Visit, *, q: str = "", sort: str | None = None, cursor: str | None = None) -> Page:
    """List the models that match a query, with what they can be narrowed by."""
    browsed = Browsed(Found([], None), [], more=False)
    why = None
    try:
        browsed = browse_models(request.call, q, sort=sort, limit=_PAGE, cursor=cursor)
    except HolotypeError as error:
        why = error
    counted = browsed.counted
    about = {"q": q, "sort": sort or "name", "found": browsed.found, "why": why, "facets": facets.facets(q, counted)}
    about |= {"saved": list_addresses(request.call), "counted": len(counted), "more": browsed.more}
    return Page("models.html", about, status=200 if why is None else 400)


@page("/versions", permission=Permission.MODEL_READ)
def versions(request: Visit, *, q: str = "", sort: str | None = None, cursor: str | None = None) -> Page:
    """List the versions that match a query."""
    found: Found[Version] = Found([], None)
    why = None
    try:
        found = search_versions(request.call, q, sort=sort, limit=_PAGE, cursor=cursor)
    except HolotypeError as error:
        why = error
    about = {"q": q, "sort": sort or "-created", "found": found, "why": why, "saved": list_addresses(request.call)}
    return Page("versions.html", about, status=200 if why is None else 400)


@page("/models/completions", permission=Permission.MODEL_READ)
def completions(request: Visit, *, q: str = "") -> Data:
    """Say how the last word of a query may go on."""
    return Data(complete(request.call, q))


@page("/search-help", permission=Permission.MODEL_READ)
def search_help(request: Visit) -> Page:  # noqa: ARG001 - it says the same to everybody
    """Say how queries are written."""
    return Page("search_help.html", {"fields": FIELDS.values()})


@page("/namespaces", permission=Permission.MODEL_READ)
def namespaces(request: Visit, *, after: str = "") -> Page:
    """List the namespaces in which the visitor may see something."""
    found = list_namespaces(request.call, after=after, limit=_PAGE + 1)
    shown = found[:_PAGE]
    return Page("namespaces.html", {"found": shown, "next": shown[-1].name if len(found) > _PAGE else None})


@action("/saved", permission=Permission.TOKEN_WRITE)
def saved(request: Visit, *, name: str = "", place: str = "") -> Redirect:
    """Keep an address under a name."""
    kept = save_address(request.call, name, local(place))
    return Redirect(kept.place, f"Saved as “{kept.name}”.")


@action("/saved/forget", permission=Permission.TOKEN_WRITE)
def forgotten(request: Visit, *, name: str = "", place: str = "") -> Redirect:
    """Forget an address that was kept."""
    forget_address(request.call, name)
    return Redirect(local(place) or places.search(""), f"“{name[:80]}” is forgotten.")


routes = [models, versions, completions, search_help, namespaces, saved, forgotten]
