"""THE RULES OF PROMOTION. One file a gate; the folder is the list (see ``ADDING.md``).

``build`` makes a gate of what a policy says about it; ``all`` names the gates that there are.
"""

from __future__ import annotations

import difflib
import pkgutil
from collections.abc import Sequence
from functools import lru_cache
from importlib import import_module
from inspect import isabstract

from holotype.domain.policy import GateUse
from holotype.errors import Invalid
from holotype.gates import building
from holotype.gates.base import Gate

_KEPT = 1_000
_built: dict[tuple[type[Gate], str], Gate] = {}


def all() -> dict[str, type[Gate]]:  # noqa: A001 - read as `gates.all()`
    """Return every gate of the folder under the name that policies use, in alphabetical order."""
    return dict(_walk(tuple(__path__)))


def build(use: GateUse) -> Gate:
    """Return the gate that a policy asks for, or raise ``Invalid`` with what is wrong with its name or settings."""
    known = all()
    if use.gate not in known:
        raise Invalid(f"There is no gate {use.gate[:80]!r}.", hint=_nearest(use.gate, sorted(known)))
    kind = known[use.gate]
    key = kind, repr(sorted(use.settings.items()))
    if key not in _built:
        made = building.read(kind, use.settings)
        if len(_built) >= _KEPT:
            _built.clear()
        _built[key] = made
    return _built[key]


def _nearest(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, 1)
    return f"Did you mean {near[0]!r}?" if near else f"Gates: {', '.join(known)}."


@lru_cache(maxsize=4)
def _walk(folders: tuple[str, ...]) -> dict[str, type[Gate]]:
    modules = [import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(folders)]
    kinds = [kind for module in modules for kind in vars(module).values() if _is_gate(kind, module.__name__)]
    return {kind.gate: kind for kind in sorted(kinds, key=lambda kind: kind.gate)}


def _is_gate(value: object, module: str) -> bool:
    """Say whether a value is a gate that a module defines and not one that it imported."""
    return isinstance(value, type) and issubclass(value, Gate) and value.__module__ == module and not isabstract(value)
