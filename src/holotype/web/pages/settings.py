"""How is this server set up, and is it well? For whoever operates it; others see what it is and whether it answers."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from holotype.domain.permissions import Permission
from holotype.errors import HolotypeError
from holotype.gateways.native.addresses import before
from holotype.operations.check import check
from holotype.operations.list_intakes import list_intakes
from holotype.operations.prove import latest_checkpoint
from holotype.settings import Settings
from holotype.web.base import Page, Visit, page

_INTAKES = 20


@dataclass(frozen=True, slots=True)
class _Setting:
    """A setting with its value in words, and whether it is what it would be if nobody had said anything."""

    name: str
    value: str
    help: str
    usual: bool


@page("/settings", permission=Permission.TOKEN_WRITE)
def settings(request: Visit, *, cursor: str | None = None) -> Page:
    """Show the health of the server, what is still copied in, and for administrators its settings."""
    call = request.call
    operates = request.may(Permission.ADMIN_OPERATE)
    about: dict[str, Any] = {
        "trouble": _trouble(request),
        "checkpoint": None,
        "intakes": [],
        "next": None,
        "settings": _settings(call.registry.settings) if operates else None,
        "database": call.registry.database.dialect,
    }
    if request.may_somewhere(Permission.LEDGER_READ):
        about["checkpoint"] = _checkpoint(request)
    if request.may_somewhere(Permission.MODEL_READ):
        found = list_intakes(call, before=before(cursor), limit=_INTAKES)
        about |= {"intakes": found.items, "next": found.next}
    return Page("settings.html", about)


def _trouble(request: Visit) -> str:
    try:
        check(request.call)
    except HolotypeError as error:
        return str(error)
    return ""


def _checkpoint(request: Visit) -> Any:
    try:
        return latest_checkpoint(request.call)
    except HolotypeError:
        return None


def _settings(found: Settings) -> list[_Setting]:
    """Return every setting; of a secret one only whether it is set."""
    return [
        _Setting(one.name, _told(getattr(found, one.name), secret=one.metadata["secret"]), one.metadata["help"],
                 getattr(found, one.name) == one.default)
        for one in fields(Settings)
    ]  # fmt: skip


def _told(value: object, *, secret: bool) -> str:
    if value is None:
        return "not set"
    if secret:
        return "set, and not shown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _plain(str(value))


def _plain(text: str) -> str:
    """Return a value without what stands in an address to prove who asks: a user with a password, a query."""
    scheme, mark, rest = text.partition("://")
    if not mark:
        return text
    plain = rest.rpartition("@")[2].partition("?")
    return f"{scheme}://{'…@' if '@' in rest else ''}{plain[0]}{'?…' if plain[1] else ''}"


routes = [settings]
