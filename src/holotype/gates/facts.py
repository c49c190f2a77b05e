"""What can a gate look at? Everything about a version that counts, read before any gate is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from holotype.domain.entities import Approval, Evidence, Version
from holotype.domain.policy import ApprovalRule, TrustedKey
from holotype.domain.provenance import Provenance


@dataclass(frozen=True, slots=True)
class Dossier:
    """A version with where it came from and what was learnt about it (payloads included, the oldest first).

    ``formats`` maps each format of its files to the number of them and the first path; ``missing`` names up to a
    hundred digests of files whose bytes are not held; ``licence`` is what its card or its tag ``licence``/``license``
    says.
    """

    version: Version
    provenance: Provenance
    card: str = ""
    evidence: tuple[Evidence, ...] = ()
    formats: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    licence: str | None = None
    read: dict[int, object] = field(default_factory=dict, repr=False, compare=False)
    """What the payloads say, each read when a gate first asks."""


@dataclass(frozen=True, slots=True)
class Ancestor:
    """A parent, or a parent's parent: its reference, whether it is in this registry, and its licence if known.

    ``through`` is the parent of the version itself by which the ancestor comes in: others may see that one, perhaps
    not this.
    """

    reference: str
    known: bool
    licence: str | None
    through: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """A version, the move that is asked for, and the incumbent: the version that now holds the target.

    ``kind`` is ``stage`` or ``alias``: what ``target`` names. ``approvals`` are those that were given and not voided;
    ``author_id`` and ``requester_id`` are persons. ``quarantines`` are the reasons of open quarantines. ``evaluate``
    answers a CEL expression over some variables.
    """

    candidate: Dossier
    source: str
    target: str
    now: datetime
    kind: str = "stage"
    incumbent: Dossier | None = None
    ancestors: tuple[Ancestor, ...] = ()
    quarantines: tuple[str, ...] = ()
    approvals: tuple[Approval, ...] = ()
    author_id: int | None = None
    requester_id: int | None = None
    rules: tuple[ApprovalRule, ...] = ()
    keys: tuple[TrustedKey, ...] = ()
    evaluate: Callable[[str, Mapping[str, object]], object] | None = None

    @property
    def reference(self) -> str:
        """The reference of the version that is asked about."""
        return self.candidate.version.reference
