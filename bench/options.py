"""What may be asked of a benchmark? Shorter runs while developing, larger ones for the record."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """How long and how much: seconds a load, MiB a transfer, GiB through a small server, runs to take a median of."""

    seconds: float = 5.0
    size: int = 1024
    big: int = 10
    runs: int = 3
    million: bool = False
