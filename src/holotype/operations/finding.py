"""What does the doctor say? What is wrong, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be: where it was found, what it is, and what to do next."""

    area: str
    detail: str
    hint: str
