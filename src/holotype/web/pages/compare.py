"""How do versions differ? 2 to 10 of them side by side, the first being what the others are compared with.

The address names the versions, and whether everything or only the differences are shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from holotype.domain import references
from holotype.domain.compare import FEWEST, MOST, Comparison
from holotype.domain.entities import Version
from holotype.domain.permissions import Permission
from holotype.errors import HolotypeError
from holotype.gateways import problems
from holotype.operations import compare as comparing
from holotype.operations.resolve import resolve
from holotype.web import comparisons
from holotype.web.base import Page, Visit, page
from holotype.web.refusals import noted


@dataclass(frozen=True, slots=True)
class Chosen:
    """A version that the address names: as it was written, what that is, or why it cannot be shown."""

    given: str
    version: Version | None = None
    why: HolotypeError | None = None


@page("/compare", permission=Permission.MODEL_READ)
def compared(
    request: Visit,
    *,
    version: list[str] | None = None,
    all: bool = False,  # noqa: A002 - the name of the query parameter
    find: str = "",
) -> Page:
    """Show versions side by side."""
    view = _Address(tuple(dict.fromkeys(version or ())), all, find.strip())
    chosen = [_chosen(request, one) for one in view.named[: MOST + 1]]
    known = [one.version for one in chosen if one.version is not None]
    found, why = None, next((one.why for one in chosen if one.why is not None), None)
    if FEWEST <= len(known) == len(chosen):
        found, why = _compared(request, known, everything=all)
    about: dict[str, object] = {"chosen": chosen, "found": found, "why": why, "view": view, "most": MOST}
    if found is not None:
        labels = comparisons.labels(known)
        about |= {
            "labels": labels,
            "sections": comparisons.sections(found, [one.size for one in known], find=view.find),
            "plots": comparisons.plots(found, labels, find=view.find),
        }
    return Page("compare.html", about, status=200 if why is None else problems.status_of(why))


@dataclass(frozen=True, slots=True)
class _Address:
    """What the address says, and the addresses of what can be done next."""

    named: tuple[str, ...]
    all: bool
    find: str

    def without(self, one: str) -> str:
        """Return the address of the comparison without a version."""
        return self._of([name for name in self.named if name != one], everything=self.all)

    def from_(self, one: str) -> str:
        """Return the address of the comparison with another version as its baseline."""
        return self._of([one, *(name for name in self.named if name != one)], everything=self.all)

    def turned(self) -> str:
        """Return the address that shows everything, or the differences alone."""
        return self._of(self.named, everything=not self.all)

    def _of(self, named: Sequence[str], *, everything: bool) -> str:
        pairs = [("version", name) for name in named] + ([("all", "1")] if everything else [])
        pairs += [("find", self.find)] if self.find else []
        return f"/compare?{urlencode(pairs)}" if pairs else "/compare"


def _chosen(request: Visit, given: str) -> Chosen:
    """Return what a reference names. One that cannot be shown does not hide the others."""
    try:
        return Chosen(given, resolve(request.call, references.parse_version(given)))
    except HolotypeError as error:
        return Chosen(given, why=noted(request, error))


def _compared(
    request: Visit, known: Sequence[Version], *, everything: bool
) -> tuple[Comparison | None, HolotypeError | None]:
    try:
        named = [references.parse_version(one.reference) for one in known]
        return comparing.compare(request.call, named, everything=everything), None
    except HolotypeError as error:
        return None, error


routes = [compared]
