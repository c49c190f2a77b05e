r"""Which moves between stages are legal?

    from \ to     none     staging   production   archived
    none            ·        yes         –           yes
    staging        yes        ·         yes          yes
    production      –        yes          ·          yes
    archived        –        yes       rollback       ·

``production`` holds one version of a model; the one it replaces goes to ``archived`` in the same transaction. The
other stages hold any number. ``rollback`` is the one way from ``archived`` straight to ``production``, and only for
a version that was there before.
"""

from __future__ import annotations

from dataclasses import dataclass

from holotype.errors import IllegalMove, Invalid

NONE, STAGING, PRODUCTION, ARCHIVED = "none", "staging", "production", "archived"


@dataclass(frozen=True, slots=True)
class Stage:
    """A lifecycle state; ``single`` stages hold one version of a model and send the former one to ``replaced_to``."""

    name: str
    single: bool = False
    replaced_to: str | None = None


STAGES: dict[str, Stage] = {
    NONE: Stage(NONE),
    STAGING: Stage(STAGING),
    PRODUCTION: Stage(PRODUCTION, single=True, replaced_to=ARCHIVED),
    ARCHIVED: Stage(ARCHIVED),
}

MOVES: dict[str, tuple[str, ...]] = {
    NONE: (STAGING, ARCHIVED),
    STAGING: (PRODUCTION, NONE, ARCHIVED),
    PRODUCTION: (ARCHIVED, STAGING),
    ARCHIVED: (STAGING,),
}

ROLLBACKS: dict[str, tuple[str, ...]] = {ARCHIVED: (PRODUCTION,)}


def stage(name: str) -> Stage:
    """Return the stage of that name, or raise ``Invalid`` with the names there are."""
    if name not in STAGES:
        raise Invalid(f"There is no stage {name[:80]!r}.", hint=f"Stages: {', '.join(STAGES)}.")
    return STAGES[name]


def check_move(source: str, target: str, *, rollback: bool = False) -> Stage:
    """Return the target stage of a legal move, or raise ``IllegalMove`` with the moves that are open."""
    found = stage(target)
    if target in MOVES[source] or (rollback and target in ROLLBACKS.get(source, ())):
        return found
    if source == target:
        raise IllegalMove(f"The version is already in {target}.", hint="Nothing was changed.")
    raise IllegalMove(f"No move leads from {source} to {target}.", hint=f"From {source}: {', '.join(MOVES[source])}.")
