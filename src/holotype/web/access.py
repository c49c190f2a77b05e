"""What do the pages about access share? Their parts, as far as they are for whoever looks, and who may end a grant."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

from holotype.domain import scopes, times
from holotype.domain.entities import Grant, Token
from holotype.domain.permissions import Permission
from holotype.errors import Invalid
from holotype.operations.call import Call
from holotype.web.base import Visit
from holotype.web.sessions import local

PAGE, FEW = 50, 10
Tab = tuple[str, str, bool]


@dataclass(frozen=True, slots=True)
class Given:
    """A grant, and whether whoever looks may revoke it."""

    grant: Grant
    ends: bool


def tabs(visit: Visit, here: str) -> list[Tab]:
    """Return the parts of the pages about access that somebody can open."""
    everybody = visit.may(Permission.ACCESS_READ)
    parts = [
        ("Mine", "/access", True),
        ("Users", "/access/users", everybody),
        ("Teams", "/access/teams", True),
        ("Service accounts", "/access/services", True),
        ("Tokens", "/access/tokens", visit.may(Permission.ADMIN_OPERATE)),
        ("Grants", "/access/grants", True),
        ("Trust rules", "/access/trusts", visit.may_somewhere(Permission.ACCESS_READ)),
        ("Explain", "/access/explain", True),
    ]
    return [(name, place, name == here) for name, place, shown in parts if shown]


def given(visit: Visit, grants: Sequence[Grant]) -> list[Given]:
    """Return grants with whether the visitor may revoke each."""
    return [Given(one, _ends(visit, one)) for one in grants]


def _ends(visit: Visit, grant: Grant) -> bool:
    where = scopes.parse(grant.scope)
    return visit.may(Permission.ACCESS_WRITE, where.namespace, where.model)


def words(text: str) -> list[str]:
    """Return the names in a field, which stand behind each other with commas or blanks between them."""
    return text.replace(",", " ").split()


def back(place: str, otherwise: str) -> str:
    """Return where an action leads: to the page that its form was on, if that is one of ours."""
    return local(place) or otherwise


def fresh() -> str:
    """Return a word by which a form is known that was sent twice."""
    return secrets.token_urlsafe(12)


def once(call: Call, word: str) -> Call:
    """Return the call of a form that must not be done twice, whatever a browser sends again."""
    return replace(call, idempotency_key=f"form:{word}") if word else call


def cursor(token: Token) -> str:
    """Return where a page of tokens goes on."""
    return f"{times.to_micros(token.created_at)}.{token.id}"


def position(text: str | None) -> tuple[int, str] | None:
    """Read where a page of tokens begins."""
    if text is None:
        return None
    micros, dot, token_id = text.partition(".")
    if not (dot and micros.isascii() and micros.isdigit() and len(micros) < 19):
        raise Invalid("This is not a cursor of this list.", hint="Begin again with the first page.")
    return int(micros), token_id
