"""What does a policy say? Which stages there are, which moves are legal, and what each move asks for.

    Policy ─< Stage          in their order; ``none`` comes first: there every version begins
           ─< Move           from some stages to one, with its rule
           ─< AliasRule      a pattern of protected aliases, with its rule
           ─< TrustedKey     whose signatures count here
           ─  Emergency      who may override gates, and for how long
    Rule   = gates + approvals + how long a request waits + whether it happens by itself

A policy is written as TOML (``holotype.domain.policy_reading``). What a gate is, the layer above knows: here a gate is
a name with settings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from fnmatch import fnmatchcase

from holotype.domain import titles
from holotype.domain.lifecycle import NONE, Stage
from holotype.errors import IllegalMove, Invalid

REQUESTER, AUTHOR = "requester", "author"
DEFAULT_NUMBER = 0
"""The number of the built-in policy of a namespace that never applied one."""
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class GateUse:
    """A gate by name with its settings, as the policy asks for it; ``line`` is where it says so."""

    gate: str
    settings: Mapping[str, object] = field(default_factory=dict)
    line: int = 0


@dataclass(frozen=True, slots=True)
class ApprovalRule:
    """How many persons have to approve, from among whom, and who of those does not count.

    ``among`` holds ``role:reviewer``, ``team:risk`` or ``user:ada``; empty means everybody who may approve. ``exclude``
    holds ``requester`` and ``author``: the persons who asked for the promotion and who registered the version.
    """

    count: int
    among: tuple[str, ...] = ()
    exclude: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rule:
    """What a move or a protected alias asks for. Every one of ``approvals`` has to be met."""

    gates: tuple[GateUse, ...] = ()
    approvals: tuple[ApprovalRule, ...] = ()
    expires: timedelta = _WEEK
    automatic: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """A legal move from any of ``sources`` to ``target``."""

    sources: tuple[str, ...]
    target: str
    rule: Rule = field(default_factory=Rule)


@dataclass(frozen=True, slots=True)
class AliasRule:
    """Aliases that move only by promotion: those whose names match a shell pattern."""

    pattern: str
    rule: Rule


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A public key (PEM) whose signatures count in this namespace, under the name that gates and evidence use."""

    name: str
    public: str


@dataclass(frozen=True, slots=True)
class Emergency:
    """Who may override gates (as in ``ApprovalRule.among``), and for how long at most."""

    among: tuple[str, ...] = ("role:maintainer", "role:admin")
    longest: timedelta = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules of a namespace; ``number`` counts its versions from 1 (0 is built in), ``digest`` is of ``text``."""

    stages: Mapping[str, Stage]
    moves: tuple[Move, ...]
    aliases: tuple[AliasRule, ...] = ()
    keys: tuple[TrustedKey, ...] = ()
    emergency: Emergency = field(default_factory=Emergency)
    number: int = DEFAULT_NUMBER
    digest: str = ""
    text: str = ""

    def stage(self, name: str) -> Stage:
        """Return the stage of that name, or raise ``Invalid`` with the names there are."""
        if name not in self.stages:
            raise Invalid(f"There is no stage {name[:80]!r}.", hint=f"Stages: {', '.join(self.stages)}.")
        return self.stages[name]

    def move(self, source: str, target: str) -> Move:
        """Return the legal move between two stages, or raise ``IllegalMove`` with the moves that are open."""
        self.stage(target)
        found = next((one for one in self.moves if one.target == target and source in one.sources), None)
        if found is not None:
            return found
        if source == target:
            raise IllegalMove(f"The version is already in {target}.", hint="Nothing was changed.")
        there = ", ".join(one.target for one in self.moves if source in one.sources) or "no move"
        raise IllegalMove(f"No move leads from {source} to {target}.", hint=f"From {source}: {there}.")

    def alias(self, name: str) -> AliasRule | None:
        """Return the rule that protects an alias, if one does; the first pattern that matches counts.

        One of another protocol is matched by what it is called there as well, however it is kept.
        """
        called = {name, titles.alias_shown(name)}
        return next((one for one in self.aliases if any(fnmatchcase(each, one.pattern) for each in called)), None)

    @property
    def holding(self) -> tuple[str, ...]:
        """The stages that hold a version: all but the first and those where replaced versions go."""
        free = {NONE, *(stage.replaced_to for stage in self.stages.values())}
        return tuple(name for name in self.stages if name not in free)

    @property
    def first(self) -> str:
        """The stage in which a version begins."""
        return NONE
