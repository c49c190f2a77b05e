"""What can be recalled? A version, a data set, or a parent, each with all that was built on it.

risk/fraud:7              that version and what was made from it
dataset:s3://lake/2026    every version that the data set went into, and what was made from them
parent:risk/base:3        what was made from the parent, be it here or elsewhere; not the parent itself
"""

from __future__ import annotations

from dataclasses import dataclass

from holotype.domain import names, references
from holotype.domain.references import Reference
from holotype.errors import HolotypeError, Invalid

DATASET, PARENT, VERSION = "dataset", "parent", "version"
_LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Subject:
    """What is recalled: its kind, the text that names it, and the reference where it may be a version of ours."""

    kind: str
    name: str
    reference: Reference | None = None

    def __str__(self) -> str:
        """The subject as people write it."""
        return self.name if self.kind == VERSION else f"{self.kind}:{self.name}"


def parse(value: str) -> Subject:
    """Read what is to be recalled, or raise ``Invalid`` with the forms there are."""
    kind, colon, name = value.partition(":")
    if colon and kind in (DATASET, PARENT):
        names.text(name, kind, _LONGEST)
        if not name or not names.printable(name):
            raise Invalid(f"{value[:200]!r} names no {kind}.", hint=f"Write {kind}: and its address behind it.")
        return Subject(kind, name, _version(name) if kind == PARENT else None)
    return Subject(VERSION, value, references.parse_version(value))


def _version(name: str) -> Reference | None:
    try:
        return references.parse_version(name)
    except HolotypeError:
        return None
