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

    ``formats`` maps each format of its files to the number of them and the first path; ``missing`` names the digests of
    files whose bytes are not held; ``licence`` is what its card or its tag ``licence``/``license`` says.
    """

    version: Version
    provenance: Provenance
    card: str = ""
    evidence: tuple[Evidence, ...] = ()
    formats: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    licence: str | None = None


@dataclass(frozen=True, slots=True)
class Ancestor:
    """A parent, or a parent's parent: its reference, whether it is in this registry, and its licence if known."""

    reference: str
    known: bool
    licence: str | None


@dataclass(frozen=True, slots=True)
class Facts:
    """A version, the move that is asked for, and the incumbent: the version that now holds the target.

    ``approvals`` are those that were given and not voided; ``author_id`` and ``requester_id`` are persons.
    ``quarantines`` are the reasons of open quarantines. ``evaluate`` answers a CEL expression over some variables.
    """

    candidate: Dossier
    source: str
    target: str
    now: datetime
    incumbent: Dossier | None = None
    ancestors: tuple[Ancestor, ...] = ()
    quarantines: tuple[str, ...] = ()
    approvals: tuple[Approval, ...] = ()
    author_id: int | None = None
    requester_id: int | None = None
    rules: tuple[ApprovalRule, ...] = ()
    keys: tuple[TrustedKey, ...] = ()
    evaluate: Callable[[str, Mapping[str, object]], object] | None = None
