"""Do addresses that MLflow's clients print, and those of MLflow's own pages, lead a person to what they mean?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from holotype.domain.provenance import Parent, Provenance, Run
from holotype.domain.references import parse
from holotype.domain.titles import name_of
from holotype.operations.bootstrap import bootstrap
from holotype.operations.create_namespace import create_namespace
from holotype.operations.register import Content, register
from tests.support.asgi import Got, Visitor, front_of
from tests.support.registry import Desk, open_desk

ONE, MANY, NONE = "1" * 32, "2" * 32, "3" * 32
HTML = {"accept": "text/html"}


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    """A registry that asks nobody to sign in, with versions from two runs."""
    with open_desk(database_url, tmp_path / "blobs", data=tmp_path, open=True) as desk:
        bootstrap(desk.call())
        create_namespace(desk.call(), "risk")
        for number, run in enumerate((ONE, MANY, MANY)):
            files = [desk.held(b"%d" % number, namespace="risk")]
            register(desk.call(), parse("risk/fraud"), Content(files, Provenance(run=Run(run, "mlflow"))))
        yield desk


def ask(desk: Desk, namespace: str, at: str = "") -> Got:
    """Open an address as a browser does, with what its script read behind the ``#``."""
    return Visitor(front_of(desk.registry)).ask("GET", f"/mlflow/{namespace}", query=f"at={at}", headers=HTML)


@pytest.mark.parametrize(
    ("at", "place"),
    [
        (f"/experiments/1/runs/{ONE}", "/models/risk/fraud/versions/1"),
        (f"/experiments/1/runs/{ONE}/artifacts", "/models/risk/fraud/versions/1"),
        (f"/experiments/1/evaluation-runs%3FselectedRunUuid={ONE}", "/models/risk/fraud/versions/1"),
        (f"/experiments/1/runs/{MANY}", f"/versions?q=run%3A{MANY}"),
        ("/models/fraud", "/models/risk/fraud"),
        ("/models/fraud/versions/2", "/models/risk/fraud/versions/2"),
        ("/models/Fraud%2520Model%2520(EU)/versions/2", f"/models/risk/{name_of('Fraud Model (EU)')}/versions/2"),
        ("/prompts/greet", "/models/risk/greet"),
        ("/models/..%252f..%252faccess", f"/models/risk/{name_of('../../access')}"),
    ],
)
def test_what_is_meant_is_where_it_leads(desk: Desk, at: str, place: str) -> None:
    """One version of a run, the list of several; models by the names that they have in MLflow."""
    got = ask(desk, "risk", at)
    assert (got.status, got.headers["location"]) == (303, place)


@pytest.mark.parametrize("at", ["", "/experiments", "/experiments/1", "//evil.example", f"/experiments/1/runs/{NONE}"])
def test_everything_else_is_told_what_the_address_is_for(desk: Desk, at: str) -> None:
    """An experiment, a run of which no version came, and the bare address."""
    got = ask(desk, "risk", at)
    text = got.body.decode()
    assert got.status == 200
    assert "/mlflow/risk</code>" in text
    assert (NONE in text) == (NONE in at)


def test_pages_about_runs_say_that_this_is_no_experiment_tracker(desk: Desk) -> None:
    """Where clients' addresses lead, and beside the run of a version; not where a version has none."""
    visitor = Visitor(front_of(desk.registry))
    desk.register("plain", origin=Provenance(parents=[Parent("elsewhere:1", "derived")]))
    with_run, without = (
        visitor.ask("GET", f"/models/{model}/versions/1/provenance", headers=HTML).body.decode()
        for model in ("risk/fraud", "default/plain")
    )
    for text in (ask(desk, "risk").body.decode(), with_run):
        assert "Runs are the context of versions" in text
        assert "Holotype is no experiment tracker" in text
    assert "No run was recorded" in without
    assert "experiment tracker" not in without


def test_who_is_not_signed_in_is_asked_to_and_comes_back(database_url: str, tmp_path: Path) -> None:
    """The address is kept; clients that lack an endpoint are told so in their own words all the same."""
    with open_desk(database_url, tmp_path / "blobs", data=tmp_path) as desk:
        bootstrap(desk.call())
        visitor = Visitor(front_of(desk.registry))
        got = visitor.ask("GET", "/mlflow/risk", query="at=/models/fraud", headers=HTML)
        assert (got.status, got.headers["location"]) == (303, "/sign-in?next=%2Fmlflow%2Frisk%3Fat%3D%2Fmodels%2Ffraud")
        got = visitor.ask("GET", "/mlflow/risk/api/2.0/nothing", headers=HTML)
        assert (got.status, got.json["error_code"]) == (404, "ENDPOINT_NOT_FOUND")
