"""What do people say about a model, and how do its card, description, tags and name change?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from holotype.domain.entities import Model
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.errors import Denied, HolotypeError
from holotype.gateways.native.addresses import model_at
from holotype.operations.change_model import change_model
from holotype.operations.rename_model import rename_model
from holotype.operations.show import show_model
from holotype.web import places
from holotype.web.base import Page, Redirect, Visit, action, page
from holotype.web.heads import part

CARD = "/models/{namespace:str}/{model:str}/card"
_LARGEST, _LONGEST = 4 * 2**20, 1_000


@dataclass(frozen=True, slots=True)
class _Draft:
    """What somebody writes about a model; ``shown`` are the tags that the form began with."""

    description: str
    card: str
    tags: str
    shown: str
    why: HolotypeError | None = None


@page(CARD, permission=Permission.MODEL_READ)
def card(request: Visit, namespace: str, model: str, *, edit: bool = False) -> Page:
    """Show the card of a model, or the form that changes it."""

    def make(where: Reference, text: str) -> Page:
        draft = None
        if edit and request.may(Permission.MODEL_WRITE, namespace, model):
            found, _ = show_model(request.call, where)
            written = _written(found)
            lines = "\n".join(f"{key}={value}" for key, value in sorted(written.items()))
            draft = _Draft(found.description, text, lines, json.dumps(sorted(written)))
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
) -> Page | Redirect:
    """Change the words about a model; what is refused stays in the form."""
    where = model_at(namespace, model)
    try:
        change_model(request.call, where, description=description, card=card, given=_given(tags, shown))
    except Denied:
        raise
    except HolotypeError as error:
        draft = _Draft(description, card, tags, shown, error)
        about = {"card": card, "draft": draft}
        return part(request, namespace, model, "card", lambda *_: Page("model_card.html", about, status=400))
    return Redirect(places.model(where, "card"), "Saved.")


@action("/models/{namespace:str}/{model:str}/rename", permission=Permission.MODEL_WRITE)
def renamed(request: Visit, namespace: str, model: str, *, name: str = "") -> Redirect:
    """Give a model another name in its namespace."""
    found = rename_model(request.call, model_at(namespace, model), name.strip())
    return Redirect(places.model(found.reference, "card"), f"It is {found.reference} now.")


def _written(model: Model) -> dict[str, str]:
    """Return the tags that can stand in lines; others are changed by a program."""
    return {
        key: value
        for key, value in model.tags.items()
        if "=" not in key and len(value) <= _LONGEST and (value.isprintable() or not value) and value == value.strip()
    }


def _given(tags: str, shown: str) -> Mapping[str, str | None]:
    """Return the tags of a form's lines; those that it began with and that are gone are taken away."""
    lines = [line.strip().partition("=") for line in tags.split("\n") if line.strip()]
    given: dict[str, str | None] = {key.strip(): value.strip() for key, _, value in lines}
    return {key: None for key in _names(shown) if key not in given} | given


def _names(text: str) -> list[str]:
    try:
        found = json.loads(text)
    except ValueError:
        return []
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []


routes = [card, changed, renamed]
