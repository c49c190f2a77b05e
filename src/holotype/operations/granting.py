"""What do the verbs about grants share? Who and what a grant names, and what its giver has to have."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from holotype.access import principals, rules, teams
from holotype.catalogue import models, namespaces
from holotype.db import Tx
from holotype.domain import names
from holotype.domain.entities import Actor
from holotype.domain.permissions import ROLES, STAGED, Permission
from holotype.domain.scopes import Scope
from holotype.errors import Denied, Invalid
from holotype.operations import accounts

_KINDS = ("user", "service", "team")
_MOST_STAGES = 20


@dataclass(frozen=True, slots=True)
class Who:
    """A principal or a team that a grant is about."""

    text: str
    principal_id: int | None = None
    team_id: int | None = None


def who(tx: Tx, text: str) -> Who:
    """Return whom ``ada``, ``user:ada``, ``service:ci`` or ``team:risk`` names, or raise ``NotFound``."""
    kind, colon, name = text.partition(":")
    if not colon:
        found = accounts.get(tx, text)
    elif kind == "team":
        team = teams.get(tx, name)
        return Who(f"team:{team.name}", team_id=team.id)
    elif kind in _KINDS:
        found = accounts.get(tx, name, kind)
    else:
        raise Invalid(f"{text[:200]!r} names nobody.", hint="Write user:NAME, service:NAME or team:NAME.")
    return Who(f"{found.kind}:{found.name}", principal_id=found.id)


def touch(tx: Tx, one: Who) -> None:
    """Note that what somebody may has changed."""
    if one.team_id is not None:
        principals.touch_team(tx, one.team_id)
    elif one.principal_id is not None:
        principals.touch(tx, one.principal_id)


def ids(tx: Tx, scope: Scope) -> tuple[int | None, int | None]:
    """Return the ids of the namespace and the model that a scope hangs on, or raise ``NotFound``."""
    if scope.namespace is None:
        return None, None
    if scope.kind == "model" and scope.model is not None:
        found = models.get(tx, scope.namespace, scope.model)
        return found.namespace_id, found.id
    return namespaces.get(tx, scope.namespace).id, None


def stages_of(stages: Collection[str]) -> tuple[str, ...]:
    """Return the stages that a grant is limited to, each once and in order, or raise ``Invalid``."""
    if len(stages) > _MOST_STAGES:
        raise Invalid(f"A grant is limited to at most {_MOST_STAGES} stages.")
    return tuple(sorted({names.label(stage) for stage in stages}))


def check_held(actor: Actor, role: str, scope: Scope, stages: Collection[str]) -> None:
    """Raise ``Denied`` unless the giver has everything that the role gives there: nobody gives more than they have."""
    for permission in sorted(ROLES[role]):
        for stage in stages if stages and permission in STAGED else (None,):
            if not _has(actor, permission, scope, stage):
                towards = f" towards {stage}" if stage else ""
                raise Denied(
                    f"Nobody gives more than they have: {permission.value} on {scope}{towards}.",
                    hint="Choose a role, a scope and stages that your own cover; `holotype whoami` shows them.",
                    permission=permission.value,
                    subject=str(scope),
                )


def _has(actor: Actor, permission: Permission, scope: Scope, stage: str | None) -> bool:
    return rules.may(actor, permission, namespace=scope.namespace, model=scope.model, stage=stage)
