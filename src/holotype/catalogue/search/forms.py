"""What do filters have in common that differ in their values alone? Their form: it is written as a statement once.

The statement of a form has a parameter for each value that it compares with, and ``values`` gives those of one filter:

    value0    what the first clause compares with: a text, a number, a pattern in the letters of the database
    name0     under which name a model is kept that is called so
    name0_3   one of several, as value0_3 of a list
    head0     the part of a tag's value that its index holds
    start0    a pattern of models:/NAME/, where models:/NAME/7 may be a source that is meant
    after0    the first key of the place behind which a page begins
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from holotype.catalogue.search.asked import Visible
from holotype.catalogue.search.comparing import head
from holotype.catalogue.search.keyset import Place
from holotype.db.types import bound_pattern
from holotype.domain import titles
from holotype.domain.filters import LIKENESSES, TAG, Clause, Order

PROMPT = "mlflow.prompt.is_prompt"
NATIVE = "models:/"
"""What the source of a version begins with that no client of another protocol registered."""
_SMALLEST, _LARGEST = -(2**31), 2**31 - 1


@dataclass(frozen=True, slots=True)
class Form:
    """One clause without its value, at its place among the others; ``many`` are the members of its list.

    ``broken`` is a number that is no whole one; ``prompts`` says that it asks for prompts, ``own`` that sources of the
    form models:/NAME/7 may be meant, ``every`` that all of them may be, and ``empty`` that an empty text is meant too:
    the run of a version that has none.
    """

    place: int
    kind: str
    key: str
    comparator: str
    many: int = 0
    broken: bool = False
    prompts: bool = False
    own: bool = False
    every: bool = False
    empty: bool = False

    @property
    def about_prompts(self) -> bool:
        """Whether it is about what is a prompt."""
        return (self.kind, self.key) == (TAG, PROMPT)

    @property
    def any_case(self) -> bool:
        """Whether a likeness does not tell capital letters from small ones."""
        return self.comparator == "ILIKE"

    def bound(self, what: str, kind: Any = sa.String) -> sa.BindParameter[Any]:
        """Return a parameter of this clause."""
        return sa.bindparam(f"{what}{self.place}", type_=kind)

    def bound_each(self, what: str) -> list[sa.BindParameter[str]]:
        """Return the parameters of its list."""
        return [sa.bindparam(f"{what}{self.place}_{at}", type_=sa.String) for at in range(self.many)]


@dataclass(frozen=True, slots=True)
class Shape:
    """What decides how a search is written: its clauses without values, its order, and whether it begins at a place.

    ``visible`` is what the caller may see, where that is not all of the namespace; then it is told by ids.
    """

    forms: tuple[Form, ...]
    orders: tuple[Order, ...]
    after: bool = False
    visible: Visible | None = None


def forms_of(clauses: Sequence[Clause]) -> tuple[Form, ...]:
    """Return the forms of some clauses."""
    return tuple(_form(place, clause) for place, clause in enumerate(clauses))


def values_of(clauses: Sequence[Clause], after: Place | None, dialect: str) -> dict[str, Any]:
    """Return the values of the parameters of a filter and of the place behind which its page begins."""
    found = {f"after{i}": key for i, key in enumerate(after or ())}
    for place, clause in enumerate(clauses):
        if isinstance(clause.value, tuple):
            found |= {f"value{place}_{at}": one for at, one in enumerate(clause.value)}
            found |= {f"name{place}_{at}": titles.name_of(one) for at, one in enumerate(clause.value)}
        else:
            found |= {f"{name}{place}": value for name, value in _values(clause, dialect)}
    return found


def _form(place: int, clause: Clause) -> Form:
    start = _start_of_own(clause)
    return Form(
        place,
        clause.kind,
        clause.key,
        clause.comparator,
        many=len(clause.value) if isinstance(clause.value, tuple) else 0,
        broken=isinstance(clause.value, float),
        prompts=(clause.comparator, str(clause.value).lower()) in {("=", "true"), ("!=", "false")},
        own=start is not None,
        every=start == "%",
        empty=_means_nothing(clause),
    )


def _means_nothing(clause: Clause) -> bool:
    """Say whether a clause that says what is meant, not what is not, means an empty text."""
    if clause.comparator in LIKENESSES:
        return not str(clause.value).strip("%")
    return "" in clause.value if isinstance(clause.value, tuple) else clause.value == ""


def _values(clause: Clause, dialect: str) -> Iterator[tuple[str, Any]]:
    value = clause.value
    any_case = clause.comparator == "ILIKE"
    if clause.comparator in LIKENESSES:
        yield "value", bound_pattern(str(value), dialect, any_case=any_case)
    else:
        yield "value", min(max(value, _SMALLEST), _LARGEST) if isinstance(value, int) else value
        yield "name", titles.name_of(str(value))
    yield "head", head(str(value))
    start = _start_of_own(clause)
    if start is not None:
        yield "start", bound_pattern(start, dialect, any_case=any_case)


def _start_of_own(clause: Clause) -> str | None:
    """Return a pattern of ``models:/name/`` where ``models:/name/7`` may match; nothing where none can.

    Such a source ends with digits. So what a pattern has up to its last letter that is no digit stands before them.
    """
    if clause.kind == TAG or clause.key != "source_path":
        return None
    text = str(clause.value)
    if clause.comparator == "=":
        start, number = text.rstrip("0123456789"), text[-1:]
        # in a pattern the two letters would stand for others: then more is listed than asked for
        return start if number.isdecimal() and start.startswith(NATIVE) else None
    kept = text.rstrip("0123456789_%")
    return f"{kept}%" if len(kept) < len(text) or not text else None
