"""Is there an end to what hangs on a run, and to what a page of runs holds?"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from holotype.domain.runs import Input
from holotype.errors import TooLarge
from holotype.operations.create_experiment import create_experiment
from holotype.operations.create_run import create_run
from holotype.operations.log_batch import log_batch
from holotype.operations.log_inputs import log_inputs
from holotype.operations.search_runs import search_runs
from holotype.operations.show_run import show_run
from holotype.operations.tag_experiment import tag_experiment
from holotype.tracking import weights
from holotype.tracking.search import Asked
from tests.support.registry import Desk


def data(name: str, profile: str) -> Input:
    """Return a data set that says something about itself."""
    return Input(name, "d", "local", "s", "", profile, "training", {})


def test_a_page_ends_before_it_is_too_heavy_and_the_next_goes_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """No run is lost or told twice; one that is too heavy by itself is told alone."""
    monkeypatch.setattr(weights, "LARGEST_PAGE", 2_000)
    runs = [create_run(desk.call(), "default", "0").id for _ in range(6)]
    for number, run in enumerate(runs):
        log_inputs(desk.call(), "default", run, datasets=[data("a", "x" * (5_000 if number == 2 else 900))])
    pages, after = [], None
    while True:
        found = search_runs(desk.call(), "default", Asked(experiments=[0], limit=50, after=after))
        pages.append([run.id for run in found.items])
        assert all(len(run.inputs) == 1 for run in found.items)
        if (after := found.next) is None:
            break
    newest_first = runs[::-1]
    assert pages == [newest_first[:2], newest_first[2:3], newest_first[3:4], newest_first[4:]]


def test_so_much_hangs_on_one_thing_and_no_more(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What would be too much is refused as a whole, and what was there stays."""
    monkeypatch.setattr(weights, "LARGEST_OWNER", 10_000)
    run = create_run(desk.call(), "default", "0").id
    other = create_experiment(desk.call(), "default", "other")
    log_batch(desk.call(), "default", run, tags=[("kept", "x" * 4_000)])
    more: list[Callable[[], object]] = [
        lambda: log_inputs(desk.call(), "default", run, datasets=[data("a", "x" * 7_000)]),
        lambda: log_batch(desk.call(), "default", run, tags=[("a", "x" * 7_000)]),
        lambda: log_batch(desk.call(), "default", run, parameters=[("a", "x" * 3_500), ("b", "x" * 3_500)]),
        lambda: tag_experiment(desk.call(), "default", other, "a", "x" * 11_000),
    ]
    for verb in more:
        with pytest.raises(TooLarge, match="would hang on"):
            verb()
    found = show_run(desk.call(), "default", run)
    assert (found.tags["kept"], found.parameters, found.inputs) == ("x" * 4_000, {}, ())
    assert "a" not in found.tags
