"""Who does the registry take the caller for?"""

from __future__ import annotations

from dataclasses import dataclass

from holotype.access import rules
from holotype.domain.permissions import Permission
from holotype.operations.call import Call


@dataclass(frozen=True, slots=True)
class Identity:
    """A principal, what it may somewhere, and what its token is confined to."""

    principal: str
    permissions: list[str]
    scope: str


def whoami(call: Call) -> Identity:
    """Return the caller's identity."""
    rules.require_somewhere(call.actor, Permission.TOKEN_WRITE)
    permissions = [one.value for one in Permission if rules.may_somewhere(call.actor, one)]
    return Identity(call.actor.name, permissions, rules.subject(call.actor.namespace, call.actor.model))
