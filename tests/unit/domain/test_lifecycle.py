"""Is the lifecycle of a namespace without a policy of its own the one that people know?"""

from __future__ import annotations

import pytest

from holotype.domain import built_in, lifecycle
from holotype.errors import IllegalMove, Invalid

POLICY = built_in.default()
LEGAL = {
    "none": {"staging", "archived"},
    "staging": {"production", "none", "archived"},
    "production": {"archived", "staging"},
    "archived": {"staging"},
}


def test_the_usual_stages_are_those_of_the_built_in_policy() -> None:
    """In their order, and only production holds one version and sends the former one on."""
    assert tuple(POLICY.stages) == lifecycle.STAGES
    assert {name: stage.replaced_to for name, stage in POLICY.stages.items() if stage.single} == {
        "production": "archived"
    }
    assert POLICY.holding == ("staging", "production")


def test_the_legal_moves_are_those_that_people_know() -> None:
    """And none of them needs an approval."""
    moves = {(source, move.target) for move in POLICY.moves for source in move.sources}
    assert moves == {(source, target) for source, targets in LEGAL.items() for target in targets}
    assert not any(move.rule.approvals or move.rule.automatic for move in POLICY.moves)


@pytest.mark.parametrize(
    ("source", "target"), [("none", "production"), ("archived", "production"), ("production", "none")]
)
def test_an_illegal_move_names_the_legal_ones(source: str, target: str) -> None:
    """The hint lists where the version can go."""
    with pytest.raises(IllegalMove) as caught:
        POLICY.move(source, target)
    assert all(name in (caught.value.hint or "") for name in LEGAL[source])


def test_an_unknown_stage_is_refused_with_the_names_there_are() -> None:
    """A typo shows the vocabulary."""
    with pytest.raises(Invalid, match="no stage 'prod'") as caught:
        POLICY.move("none", "prod")
    assert "production" in (caught.value.hint or "")
