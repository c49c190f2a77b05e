"""What do people say about a model, and how do its card, description, tags and name change?"""

from __future__ import annotations

from dataclasses import replace

from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.errors import Denied, HolotypeError
from holotype.gateways.native.addresses import model_at
from holotype.operations.change_model import change_model
from holotype.operations.rename_model import rename_model
from holotype.operations.show import show_model
from holotype.operations.words import mark
from holotype.web import drafts, places
from holotype.web.base import Page, Redirect, Visit, action, page
from holotype.web.drafts import Draft
from holotype.web.heads import part

CARD = "/models/{namespace:str}/{model:str}/card"
_LARGEST = 4 * 2**20


@page(CARD, permission=Permission.MODEL_READ)
def card(request: Visit, namespace: str, model: str, *, edit: bool = False) -> Page:
    """Show the card of a model, or the form that changes it."""

    def make(where: Reference, text: str) -> Page:
        draft = None
        if edit and request.may(Permission.MODEL_WRITE, namespace, model):
            found, _ = show_model(request.call, where)
            draft = drafts.begun(found.description, text, found.tags)
        return Page("model_card.html", {"card": text, "draft": draft})

    return part(request, namespace, model, "card", make)


@action(CARD, permission=Permission.MODEL_WRITE, limit=_LARGEST)
def changed(
    request: Visit,
    namespace: str,
    model: str,
    *,
    description: str = "",
    card: str = "",
    tags: str = "",
    shown: str = "[]",
    began: str | None = None,
) -> Page | Redirect:
    """Change the words about a model; what is refused stays in the form."""
    where = model_at(namespace, model)
    given = drafts.given(tags, shown)
    try:
        change_model(request.call, where, description=description, card=card, given=given, began=began)
    except Denied:
        raise
    except HolotypeError as error:
        return _again(request, where, Draft(description, card, tags, shown, error))
    return Redirect(places.model(where, "card"), "Saved.")


def _again(request: Visit, where: Reference, draft: Draft) -> Page:
    """Return the form as it was sent; sent again, it replaces what is there now."""

    def make(_: Reference, text: str) -> Page:
        found, _tags = show_model(request.call, where)
        now = replace(draft, began=mark(found.description, text))
        return Page("model_card.html", {"card": draft.card, "draft": now}, status=400)

    return part(request, where.namespace, where.model, "card", make)


@action("/models/{namespace:str}/{model:str}/rename", permission=Permission.MODEL_WRITE)
def renamed(request: Visit, namespace: str, model: str, *, name: str = "") -> Redirect:
    """Give a model another name in its namespace."""
    found = rename_model(request.call, model_at(namespace, model), name.strip())
    return Redirect(places.model(found.reference, "card"), f"It is {found.reference} now.")


routes = [card, changed, renamed]
