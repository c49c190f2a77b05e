"""What can be done with a version? Ask for a move, name it by an alias, write about it, delete it and bring it back."""

from __future__ import annotations

from holotype.domain.entities import Promotion
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.errors import Denied, HolotypeError
from holotype.gateways.native.addresses import version_at
from holotype.governance.promotions import APPLIED
from holotype.operations.change_version import change_version
from holotype.operations.delete import delete_version
from holotype.operations.promote import promote
from holotype.operations.remove_alias import remove_alias
from holotype.operations.restore import restore_version
from holotype.operations.set_alias import set_alias
from holotype.operations.show import show_version
from holotype.operations.situation import Situation
from holotype.operations.words import mark
from holotype.web import drafts, places
from holotype.web.base import Page, Redirect, Visit, action, page
from holotype.web.drafts import Draft
from holotype.web.version_heads import VERSION, part

_LARGEST = 4 * 2**20


@page(VERSION + "/promote", permission=Permission.PROMOTION_REQUEST, slow=True)
def preview(request: Visit, namespace: str, model: str, label: str, *, to: str) -> Page:
    """Show what every gate says about a move, before anybody asks for it."""

    def make(where: Reference, stands: Situation) -> Page:
        found = promote(request.call, where, to, dry_run=True)
        way = next((one for one in stands.ways if one.target == to), None)
        return Page("version_promote.html", {"found": found, "way": way, "to": to})

    return part(request, namespace, model, label, "promote", make)


@action(VERSION + "/promote", permission=Permission.PROMOTION_REQUEST, slow=True)
def promoted(request: Visit, namespace: str, model: str, label: str, *, to: str, reason: str = "") -> Redirect:
    """Move a version to a stage, or ask for it where others have to approve."""
    made = promote(request.call, version_at(namespace, model, label), to, reason=reason)
    return _asked(made)


@action(VERSION + "/alias", permission=Permission.ALIAS_WRITE, slow=True)
def named(request: Visit, namespace: str, model: str, label: str, *, alias: str, reason: str = "") -> Redirect:
    """Let an alias name a version, or ask for it where the policy protects it."""
    made = set_alias(request.call, version_at(namespace, model, label), alias.strip(), reason=reason)
    if isinstance(made, Promotion):
        return _asked(made)
    return Redirect(places.version(made.reference), f"{alias.strip()} names {made.reference} now.")


@action(VERSION + "/alias/remove", permission=Permission.ALIAS_WRITE)
def unnamed(request: Visit, namespace: str, model: str, label: str, *, alias: str) -> Redirect:
    """Remove an alias; the version that it named stays."""
    where = version_at(namespace, model, label)
    remove_alias(request.call, Reference(where.namespace, where.model), alias)
    return Redirect(places.version(where), f"The alias {alias} is gone.")


@action(VERSION + "/words", permission=Permission.VERSION_WRITE, limit=_LARGEST)
def reworded(  # noqa: PLR0913 - each is a field of the form
    request: Visit,
    namespace: str,
    model: str,
    label: str,
    *,
    description: str = "",
    card: str = "",
    tags: str = "",
    shown: str = "[]",
    began: str | None = None,
) -> Page | Redirect:
    """Change the words about a version; what is refused stays in the form."""
    where = version_at(namespace, model, label)
    try:
        given = drafts.given(tags, shown)
        change_version(request.call, where, description=description, card=card, given=given, began=began)
    except Denied:
        raise
    except HolotypeError as error:
        shown_now = show_version(request.call, where)
        now = mark(shown_now.version.description, shown_now.card)  # sent again, it replaces what is there now
        draft = Draft(description, card, tags, shown, error, began=now)
        again = Page("version.html", {"draft": draft}, status=400)
        return part(request, namespace, model, label, "", lambda *_: again)
    return Redirect(places.version(where), "Saved.")


@action(VERSION + "/delete", permission=Permission.VERSION_DELETE)
def deleted(request: Visit, namespace: str, model: str, label: str) -> Redirect:
    """Delete a version that nothing holds, softly."""
    found = delete_version(request.call, version_at(namespace, model, label))
    return Redirect(places.version(found.reference), f"{found.reference} is deleted.")


@action(VERSION + "/restore", permission=Permission.VERSION_DELETE)
def restored(request: Visit, namespace: str, model: str, label: str) -> Redirect:
    """Bring a deleted version back."""
    found = restore_version(request.call, version_at(namespace, model, label))
    return Redirect(places.version(found.reference), f"{found.reference} is back.")


def _asked(made: Promotion) -> Redirect:
    """Lead to what became of a wish: the version that moved, or the promotion that waits or was refused."""
    if made.status != APPLIED:
        told = "It waits for approvals." if made.status == "pending" else "Gates stand in the way."
        return Redirect(places.promotion(made.id), told)
    said = f"{made.target} names {made.version.reference} now." if made.kind == "alias" else ""
    return Redirect(places.version(made.version.reference), said or f"{made.version.reference} is in {made.target}.")


routes = [preview, promoted, named, unnamed, reworded, deleted, restored]
