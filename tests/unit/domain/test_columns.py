"""Are the columns of a table of versions read as they were written, and chosen well where nobody chose?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holotype.domain import columns, sorting
from holotype.domain.columns import Column
from holotype.errors import Invalid

NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)


@given(st.lists(st.builds(Column, st.just("metric"), NAMES, NAMES, NAMES | st.none()), max_size=8, unique=True))
def test_written_columns_are_read_again(made: list[Column]) -> None:
    """Whatever the names hold: quotes, commas, slashes, at signs, letters of any script."""
    assert columns.parse(columns.write(made)) == tuple(made)


@given(NAMES, NAMES)
def test_every_column_sorts(name: str, dataset: str) -> None:
    """What a table shows, it can be sorted by."""
    order = sorting.parse(f"-{Column('metric', name, dataset)}", "versions")
    assert (order.key, order.dataset, order.descending) == (name, dataset, True)
    assert sorting.parse(str(Column("param", name)), "versions").key == name


@pytest.mark.parametrize("text", ["stage", "metric", "metric.", "-metric.auc", "metric.auc:asc", 'metric."un', "x.y"])
def test_what_is_no_column_is_refused(text: str) -> None:
    """With what a column looks like."""
    with pytest.raises(Invalid, match="is not a column"):
        columns.parse(text)


def test_so_many_columns_are_too_many() -> None:
    """A table that nobody can read is not made."""
    with pytest.raises(Invalid, match="at most 16"):
        columns.parse(",".join(f"param.p{i}" for i in range(17)))


def test_columns_come_once_in_their_order() -> None:
    """Blanks and repetitions say nothing."""
    found = columns.parse(" metric.auc ,param.depth,, metric.auc@test")
    assert columns.write(found) == "metric.auc,param.depth,metric.auc@test"
    assert columns.parse("metric.auc,metric.auc") == (Column("metric", "auc"),)


def test_the_usual_columns_are_metrics_that_most_versions_have() -> None:
    """Those of whole data sets, and such whose name says which way is better, before others."""
    first = columns.parse("metric.steps,metric.auc,metric.loss,metric.auc@test/old,param.depth,metric.rare")
    second = columns.parse("metric.steps,metric.auc,metric.loss")
    assert columns.write(columns.usual([first, second])) == "metric.auc,metric.loss,metric.steps"


def test_without_metrics_the_usual_columns_are_parameters() -> None:
    """And where there is nothing, there are none."""
    assert columns.write(columns.usual([columns.parse("param.b,param.a")])) == "param.a,param.b"
    assert columns.usual([]) == ()
