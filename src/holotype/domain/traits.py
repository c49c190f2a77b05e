"""By what can a model be found in a list that is too long to read?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Traits:
    """Where a model is, who made it, whether a version of it is in production, and its tags."""

    namespace: str
    created_by: str
    produced: bool
    tags: Mapping[str, str]
