"""What of a model would not come, as far as it can be known before anything is written?

The policy's stages and protected aliases, and words that cannot be kept here, are known beforehand; so is, by
``bringing.foresee``, which bytes and contexts are out of reach. What people here moved or wrote since an earlier import
only the ledger knows, and the import itself tells it.
"""

from __future__ import annotations

from collections.abc import Callable

from holotype.client.mlflow.answers import Model, Version, mapping, number
from holotype.client.mlflow.listing import LARGEST_NUMBER
from holotype.domain import lifecycle, names, titles
from holotype.domain.imports import text_is_usable, usable
from holotype.domain.policy import Policy
from holotype.domain.policy_reading import read
from holotype.errors import InvalidName, InvalidPolicy
from holotype.wire.imports import LeftOut

_NO_TEXT = "it is too long or is no text"


def policy_of(text: str) -> Policy | None:
    """Return the policy of a text, or nothing where the server has one that this release cannot read."""
    try:
        return read(text, lambda use: use)
    except InvalidPolicy:
        return None


class Foresight:
    """What would be left out of one model, gathered while its versions are walked by number."""

    def __init__(self, subject: str, policy: Policy | None) -> None:
        """Begin with a model of which no version was seen yet."""
        self._subject, self._policy = subject, policy
        self._aliases: dict[str, int] = {}
        self._coming: set[int] = set()
        self._holders: dict[str, int] = {}

    def model(self, found: Model) -> list[LeftOut]:
        """Return what cannot come of a model's own words, and remember which aliases it has."""
        self._aliases = {one.alias: number(one.version, "a version", LARGEST_NUMBER) for one in found.aliases}
        return _words(self._subject, found.description, mapping(found.tags))

    def version(self, one: Version) -> list[LeftOut]:
        """Return what cannot come of the words and the stage of a version that is here or would come."""
        at = int(one.version)
        subject = f"{self._subject}:{at}"
        if at in self._aliases.values():
            self._coming.add(at)
        return [*_words(subject, one.description, mapping(one.tags)), *self._stage(at, one.current_stage)]

    def _stage(self, at: int, wanted: str) -> list[LeftOut]:
        """Return the version that gets no stage: this one, or the one before it in a stage that holds one."""
        if self._policy is None:
            return []
        stages = self._policy.stages.values()
        target = next((stage for stage in stages if stage.name.casefold() == wanted.casefold()), None)
        if target is None:
            return [LeftOut(f"{self._subject}:{at}", f"stage {wanted[:80]!r}", "the policy has no such stage")]
        before = self._holders.get(target.name)
        if not target.single:
            return []
        self._holders[target.name] = at
        why = f"it holds one version here, and version {at} is in it"
        return [] if before is None else [LeftOut(f"{self._subject}:{before}", f"stage {wanted[:80]!r}", why)]

    def aliases(self, here: Callable[[], dict[str, int]]) -> list[LeftOut]:
        """Return the aliases that would not be set, once every version was seen; ``here`` tells those that are."""
        if not self._aliases:
            return []
        kept, found = here(), []
        for alias, at in sorted(self._aliases.items()):
            name = titles.alias_of(alias)
            why = None if kept.get(name) == at else self._objection(name, at)
            if why:
                found.append(LeftOut(self._subject, f"alias {alias[:80]!r} of version {at}", why))
        return found

    def _objection(self, name: str, at: int) -> str | None:
        stages = self._policy.stages if self._policy else ()
        try:
            if titles.alias_shown(name) == name:
                names.alias(name, frozenset({*lifecycle.STAGES, *stages}))
        except InvalidName as error:
            return error.detail
        if self._policy is not None and self._policy.alias(name) is not None:
            return "the policy protects it, so it moves by promotion"
        return None if at in self._coming else "the version is not here"


def _words(subject: str, description: str, tags: dict[str, str]) -> list[LeftOut]:
    out = [LeftOut(one.subject, one.what, one.why) for one in usable(subject, tags)[1]]
    return out if text_is_usable(description) else [*out, LeftOut(subject, "description", _NO_TEXT)]
