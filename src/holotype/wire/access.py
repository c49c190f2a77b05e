"""What do users, service accounts, teams and grants look like on the wire?"""

from __future__ import annotations

from datetime import datetime

from holotype.domain import entities
from holotype.wire.base import Request, Response


class Account(Response):
    """A user or a service account (``kind``); ``owner`` is the user who answers for a service account."""

    name: str
    kind: str
    created_at: datetime
    owner: str | None = None
    disabled_at: datetime | None = None


class NewUser(Request):
    """A user to create."""

    name: str


class UserChange(Request):
    """Whether a user shall be kept out."""

    disabled: bool


class NewService(Request):
    """A service account to create; its owner is the person behind the caller unless named."""

    name: str
    owner: str | None = None


class ServiceChange(Request):
    """Whether a service account shall be stopped, and who answers for it; what is not given stays."""

    disabled: bool | None = None
    owner: str | None = None


class Team(Response):
    """Users and service accounts who get rights together; ``members`` are there when one team is shown."""

    name: str
    created_at: datetime
    size: int
    members: list[str] = []


class NewTeam(Request):
    """A team to create."""

    name: str
    members: list[str] = []


class TeamChange(Request):
    """Who shall enter a team, and who shall leave it."""

    add: list[str] = []
    remove: list[str] = []


class NewGrant(Request):
    """A role to give.

    ``who`` is a user or service account, or ``team:NAME``; ``scope`` is ``registry``, a namespace, a model or a pattern
    such as ``risk/fraud-*``. With ``stages``, versions are moved towards those only.
    """

    who: str
    role: str
    scope: str
    stages: list[str] = []


class Grant(Response):
    """A role on a scope, given to somebody: ``user:ada``, ``service:ci`` or ``team:risk``."""

    id: int
    who: str
    role: str
    scope: str
    created_at: datetime
    created_by: str
    stages: list[str] = []


class Reason(Response):
    """A grant, and what it has to do with the question."""

    grant: Grant
    detail: str


class Explanation(Response):
    """Whether somebody may do something on a thing (``subject``), perhaps towards a stage.

    ``detail`` says it in a sentence. ``allowing`` lists the grants that allow it; where there is none, ``closest``
    lists those that nearly do.
    """

    principal: str
    permission: str
    subject: str
    stage: str | None
    allowed: bool
    detail: str
    allowing: list[Reason]
    closest: list[Reason]


def account(value: entities.Account) -> Account:
    """Return the wire shape of a user or service account."""
    return Account(value.name, value.kind, value.created_at, value.owner, value.disabled_at)


def team(value: entities.Team) -> Team:
    """Return the wire shape of a team."""
    return Team(value.name, value.created_at, value.size, list(value.members))


def grant(value: entities.Grant) -> Grant:
    """Return the wire shape of a grant."""
    return Grant(value.id, value.who, value.role, value.scope, value.created_at, value.created_by, list(value.stages))
