"""Do programs and people in a terminal get the same table and the same series?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from holotype import Client
from holotype.domain.provenance import Metric
from holotype.errors import Invalid
from tests.support.server import Running, serving
from tests.support.shell import shell_of

MODEL = "default/fraud"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server with a model of four versions, of which one has no metric."""
    folder = tmp_path_factory.mktemp("server")
    with serving(folder / "data") as running, Client(running.url, running.token) as client:
        for number in range(1, 5):
            (folder / "model.bin").write_bytes(b"weights %d" % number)
            metrics = [Metric("auc", round(0.9 + number / 100, 2)), Metric("auc", 0.8, "test")] if number != 2 else []
            client.push(folder / "model.bin", MODEL, params={"depth": number}, metrics=metrics, code=None)
        client.promote(f"{MODEL}:3", "staging", reason="good")
        yield running


def test_a_program_walks_a_table(server: Running) -> None:
    """In pages; a version has values under those columns for which it has one."""
    with Client(server.url, server.token) as client:
        rows = list(client.table(MODEL, columns=["metric.auc", "param.depth"], sort="metric.auc", limit=3))
        found = list(client.table(MODEL, query="stage:staging"))
    assert [(row.version.number, row.values) for row in rows] == [
        (1, {"metric.auc": 0.91, "param.depth": 1}),
        (3, {"metric.auc": 0.93, "param.depth": 3}),
        (4, {"metric.auc": 0.94, "param.depth": 4}),
    ]
    assert [(row.version.number, row.values) for row in found] == [(3, {"metric.auc": 0.93, "metric.auc@test": 0.8})]


def test_a_program_follows_a_series(server: Running) -> None:
    """From page to page; what looks at versions without the metric has fewer points."""
    with Client(server.url, server.token) as client:
        first = client.series(MODEL, "auc", limit=3)
        rest = client.series(MODEL, "auc", limit=3, cursor=first.next)
        other = client.series(MODEL, "auc", dataset="test")
        with pytest.raises(Invalid, match="not a cursor"):
            client.series(MODEL, "auc", cursor="x")
    assert [(one.number, one.stage) for one in first.items] == [(4, "none"), (3, "staging")]
    assert ([one.number for one in rest.items], rest.next) == ([1], None)
    assert (first.metric, first.direction, other.metric) == ("auc", "higher", "auc@test")


def test_a_person_chooses_columns(server: Running, tmp_path: Path) -> None:
    """``ls`` shows them; they are about one model."""
    shell = shell_of(server, tmp_path)
    lines = shell.run("ls", MODEL, "--columns", "metric.auc,param.depth", COLUMNS="160").stdout.splitlines()
    assert lines[0].split() == ["VERSION", "STAGE", "metric.auc", "param.depth", "CREATED"]
    assert lines[2].split()[:4] == ["default/fraud:3", "staging", "0.93", "3"]
    assert lines[3].split()[:4] == ["default/fraud:2", "none", "–", "2"]
    refused = shell.run("ls", "--columns", "metric.auc", code=2)
    assert "one model" in refused.stderr
    refused = shell.run("ls", MODEL, "--columns", "weather", code=1)
    assert "is not a column" in refused.stderr
