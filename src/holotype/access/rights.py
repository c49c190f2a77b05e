"""Which of many rights cover a thing? Found in tables, so that ten thousand rights cost as much as one.

    everywhere   rights on the registry
    spaces       by namespace
    models       by namespace and model
    beginnings   by namespace and the beginning of a name (``fraud-*``): each beginning of the model's name is looked up

What was found for a thing is remembered for as long as the rights are; they never change, whoever gets others gets new
ones.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import Any, NamedTuple

from holotype.domain.entities import Right
from holotype.domain.permissions import STAGED, Permission

ANY_STAGE = "*"
"""Asks for a permission towards some stage, whichever: what lists and routes ask before they know the stage."""
_REMEMBERED = 4_096


class Held(NamedTuple):
    """What some rights give together: permissions, and more of them towards single stages."""

    permissions: frozenset[Permission] = frozenset()
    towards: dict[str, frozenset[Permission]] = {}  # noqa: RUF012 - never changed

    def gives(self, permission: Permission, stage: str | None) -> bool:
        """Say whether the permission is there; one limited to stages only where the stage is told."""
        if permission in self.permissions:
            return True
        if stage is None or permission not in STAGED:
            return False
        if stage == ANY_STAGE:
            return any(permission in one for one in self.towards.values())
        return permission in self.towards.get(stage, ())


_NOTHING = Held()


class Rights(tuple[Right, ...]):  # noqa: SLOT001 - the index is what it is for
    """Rights with their index. A tuple like any other, but what covers a thing is found without walking it."""

    def __init__(self, _each: Iterable[Right] = ()) -> None:
        """Build the index."""
        self._index = _sorted(self)
        self._known: dict[tuple[str | None, str | None], Held] = {}
        self.derived: dict[Hashable, Any] = {}
        """What callers worked out from these rights and want to find again, under keys of their own."""

    def on(self, namespace: str | None, model: str | None) -> Held:
        """Return what the rights that cover the registry, a namespace or a model give together."""
        found = self._known.get((namespace, model))
        if found is None:
            found = merged([self._index[key] for key in _keys(namespace, model) if key in self._index])
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[namespace, model] = found
        return found


def indexed(rights: tuple[Right, ...]) -> Rights:
    """Return the rights with their index: as they are where they have one."""
    return rights if isinstance(rights, Rights) else Rights(rights)


def merged(each: Iterable[Held]) -> Held:
    """Return what several give together."""
    held = list(each)
    if len(held) < 2:
        return held[0] if held else _NOTHING
    towards: dict[str, frozenset[Permission]] = {}
    for one in held:
        for stage, permissions in one.towards.items():
            towards[stage] = towards.get(stage, frozenset()) | permissions
    return Held(frozenset().union(*[one.permissions for one in held]), towards)


def held(right: Right) -> Held:
    """Return what a single right gives."""
    if right.stages is None:
        return Held(right.permissions)
    return Held(right.permissions - STAGED, dict.fromkeys(right.stages, right.permissions & STAGED))


def _sorted(rights: Iterable[Right]) -> dict[tuple[str | None, str | None], Held]:
    index: dict[tuple[str | None, str | None], Held] = {}
    for right in rights:
        key = (right.namespace, right.model)
        index[key] = merged([index[key], held(right)]) if key in index else held(right)
    return index


def _keys(namespace: str | None, model: str | None) -> Iterator[tuple[str | None, str | None]]:
    yield None, None
    if namespace is None:
        return
    yield namespace, None
    if model is None:
        return
    yield namespace, model
    for length in range(len(model) + 1):
        yield namespace, model[:length] + "*"
