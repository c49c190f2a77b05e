"""What is a stage, and which ones are there unless a policy says otherwise?

none ──> staging ──> production          production holds one version of a model; the one that it replaces goes to
  └────────┴──────────> archived         archived. Which moves are legal, and what each asks for, the policy says:
                                         ``domain/policies/default.toml`` where nobody applied another one
"""

from __future__ import annotations

from dataclasses import dataclass

NONE, STAGING, PRODUCTION, ARCHIVED = "none", "staging", "production", "archived"
STAGES = (NONE, STAGING, PRODUCTION, ARCHIVED)
"""The usual stages, in their order. Their names are no aliases anywhere."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A lifecycle state; ``single`` stages hold one version of a model and send the former one to ``replaced_to``."""

    name: str
    single: bool = False
    replaced_to: str | None = None
