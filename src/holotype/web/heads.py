"""What do all pages about one model have in common? Its head, its parts, and what is said of one that was deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.gateways.native.addresses import model_at
from holotype.operations.history import history
from holotype.operations.list_intakes import list_intakes
from holotype.operations.show import show_model
from holotype.web import places
from holotype.web.base import Page, Visit

_INTAKES, _TOLD = 5, 20
_PARTS = (("Versions", ""), ("Metrics", "metrics"), ("History", "history"), ("Card", "card"), ("Access", "access"))


def part(request: Visit, namespace: str, model: str, tab: str, make: Callable[[Reference, str], Page]) -> Page:
    """Return the page of a part of a model; ``make`` is given the model and its card, and adds what is in the part."""
    where = model_at(namespace, model)
    found, card = show_model(request.call, where, deleted=True)
    if found.deleted_at is not None:
        told = history(request.call, where, limit=_TOLD)
        return Page("model_deleted.html", {"model": found, "where": where, "events": told})
    made = make(where, card)
    coming = list_intakes(request.call, namespace=namespace, model=model, limit=_INTAKES)
    about: dict[str, Any] = {"model": found, "where": where, "tabs": _tabs(request, where, tab), "coming": coming}
    return Page(made.template, about | dict(made.about), status=made.status, cookies=made.cookies)


def _tabs(request: Visit, where: Reference, tab: str) -> list[tuple[str, str, bool]]:
    """Return the parts of a model; who may what is told to those who may know."""
    knows = request.may(Permission.ACCESS_READ, where.namespace, where.model)
    shown = [(name, part) for name, part in _PARTS if part != "access" or knows]
    return [(name, places.model(where, part), part == tab) for name, part in shown]
