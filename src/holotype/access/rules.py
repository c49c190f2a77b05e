"""May this caller do that? Decided from the actor alone, which was built when the request arrived.

    permission      asked for, on the registry, a namespace or a model
        ∈ a right of the principal that covers the thing      (its grants)
        ∧ the thing lies inside the token's scope             (``actor.namespace``, ``actor.model``)

The permissions of the token's role are cut out of every right when the actor is built, so they need no rule here.
"""

from __future__ import annotations

from collections.abc import Iterator

from holotype.domain.entities import Actor, Right
from holotype.domain.permissions import Permission
from holotype.errors import Denied, Unauthenticated


def require(actor: Actor, permission: Permission, *, namespace: str | None = None, model: str | None = None) -> None:
    """Raise ``Denied`` (or ``Unauthenticated``) unless the actor has the permission on a thing.

    Without a namespace the thing is the whole registry: rights on a part of it do not suffice.
    """
    if not may(actor, permission, namespace=namespace, model=model):
        refuse(actor, permission, subject(namespace, model))


def require_somewhere(actor: Actor, permission: Permission) -> None:
    """Raise unless the actor has the permission on something, be it one model."""
    if not may_somewhere(actor, permission):
        refuse(actor, permission, subject(None, None))


def may(actor: Actor, permission: Permission, *, namespace: str | None = None, model: str | None = None) -> bool:
    """Say whether the actor has the permission on the registry, a namespace or a model."""
    if actor.namespace is not None and actor.namespace != namespace:
        return False
    if actor.model is not None and actor.model != model:
        return False
    if permission in actor.permissions:
        return True
    return any(permission in right.permissions and _covers(right, namespace, model) for right in actor.rights)


def may_somewhere(actor: Actor, permission: Permission) -> bool:
    """Say whether there is anything on which the actor has the permission."""
    return permission in actor.permissions or any(permission in right.permissions for right in actor.rights)


def scopes(actor: Actor, permission: Permission) -> list[tuple[str, str | None]] | None:
    """Return where the actor has the permission, as (namespace, model or None for all); None means everywhere."""
    places = list(dict.fromkeys(_places(actor, permission)))
    return None if (None, None) in places else [(space, model) for space, model in places if space is not None]


def subject(namespace: str | None, model: str | None) -> str:
    """Return how messages and the ledger name a thing that rights apply to."""
    if namespace is None:
        return "registry"
    return f"{namespace}/{model}" if model is not None else namespace


def refuse(actor: Actor, permission: Permission, about: str) -> None:
    """Raise ``Unauthenticated`` for somebody unknown, ``Denied`` for everybody else."""
    if actor.principal_id is None:
        raise Unauthenticated(
            "This needs a token.", hint="Send `Authorization: Bearer holo_…`, or set HOLOTYPE_TOKEN for the client."
        )
    place = "this registry" if about == "registry" else about
    who = f"The token {actor.token_id} of {actor.name}" if actor.token_id else actor.name
    raise Denied(
        f"{who} may not {permission.value} on {place}.",
        hint="`holotype whoami` shows what it may. Use another token, or ask for one whose role and scope cover this.",
        permission=permission.value,
        subject=about,
    )


def _covers(right: Right, namespace: str | None, model: str | None) -> bool:
    if right.namespace is None:
        return True
    return right.namespace == namespace and (right.model is None or right.model == model)


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
