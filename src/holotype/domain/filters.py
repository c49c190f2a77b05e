"""What does a client of another protocol look for? Clauses that must all hold, and an order, read from its own grammar.

A clause compares one thing that a row has with a value:

    kind         attribute · tag · parameter · metric · dataset
    comparator   = != < <= > >= LIKE ILIKE IN NOT IN IS NULL IS NOT NULL
    value        a text or a number; texts for the lists; nothing for the last two

In the pattern of LIKE, ``%`` stands for any letters and ``_`` for one; no letter takes that meaning from them. ILIKE
does not tell ``A`` to ``Z`` from ``a`` to ``z``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

Value: TypeAlias = str | int | float | tuple[str, ...] | None

ATTRIBUTE, TAG, PARAMETER, METRIC, DATASET = "attribute", "tag", "parameter", "metric", "dataset"
EQUALITIES = frozenset({"=", "!="})
INEQUALITIES = frozenset({"<", "<=", ">", ">="})
LIKENESSES = frozenset({"LIKE", "ILIKE"})
LISTS = frozenset({"IN", "NOT IN"})
NULLS = frozenset({"IS NULL", "IS NOT NULL"})


@dataclass(frozen=True, slots=True)
class Clause:
    """One comparison; ``key`` is the name of the attribute, tag, parameter or metric."""

    kind: str
    key: str
    comparator: str
    value: Value = None


@dataclass(frozen=True, slots=True)
class Order:
    """What a list is sorted by, the first before the second."""

    key: str
    descending: bool = False
    kind: str = ATTRIBUTE
