"""Does a table of versions show what was asked, of one model alone, at a cost that does not grow?"""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from holotype.domain import columns
from holotype.domain.permissions import Permission
from holotype.domain.provenance import Metric, Provenance
from holotype.domain.references import parse
from holotype.errors import Invalid, InvalidQuery, NotFound
from holotype.operations.attest import attest
from holotype.operations.examining import ensure
from holotype.operations.metric_series import known_metrics, metric_series
from holotype.operations.register import Content, register
from holotype.operations.resolve import resolve
from holotype.operations.tabulate import Table, tabulate
from tests.support.counting import statements
from tests.support.registry import Desk

FRAUD = parse("fraud")
AUC = columns.metric("auc")


def measured(auc: float, *, depth: int | str = 3, **more: float) -> Provenance:
    """Return a provenance with metrics and a parameter."""
    return Provenance(
        parameters={"depth": depth, "rate": 0.5, "nested": True},
        metrics=[Metric("auc", auc), Metric("auc", auc - 0.1, "test"), Metric("auc", auc - 0.2, "test", "old")]
        + [Metric(name, value) for name, value in more.items()],
    )


def fill(desk: Desk, many: int, model: str = "fraud") -> None:
    """Register so many versions of a model."""
    for number in range(1, many + 1):
        desk.register(model, b"%s %d" % (model.encode(), number), measured(0.5 + number / 100, depth=number % 3))


def shown(desk: Desk, wanted: str, text: str = "", **options: object) -> Table:
    """Return the table of a model under some columns."""
    return tabulate(desk.call(), FRAUD, text, columns=columns.parse(wanted), **options)  # type: ignore[arg-type]


def numbers(table: Table) -> list[int]:
    """Return the numbers of the versions that a table shows."""
    return [row.version.number for row in table.rows]


def test_each_column_has_its_value(desk: Desk) -> None:
    """A metric is that on no data set unless one is named; a number is a number, also where it was sent as text."""
    desk.register(origin=measured(0.9, depth="7"))
    wanted = "metric.auc,metric.auc@test,metric.auc@test/old,metric.none,param.depth,param.rate,param.nested"
    assert shown(desk, wanted).rows[0].values == (0.9, pytest.approx(0.8), pytest.approx(0.7), None, 7, 0.5, "true")


def test_the_newest_comes_first_and_pages_join(desk: Desk) -> None:
    """Page after page gives every version once."""
    fill(desk, 7)
    first = shown(desk, "metric.auc", limit=3)
    second = shown(desk, "metric.auc", limit=3, cursor=first.next)
    third = shown(desk, "metric.auc", limit=3, cursor=second.next)
    assert numbers(first) + numbers(second) + numbers(third) == [7, 6, 5, 4, 3, 2, 1]
    assert third.next is None


def test_it_is_sorted_by_what_it_shows(desk: Desk) -> None:
    """By each column, either way, by number, and by what versions have besides."""
    fill(desk, 5)
    assert numbers(shown(desk, "metric.auc", sort="metric.auc")) == [1, 2, 3, 4, 5]
    assert numbers(shown(desk, "metric.auc", sort="-metric.auc@test/old")) == [5, 4, 3, 2, 1]
    assert numbers(shown(desk, "param.depth", sort="param.depth"))[0] == 3
    assert numbers(shown(desk, "", sort="number")) == [1, 2, 3, 4, 5]
    assert numbers(shown(desk, "", sort="-created")) == [5, 4, 3, 2, 1]


def test_a_query_never_leads_out_of_the_model(desk: Desk) -> None:
    """Neither by OR nor by a parenthesis that closes nothing."""
    fill(desk, 2)
    fill(desk, 3, "other")
    assert numbers(shown(desk, "", "name:other OR number>=1")) == [2, 1]
    assert numbers(shown(desk, "", "name:other")) == []
    assert numbers(shown(desk, "", "metric.auc>0.515")) == [2]
    with pytest.raises(InvalidQuery):
        shown(desk, "", "number=1) OR (name:other")


def test_only_what_differs_is_left(desk: Desk) -> None:
    """A column in which all rows are equal says nothing; of a single row everything is shown."""
    fill(desk, 3)
    differing = shown(desk, "param.rate,param.depth,metric.none").differing()
    assert columns.write(differing.columns) == "param.depth"
    assert [row.values for row in differing.rows] == [(0,), (2,), (1,)]
    assert len(shown(desk, "param.rate,param.depth", limit=1).differing().columns) == 2


def test_formats_and_evidence_are_marked(desk: Desk) -> None:
    """What the registry found out, and what others attached."""
    made = [desk.stored(b"weights"), desk.stored(b"{}", "config.json")]
    files = [replace(made[0], format="safetensors"), replace(made[1], format="json", role="weight.config")]
    register(desk.call(), FRAUD, Content(files, Provenance()))
    assert shown(desk, "").rows[0].marks == ()
    ensure(desk.call(), resolve(desk.call(), parse("fraud:1")))
    report = json.dumps({"metrics": [{"name": "auc", "value": 1}]}).encode()
    attest(desk.call(), parse("fraud:1"), "evaluation", report)
    row = shown(desk, "").rows[0]
    assert (row.formats, row.marks) == (("safetensors",), ("scan-clean", "evaluated"))
    scan = {"scanner": "x", "scanner_version": "1", "clean": False, "files": 1, "errors": []}
    found = scan | {"findings": [{"path": "model.bin", "name": "os.system", "severity": "high"}]}
    attest(desk.call(), parse("fraud:1"), "scan", json.dumps(found).encode())
    assert shown(desk, "").rows[0].marks == ("scan-found", "evaluated")


def test_nobody_has_to_choose_columns(desk: Desk) -> None:
    """Then it shows the first metrics of the newest versions, and offers all that these have."""
    fill(desk, 2)
    table = tabulate(desk.call(), FRAUD)
    assert columns.write(table.columns) == "metric.auc,metric.auc@test"
    assert columns.write(table.choice) == (
        "metric.auc,metric.auc@test,metric.auc@test/old,param.depth,param.nested,param.rate"
    )


def test_what_may_not_be_read_is_not_there(desk: Desk) -> None:
    """Neither its table nor its series, and a model that nobody made has none either."""
    fill(desk, 1)
    for verb in (tabulate, known_metrics, lambda call, model: metric_series(call, model, AUC)):
        with pytest.raises(NotFound):
            verb(desk.call(rights=frozenset()), FRAUD)
        with pytest.raises(NotFound):
            verb(desk.call(), parse("nobody"))
        assert verb(desk.call(rights=frozenset({Permission.MODEL_READ})), FRAUD) is not None


def test_a_series_goes_from_the_newest_to_the_oldest(desk: Desk) -> None:
    """In pages of versions that were looked at; those without the metric leave no point."""
    fill(desk, 4)
    desk.register(content=b"without")
    first = metric_series(desk.call(), FRAUD, AUC, limit=3)
    second = metric_series(desk.call(), FRAUD, AUC, limit=3, before=first.next)
    assert [one.number for one in first.points] == [4, 3]
    assert [(one.number, one.value, one.stage) for one in second.points] == [(2, 0.52, "none"), (1, 0.51, "none")]
    assert (first.next, second.next, first.direction) == (3, None, "higher")


def test_a_series_is_of_one_data_set_and_slice(desk: Desk) -> None:
    """And of the direction that somebody gave the metric, where its name does not say."""
    origin = Provenance(metrics=[Metric("drift", 0.25, "a", None, "lower"), Metric("drift", 0.5, "b", "old", "lower")])
    desk.register(origin=origin)
    assert metric_series(desk.call(), FRAUD, columns.metric("drift@b/old")).points[0].value == 0.5
    assert metric_series(desk.call(), FRAUD, columns.metric("drift")).points[0].value == 0.25
    assert metric_series(desk.call(), FRAUD, columns.metric("drift")).direction == "lower"
    assert metric_series(desk.call(), FRAUD, columns.metric("drift@c")).points == ()
    assert list(map(str, known_metrics(desk.call(), FRAUD))) == ["metric.drift@a", "metric.drift@b/old"]


@pytest.mark.parametrize("limit", [0, 1_001])
def test_a_page_of_a_series_is_bounded(desk: Desk, limit: int) -> None:
    """Nobody asks for everything at once."""
    desk.register()
    with pytest.raises(Invalid):
        metric_series(desk.call(), FRAUD, AUC, limit=limit)
    with pytest.raises(Invalid):
        metric_series(desk.call(), FRAUD, columns.parse("param.depth")[0])


@pytest.mark.parametrize("many", [3, 30])
def test_a_table_costs_the_same_however_many_versions_there_are(desk: Desk, many: int) -> None:
    """Its statements are counted beside three versions and beside thirty."""
    fill(desk, many)
    with statements(desk.registry.database) as sent:
        tabulate(desk.call(), FRAUD, limit=2)
    assert len(sent) <= 14, [statement for statement, _ in sent]
    with statements(desk.registry.database) as sent:
        metric_series(desk.call(), FRAUD, AUC, limit=2)
    assert len(sent) <= 4, [statement for statement, _ in sent]
