"""Does the table of legal moves hold what its drawing says?"""

from __future__ import annotations

import re

import pytest

from holotype.domain import lifecycle
from holotype.errors import IllegalMove, Invalid


def drawn() -> set[tuple[str, str, str]]:
    """Read the table in the module's docstring."""
    lines = (lifecycle.__doc__ or "").splitlines()
    start = next(i for i, line in enumerate(lines) if "from \\ to" in line)
    columns = lines[start].split()[3:]
    rows = [line.split() for line in lines[start + 1 : start + 1 + len(columns)]]
    return {(row[0], column, cell) for row in rows for column, cell in zip(columns, row[1:], strict=True)}


def test_the_drawing_is_the_table() -> None:
    """Each ``yes`` is a legal move, each ``rollback`` one for a roll-back alone, nothing else is."""
    cells = drawn()
    assert {(s, t) for s, t, cell in cells if cell == "yes"} == {
        (s, t) for s in lifecycle.MOVES for t in lifecycle.MOVES[s]
    }
    assert {(s, t) for s, t, cell in cells if cell == "rollback"} == {
        (s, t) for s in lifecycle.ROLLBACKS for t in lifecycle.ROLLBACKS[s]
    }
    assert {s for s, _, _ in cells} == set(lifecycle.STAGES)


@pytest.mark.parametrize(
    ("source", "target"), [("none", "production"), ("archived", "production"), ("production", "none")]
)
def test_an_illegal_move_names_the_legal_ones(source: str, target: str) -> None:
    """The hint lists where the version can go."""
    with pytest.raises(IllegalMove) as caught:
        lifecycle.check_move(source, target)
    assert re.search(lifecycle.MOVES[source][0], caught.value.hint or "")


def test_an_unknown_stage_is_refused_with_the_names_there_are() -> None:
    """A typo shows the vocabulary."""
    with pytest.raises(Invalid, match="no stage 'prod'"):
        lifecycle.check_move("none", "prod")


def test_a_rollback_may_go_from_archived_to_production() -> None:
    """What the table keeps for roll-backs is open to them alone."""
    assert lifecycle.check_move("archived", "production", rollback=True).single
