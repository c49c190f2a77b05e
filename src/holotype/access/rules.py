"""May this caller do that? Decided from the actor alone, which was built when the request arrived.

    permission      asked for, on the registry, a namespace or a model, perhaps towards a stage
        ∈ a right of the principal that covers the thing      (its grants)
        ∧ the thing lies inside the token's scope             (``actor.namespace``, ``actor.model``)

The permissions of the token's role are cut out of every right when the actor is built, so they need no rule here.

Whoever may not even read a thing is told that there is no such thing, in the words that they get for any other name:
decided before the catalogue is asked, the answer cannot depend on what is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from holotype.access.rights import ANY_STAGE, indexed
from holotype.domain.entities import Actor, Right
from holotype.domain.permissions import ROLES, Permission
from holotype.errors import Denied, NotFound, Unauthenticated

__all__ = [
    "ANY_STAGE",
    "borne",
    "may",
    "may_somewhere",
    "may_within",
    "needs",
    "refuse",
    "require",
    "require_somewhere",
    "require_within",
]


def require(
    actor: Actor,
    permission: Permission,
    *,
    namespace: str | None = None,
    model: str | None = None,
    stage: str | None = None,
) -> None:
    """Raise unless the actor has the permission on a thing: ``NotFound`` where they may not even read it.

    Without a namespace the thing is the whole registry: rights on a part of it do not suffice. Of the permissions in
    ``permissions.STAGED``, a right that is limited to stages gives those only where ``stage`` is one of them.
    """
    if not may(actor, permission, namespace=namespace, model=model, stage=stage):
        refuse(actor, permission, subject(namespace, model), hidden=not _sees(actor, namespace, model), stage=stage)


def require_somewhere(actor: Actor, permission: Permission) -> None:
    """Raise unless the actor has the permission on something, be it one model."""
    if not may_somewhere(actor, permission):
        refuse(actor, permission, subject(None, None))


def require_within(actor: Actor, permission: Permission, namespace: str) -> None:
    """Raise unless the actor has the permission on a namespace or on something in it."""
    if not may_within(actor, permission, namespace):
        refuse(actor, permission, namespace, hidden=not may_within(actor, Permission.MODEL_READ, namespace))


def may(
    actor: Actor,
    permission: Permission,
    *,
    namespace: str | None = None,
    model: str | None = None,
    stage: str | None = None,
) -> bool:
    """Say whether the actor has the permission on the registry, a namespace or a model."""
    if actor.namespace is not None and actor.namespace != namespace:
        return False
    if actor.model is not None and actor.model != model:
        return False
    if permission in actor.permissions:
        return True
    return bool(actor.rights) and indexed(actor.rights).on(namespace, model).gives(permission, stage)


def may_somewhere(actor: Actor, permission: Permission) -> bool:
    """Say whether there is anything on which the actor has the permission; of tokens, one's own always are."""
    if permission is Permission.TOKEN_WRITE and actor.principal_id is not None:
        return True
    return bool(_found(actor, permission).places)


def may_within(actor: Actor, permission: Permission, namespace: str) -> bool:
    """Say whether the actor has the permission on a namespace, or on a model or a pattern in it."""
    spaces = _found(actor, permission).spaces
    return namespace in spaces or None in spaces


def borne(actor: Actor, roles: Iterable[str], *, namespace: str, model: str, stage: str) -> frozenset[str]:
    """Return those of a principal's roles on a model that the token at hand bears too: it may be narrower than they."""
    on = {"namespace": namespace, "model": model, "stage": stage}
    return frozenset(role for role in roles if all(may(actor, one, **on) for one in ROLES.get(role, ())))


def scopes(actor: Actor, permission: Permission) -> list[tuple[str, str | None]] | None:
    """Return where the actor has the permission, as (namespace, model or None for all); None means everywhere.

    A model that ends in ``*`` stands for all whose names begin so. A permission that is limited to stages counts.
    """
    places = _found(actor, permission).places
    return None if (None, None) in places else [(space, model) for space, model in places if space is not None]


def needs(permission: Permission, about: str) -> str:
    """Return the sentence that says who has a permission that somebody lacks: by the roles that give it."""
    held_by = ", ".join(role for role, held in ROLES.items() if permission in held)
    return f"Needs {permission} on {about}: {held_by}."


def subject(namespace: str | None, model: str | None) -> str:
    """Return how messages and the ledger name a thing that rights apply to."""
    if namespace is None:
        return "registry"
    return f"{namespace}/{model}" if model is not None else namespace


def refuse(actor: Actor, permission: Permission, about: str, *, hidden: bool = False, stage: str | None = None) -> None:
    """Raise ``Unauthenticated`` for somebody unknown, ``NotFound`` for what is hidden from them, else ``Denied``."""
    if actor.principal_id is None:
        raise Unauthenticated(
            "This needs a token.",
            hint="Sign in with `holotype login`, or set HOLOTYPE_TOKEN (over HTTP: `Authorization: Bearer holo_…`).",
        )
    if hidden:
        kind, command = ("model", "ls") if "/" in about else ("namespace", "namespace ls")
        raise NotFound(
            f"There is no {kind} {about}.",
            hint=f"`holotype {command}` lists those that you may see.",
            permission=permission.value,
            subject=about,
        )
    place = "this registry" if about == "registry" else about
    towards = f" towards {stage}" if stage not in {None, ANY_STAGE} else ""
    who = f"The token {actor.token_id} of {actor.name}" if actor.token_id else actor.name
    raise Denied(
        f"{who} may not {permission.value} on {place}{towards}.",
        hint=f"{needs(permission, about)} `holotype whoami` shows what it may.",
        permission=permission.value,
        subject=about,
    )


def _sees(actor: Actor, namespace: str | None, model: str | None) -> bool:
    if namespace is None:
        return True
    if model is None:
        return may_within(actor, Permission.MODEL_READ, namespace)
    return may(actor, Permission.MODEL_READ, namespace=namespace, model=model)


class _Places(NamedTuple):
    """Where an actor has a permission, each place once, and the namespaces of those places."""

    places: tuple[tuple[str | None, str | None], ...]
    spaces: frozenset[str | None]


def _found(actor: Actor, permission: Permission) -> _Places:
    """Return the places of a permission; they are kept with the rights, for there may be thousands."""
    derived = indexed(actor.rights).derived
    key = (permission, permission in actor.permissions, actor.namespace, actor.model)
    if key not in derived:
        places = tuple(dict.fromkeys(_places(actor, permission)))
        derived[key] = _Places(places, frozenset(space for space, _ in places))
    found: _Places = derived[key]
    return found


def _places(actor: Actor, permission: Permission) -> Iterator[tuple[str | None, str | None]]:
    narrow = (actor.namespace, actor.model)
    if permission in actor.permissions:
        yield narrow
    for right in actor.rights:
        if permission not in right.permissions:
            continue
        if actor.namespace is None or _covers(right, *narrow):
            yield (right.namespace, right.model) if actor.namespace is None else narrow
        elif right.namespace == actor.namespace and actor.model is None:
            yield right.namespace, right.model


def _covers(right: Right, namespace: str | None, model: str | None) -> bool:
    if right.namespace is None:
        return True
    if right.namespace != namespace or right.model is None:
        return right.namespace == namespace
    if right.model.endswith("*"):
        return model is not None and model.startswith(right.model[:-1])
    return right.model == model
