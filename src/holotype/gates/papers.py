"""What does the evidence about a version say? Payloads are written by strangers: what cannot be read says nothing."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from holotype.domain import attested
from holotype.domain.entities import Evidence, Version
from holotype.domain.provenance import DIRECTIONS
from holotype.gates.facts import Dossier

TAKE_OVER = "Let an administrator define an import source that covers it and register it again, or push the files."
"""What to do about a version whose bytes are elsewhere."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A metric as evidence or provenance gives it, with the evidence that says so, if it was evidence."""

    value: float
    direction: str | None
    source: Evidence | None = None

    @property
    def origin(self) -> str:
        """Who says so, in words."""
        return "its provenance" if self.source is None else f"evaluation {self.source.id}"


def of_type(dossier: Dossier, wanted: str) -> list[Evidence]:
    """Return the evidence of a type that is bound to the version's bytes, the newest first."""
    subject = dossier.version.digest
    found = [one for one in dossier.evidence if one.type == wanted and one.subject == subject]
    return sorted(found, key=lambda one: one.id, reverse=True)


def content(dossier: Dossier, evidence: Evidence) -> object:
    """Return what JSON evidence says, read once; nothing where it cannot be read."""
    if evidence.id not in dossier.read:
        dossier.read[evidence.id] = attested.content(evidence)
    return dossier.read[evidence.id]


def mapping(value: object) -> Mapping[str, object]:
    """Return a JSON object; an empty one in the place of anything else."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[object]:
    """Return a JSON array; an empty one in the place of anything else."""
    return value if isinstance(value, list) else []


def number(value: object) -> float | None:
    """Return a finite number; nothing in the place of anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def cited(value: str, longest: int = 80) -> str:
    """Return a stranger's text as it can stand in a sentence: one line, printable, not too long."""
    plain = "".join(sign if sign.isprintable() else "�" for sign in value[: longest + 1])
    return plain if len(plain) <= longest else f"{plain[:longest]}…"


def figure(value: float) -> str:
    """Return a number as people write it."""
    return f"{value:.10g}"


def count(number: int, noun: str) -> str:
    """Return a number of things."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def listed(names: list[str] | tuple[str, ...], most: int = 3) -> str:
    """Return the first of some names, and how many more there are."""
    more = len(names) - most
    shown = ", ".join(cited(name) for name in names[:most])
    return f"{shown} and {more:,} more" if more > 0 else shown


def attest(version: Version, kind: str, file: str = "FILE") -> str:
    """Return the command that attaches evidence of a type."""
    return f"`holotype attest {version.reference} --type {kind} {file}`"


def readings(
    dossier: Dossier,
    name: str,
    *,
    dataset: str | None,
    part: str | None,
    counts: Callable[[Evidence], bool] = lambda _: True,
) -> Iterator[Reading]:
    """Give what evaluations say of a metric on a data set and slice, the newest first."""
    for evidence in of_type(dossier, attested.EVALUATION):
        if not counts(evidence):
            continue
        for one in map(mapping, items(mapping(content(dossier, evidence)).get("metrics"))):
            value = number(one.get("value"))
            if value is not None and _matches(one, name, dataset, part):
                yield Reading(value, _direction(one.get("direction")), evidence)


def recorded(dossier: Dossier, name: str, *, dataset: str | None, part: str | None) -> Iterator[Reading]:
    """Give what the provenance says of a metric on a data set and slice."""
    for metric in dossier.provenance.metrics:
        if (metric.name, metric.dataset or None, metric.slice or None) == (name, dataset, part):
            value = number(metric.value)
            if value is not None:
                yield Reading(value, _direction(metric.direction))


def _matches(one: Mapping[str, object], name: str, dataset: str | None, part: str | None) -> bool:
    return (one.get("name"), one.get("dataset") or None, one.get("slice") or None) == (name, dataset, part)


def _direction(value: object) -> str | None:
    return value if isinstance(value, str) and value in DIRECTIONS else None


def span(time: timedelta) -> str:
    """Return a time as people say it, in its largest whole unit."""
    seconds = max(0, int(time.total_seconds()))
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= length:
            count = seconds // length
            return f"{count:,} {unit}{'' if count == 1 else 's'}"
    return f"{seconds} second{'' if seconds == 1 else 's'}"


def size(count: int) -> str:
    """Return a number of bytes as people write it."""
    value = float(count)
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if value < 1024:
            return f"{value:.4g} {unit}"
        value /= 1024
    return f"{value:.4g} TiB"
