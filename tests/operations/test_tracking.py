"""What do the verbs about runs promise that no protocol shows? Rights, retention, and the run behind a version."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from holotype.catalogue.tables import sources
from holotype.domain import digest, times, tracked
from holotype.domain.permissions import Permission
from holotype.domain.references import parse
from holotype.domain.runs import Measured
from holotype.errors import Denied, Invalid, NotFound
from holotype.operations.change_logged_model import delete_logged_model
from holotype.operations.create_experiment import create_experiment
from holotype.operations.create_logged_model import create_logged_model
from holotype.operations.create_namespace import create_namespace
from holotype.operations.create_run import create_run
from holotype.operations.delete_experiment import delete_experiment, restore_experiment
from holotype.operations.delete_run import delete_run, restore_run
from holotype.operations.log_batch import log_batch
from holotype.operations.log_inputs import log_outputs
from holotype.operations.metric_history import metric_history
from holotype.operations.put_artifact import put_artifact
from holotype.operations.search_runs import search_runs
from holotype.operations.show_run import show_run
from holotype.operations.sweep import sweep
from holotype.operations.version_run import version_run
from holotype.tracking import tables
from holotype.tracking.search import Asked
from tests.support.bytes import chunks
from tests.support.counting import statements
from tests.support.people import member, owner, signed_in
from tests.support.registry import Desk

WEEK = 7 * 86_400
TRACKED = (
    tables.runs,
    tables.logged_models,
    tables.tracked_params,
    tables.tracked_tags,
    tables.measurements,
    tables.latest_metrics,
    tables.run_models,
    tables.artifact_files,
)


def measured(name: str, value: float, step: int = 0) -> tuple[Measured, None]:
    """Return a measurement of no logged model."""
    return Measured(name, value, step, times.from_micros(step * 1_000)), None


def logged(desk: Desk) -> tuple[str, str]:
    """Log a run with something of everything, and a logged model."""
    run = create_run(desk.call(), "default", "0", name="r").id
    model = create_logged_model(desk.call(), "default", "0", run_id=run, parameters=[("a", "1")]).id
    log_batch(desk.call(), "default", run, measured=[measured("m", 0.5)], parameters=[("p", "1")])
    log_outputs(desk.call(), "default", run, [(model, 0)])
    for owner_, content in ((run, b"of the run"), (model, b"of the model")):
        asyncio.run(put_artifact(desk.call(), "default", owner_, "f", chunks(content)))
    return run, model


def test_a_deleted_run_goes_with_everything_after_the_grace_period(desk: Desk) -> None:
    """Its rows, its files and their bytes; what was not deleted stays, and a dry run touches nothing."""
    kept = logged(desk)
    run, model = logged(desk)
    delete_run(desk.call(), "default", run)
    delete_logged_model(desk.call(), "default", model)
    desk.seconds += WEEK - 60
    assert sweep(desk.call()).runs == 0
    desk.seconds += 120
    assert sweep(desk.call(), dry_run=True).runs == 0
    assert sweep(desk.call()).runs == 2
    for table in TRACKED:
        rows = repr(desk.rows(sa.select(table)))
        assert run not in rows, table.name
        assert model not in rows, table.name
        assert any(one in rows for one in kept), table.name
    assert desk.registry.store.size(digest.of(b"of the run")) is not None, "the run that was kept has the same file"
    delete_run(desk.call(), "default", kept[0])
    delete_logged_model(desk.call(), "default", kept[1])
    desk.seconds += WEEK + 60
    report = sweep(desk.call())
    assert (report.runs, report.blobs) == (2, 2)
    assert all(desk.rows(sa.select(table)) == [] for table in TRACKED)


def test_a_run_of_many_values_goes_in_portions(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that nobody waits for the writer meanwhile."""
    monkeypatch.setattr("holotype.operations.sweep._PORTION", 3)
    run = create_run(desk.call(), "default", "0").id
    log_batch(desk.call(), "default", run, measured=[measured("m", 1, step) for step in range(10)])
    delete_run(desk.call(), "default", run)
    desk.seconds += WEEK + 60
    assert sweep(desk.call()).runs == 1
    assert desk.rows(sa.select(tables.measurements)) == []


def test_what_is_gone_for_good_does_not_come_back(desk: Desk) -> None:
    """After the grace period, swept or not; with its experiment neither."""
    experiment = create_experiment(desk.call(), "default", "e")
    old, new = (create_run(desk.call(), "default", experiment).id for _ in range(2))
    delete_run(desk.call(), "default", old)
    desk.seconds += WEEK + 60
    with pytest.raises(NotFound):
        restore_run(desk.call(), "default", old)
    delete_experiment(desk.call(), "default", experiment)
    restore_experiment(desk.call(), "default", experiment)
    assert [one.id for one in search_runs(desk.call(), "default", Asked(experiments=[int(experiment)])).items] == [new]


def test_a_batch_is_written_whole_or_not_at_all(desk: Desk) -> None:
    """A parameter with another value keeps the metrics and tags beside it out as well."""
    run = create_run(desk.call(), "default", "0").id
    log_batch(desk.call(), "default", run, parameters=[("p", "1")])
    with pytest.raises(Invalid, match="Changing param values"):
        log_batch(desk.call(), "default", run, measured=[measured("m", 1)], parameters=[("p", "2")], tags=[("t", "1")])
    shown = show_run(desk.call(), "default", run)
    assert (shown.metrics, shown.parameters, list(shown.tags)) == ((), {"p": "1"}, ["mlflow.runName"])


def test_a_thousand_values_of_one_metric_are_one_last_value(desk: Desk) -> None:
    """The history has each once, however often it is sent."""
    run = create_run(desk.call(), "default", "0").id
    batch = [measured("m", value, step) for step, value in enumerate([1.0, math.nan, math.inf, -math.inf] * 250)]
    for _ in range(2):
        log_batch(desk.call(), "default", run, measured=batch[::-1])
    (last,) = show_run(desk.call(), "default", run).metrics
    assert (last.step, last.value) == (999, -math.inf)
    found = metric_history(desk.call(), "default", run, "m", limit=2_000).items
    assert [one.step for one in found] == list(range(1_000))
    assert [repr(one.value) for one in found[:4]] == ["1.0", "nan", "inf", "-inf"]


def test_whose_run_it_is_decides_who_writes_it(desk: Desk) -> None:
    """A contributor to some models logs runs of their own; those of others are not there for them."""
    boss = owner(desk)
    create_namespace(signed_in(desk, boss), "risk")
    eve, bob = (signed_in(desk, member(desk, boss, name, ("contributor", "risk/a*"))) for name in ("eve", "bob"))
    run = create_run(eve, "risk", "0").id
    log_batch(eve, "risk", run, tags=[("t", "1")])
    with pytest.raises(NotFound):
        log_batch(bob, "risk", run, tags=[("t", "2")])
    with pytest.raises(NotFound):
        create_logged_model(bob, "risk", "0", run_id=run)
    assert search_runs(bob, "risk", Asked(experiments=[0])).items == []
    with pytest.raises(Denied):
        delete_experiment(bob, "risk", "0")
    own = create_experiment(bob, "risk", "mine")
    delete_experiment(bob, "risk", own)
    maintainer = signed_in(desk, member(desk, boss, "ann", ("maintainer", "risk")))
    log_batch(maintainer, "risk", run, tags=[("t", "3")])


def test_a_version_shows_the_run_that_it_came_from(desk: Desk) -> None:
    """By the run that registration named, or by its logged model; a version of another story shows none."""
    run, model = logged(desk)
    stories: list[tuple[bytes, dict[str, str]]] = [
        (b"1", {"run_id": run}), (b"2", {"logged_model": model}), (b"3", {}), (b"4", {"run_id": "x"}),
    ]  # fmt: skip
    for content, told in stories:
        version = desk.register("fraud", content)
        with desk.registry.database.write() as tx:
            tx.execute(sources.insert(), {"version_id": version.id, "uri": "x", **told})
    for number in (1, 2):
        found = version_run(desk.call(), parse(f"fraud:{number}"))
        assert (found.run.id, found.experiment, found.run.parameters) == (run, "Default", {"p": "1"})
    assert version_run(desk.call(), parse("fraud:2")).logged_model == model
    for number in (3, 4):
        with pytest.raises(NotFound, match="no run that is kept here"):
            version_run(desk.call(), parse(f"fraud:{number}"))


def test_naming_the_run_of_another_shows_nothing_of_it(desk: Desk) -> None:
    """Only who may see the run sees it by the version, unless the author of the run registered that."""
    rights = frozenset({Permission.MODEL_READ})
    run = create_run(desk.call(), "default", "0").id
    version = desk.register("fraud")
    with desk.registry.database.write() as tx:
        tx.execute(sources.insert(), {"version_id": version.id, "run_id": run})
        tx.execute(tables.runs.update().values(author="somebody"))
    narrow = desk.call(actor="eve", rights=rights)
    assert version_run(narrow, parse("fraud:1")).run.id == run
    boss = owner(desk)
    reader = signed_in(desk, member(desk, boss, "bob", ("reader", "default/fraud")))
    with pytest.raises(NotFound):
        version_run(reader, parse("fraud:1"))
    with desk.registry.database.write() as tx:
        tx.execute(tables.runs.update().values(author=version.created_by))
    assert version_run(reader, parse("fraud:1")).run.id == run


def test_a_moment_that_nobody_can_mean_is_refused() -> None:
    """Milliseconds since 1970, before the year 10000."""
    assert tracked.moment(0, "x") + timedelta(milliseconds=1) == tracked.moment(1, "x")
    for millis in (-1, 253_402_300_800_000, 2**70):
        with pytest.raises(Invalid):
            tracked.moment(millis, "x")


def test_what_a_run_costs_does_not_grow(desk: Desk) -> None:
    """As many statements for a thousand values of a run that has logged much as for one of a run that has not."""
    found: dict[str, list[int]] = {}
    run, _ = (create_run(desk.call(), "default", "0").id for _ in range(2))
    for few in (True, False):
        count = 1 if few else 900
        verbs: dict[str, Callable[[], object]] = {
            "log": lambda: log_batch(
                desk.call(),
                "default",
                run,
                measured=[measured(f"m{i % 100}", i, i) for i in range(count)],  # noqa: B023 - called at once
                parameters=[(f"p{few}", "1")],  # noqa: B023
                tags=[("t", "1")],
            ),
            "show": lambda: show_run(desk.call(), "default", run),
            "search": lambda: search_runs(desk.call(), "default", Asked(experiments=[0], limit=50)),
            "history": lambda: metric_history(desk.call(), "default", run, "m1", limit=10),
        }
        for name, verb in verbs.items():
            with statements(desk.registry.database) as sent:
                verb()
            found.setdefault(name, []).append(
                len([one for one, _ in sent if one.split()[0] not in {"BEGIN", "COMMIT", "SET"}])
            )
        for _ in range(60):
            create_run(desk.call(), "default", "0")
    budgets = {"log": 9, "show": 8, "search": 10, "history": 3}
    assert {name: counts for name, counts in found.items() if counts[0] != counts[1] or counts[0] > budgets[name]} == {}
