"""What does a person see of versions that clients of another protocol registered?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from holotype import Client, errors
from tests.support import mlmodels
from tests.support.server import Running, serving
from tests.support.shell import Shell, shell_of

WHERE = "s3://lake/models/7"
LINK = "https://runs.example/7"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server with a model that was logged and registered, and one whose bytes are elsewhere."""
    folder = tmp_path_factory.mktemp("server")
    with serving(folder) as running:
        furnish(shell_of(running, folder))
        yield running


@pytest.fixture
def shell(server: Running, tmp_path: Path) -> Shell:
    """A shell that may everything."""
    return shell_of(server, tmp_path)


def told(shell: Shell, path: str, content: bytes | None = None, **message: Any) -> Any:
    """Ask an endpoint of MLflow's."""
    headers = {"Authorization": f"Bearer {shell.environment['HOLOTYPE_TOKEN']}", "Content-Type": "application/json"}
    body, method = (json.dumps(message).encode(), "POST") if content is None else (content, "PUT")
    address = f"{shell.environment['HOLOTYPE_URL']}/api/2.0/{path}"
    with urlopen(Request(address, body, headers, method=method)) as answer:
        return json.loads(answer.read() or b"{}")


def furnish(shell: Shell) -> None:
    """Log a run with a model, register it, and register what lies elsewhere."""
    run = told(shell, "mlflow/runs/create", experiment_id="0", start_time=1_700_000_000_000, run_name="owl")
    run_id = run["run"]["info"]["run_id"]
    tags = [{"key": "mlflow.source.git.commit", "value": "0123abc"}, {"key": "team", "value": "risk"}]
    metrics = [{"key": "auc", "value": 0.9, "timestamp": 1, "step": 0},
               {"key": "bad", "value": "NaN", "timestamp": 1, "step": 0}]  # fmt: skip
    told(shell, "mlflow/runs/log-batch", run_id=run_id, metrics=metrics, tags=tags)
    place = f"mlflow-artifacts/artifacts/0/{run_id}/artifacts/model"
    told(shell, f"{place}/MLmodel", mlmodels.NESTED)
    told(shell, f"{place}/requirements.txt", mlmodels.REQUIREMENTS)
    told(shell, "mlflow/runs/update", run_id=run_id, status="FINISHED", end_time=1_700_000_060_000)
    for name, source in (("Fraud (EU)", f"runs:/{run_id}/model"), ("elsewhere", WHERE)):
        told(shell, "mlflow/registered-models/create", name=name)
        told(shell, "mlflow/model-versions/create", name=name, source=source, run_link=LINK)


def lines(shell: Shell, *arguments: str) -> list[str]:
    """Return what a command prints, with single blanks."""
    return [" ".join(line.split()) for line in shell.run(*arguments).stdout.splitlines()]


def test_a_logged_model_is_shown_with_its_context(shell: Shell) -> None:
    """Title, source, run, code, environment, what it takes and returns, and what could not be kept."""
    model = next(one["reference"] for one in shell.ask("ls")["items"] if one["title"])
    assert "title Fraud (EU)" in lines(shell, "show", model)
    said = lines(shell, "show", f"{model}:1")
    for line in (
        "left out The metric 'bad' is nan, which is no number that can be compared.",
        "code 0123abc (uncommitted changes: unknown)",
        "run tags team=risk",
        "schema in messages: array<{content?: string, role: string}>",
        "in options: map<double> (optional)",
        "with stop: string [-1] (optional)",
        "out output: array<array<double>>",
    ):
        assert line in said
    environment = next(line for line in said if line.startswith("environment "))
    assert "scipy 1.17.1, pandas>=2, ./local.whl" in environment
    run = next(line for line in said if line.startswith("run holotype:"))
    assert "“owl” in Default" in run
    now = next(line for line in said if line.startswith("run now FINISHED, since 2023-11-14"))
    assert ", 2 metrics, logged by " in now
    assert "secret" not in " ".join(said)


def test_flavours_are_shown_once_the_files_were_looked_at(shell: Shell, server: Running) -> None:
    """They are the server's own finding."""
    model = next(one["reference"] for one in shell.ask("ls")["items"] if one["title"])
    with Client(shell.environment["HOLOTYPE_URL"], shell.environment["HOLOTYPE_TOKEN"]) as client:
        client.promote(f"{model}:1", "staging", dry_run=True)  # waits for the examination
    assert "flavours python_function of MLflow 3.18.0" in lines(shell, "show", f"{model}:1")


def test_an_external_version_says_so_everywhere(shell: Shell) -> None:
    """In lists, alone, for its files, and to whoever wants its bytes."""
    listed = next(line for line in lines(shell, "ls", "--versions") if line.startswith("default/elsewhere:1"))
    assert " external 0 " in listed
    said = lines(shell, "show", "elsewhere:1")
    assert "size external: its bytes were never taken over" in said
    assert f"source {WHERE}" in said
    assert f"run link {LINK}" in said
    beside = shell.run("show", "elsewhere:1", "--files")
    assert (beside.stdout, beside.stderr) == (
        "",
        "It is external: its bytes are elsewhere and were never taken over.\n",
    )
    for command in (("pull", "elsewhere:1", "out"), ("verify", "elsewhere:1")):
        error, hint = shell.refused(*command)
        assert error == f"default/elsewhere:1 is external: the registry never took over its bytes. They lie at {WHERE}."
        assert "import source" in hint
    assert not (shell.folder / "out").exists()


def test_the_client_raises_for_bytes_that_are_elsewhere(shell: Shell) -> None:
    """With the error that says which bytes are missing; the version itself it shows."""
    with Client(shell.environment["HOLOTYPE_URL"], shell.environment["HOLOTYPE_TOKEN"]) as client:
        with pytest.raises(errors.MissingContent):
            client.pull("elsewhere:1", shell.folder / "out")
        version = client.version("elsewhere:1")
        assert (version.external, list(client.files("elsewhere:1"))) == (True, [])
        assert version.provenance is not None
        assert version.provenance.source is not None
        assert version.provenance.source.uri == WHERE


def test_nothing_is_on_its_way_in_where_no_import_source_is(shell: Shell) -> None:
    """Of everything, of a namespace and of a model."""
    for where in ((), ("default",), ("default/elsewhere",)):
        assert shell.ask("intakes", *where) == {"items": [], "next": None}
    assert shell.run("intakes").stderr == "Nothing is on its way in.\n"
