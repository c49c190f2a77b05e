"""Is the work that one small request can ask for bounded, and told as the request's fault?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from holotype.domain import cursors
from holotype.gateways.mlflow import tracked
from tests.support.tracker import INVALID, Tracker, told, tracking


@pytest.fixture
def tracker(database_url: str, tmp_path: Path) -> Iterator[Tracker]:
    """The owner of an empty registry."""
    with tracking(database_url, tmp_path) as made:
        yield made


@pytest.mark.parametrize(("datasets", "orders", "clauses"), [(21, 0, 0), (20_000, 20, 0), (20, 20, 0), (20, 1, 100)])
def test_many_data_sets_times_many_metrics_are_refused(
    tracker: Tracker, datasets: int, orders: int, clauses: int
) -> None:
    """A statement of thousands of parts takes longer to write than any deadline sees."""
    asked = {
        "experiment_ids": ["0"],
        "datasets": [{"dataset_name": f"d{i}", "dataset_digest": "x"} for i in range(datasets)],
        "order_by": [{"field_name": f"metrics.m{i}"} for i in range(orders)],
        "filter": " AND ".join(f"metrics.m{i} > 0" for i in range(clauses)),
    }
    assert told(tracker.post("logged-models/search", **asked)) == INVALID


def test_a_list_of_experiments_has_an_end(tracker: Tracker) -> None:
    """A thousand may be named."""
    assert told(tracker.post("runs/search", experiment_ids=[str(i) for i in range(1_001)])) == INVALID
    assert tracker.post("runs/search", experiment_ids=[str(i) for i in range(1_000)]).status == 200


@pytest.mark.parametrize("key", ["abc", "1.5", "١", "-1", "", 1.5, None, "9" * 30])
def test_a_page_token_that_somebody_wrote_leads_nowhere(tracker: Tracker, key: object) -> None:
    """Cursors are no secret: whatever key one holds, the answer is a 400."""
    bound = tracked.binding("experiments", "default", "", (), 1)
    for binding in (bound, tracked.binding("experiments", "default", "", (), "ACTIVE_ONLY")):
        token = cursors.write(binding, key, 0)  # type: ignore[arg-type]
        assert told(tracker.post("experiments/search", page_token=token, max_results=5))[0] == 400


@pytest.mark.parametrize("place", ["[1e999,0,0,0]", "[0,0,0]", "{}", "[1,2,3,99999999999999999999]", "null"])
def test_a_token_into_a_history_that_somebody_wrote_leads_nowhere(tracker: Tracker, place: str) -> None:
    """Numbers that no database holds, and what is no place at all."""
    run = tracker.run("a")
    tracker.did("runs/log-metric", run_id=run, key="auc", value=1, timestamp=1)
    token = cursors.write(tracked.binding("history", "default", run, "auc"), place, 0)
    asked = urlencode({"run_id": run, "metric_key": "auc", "max_results": 1, "page_token": token})
    assert told(tracker.ask("metrics/get-history", asked))[0] == 400
