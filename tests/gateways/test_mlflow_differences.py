"""Is the table of docs/howto/mlflow.md true? What is said there to be otherwise than in MLflow's server is played."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from holotype.domain.origins import LONGEST
from holotype.operations.words import TAG_LIMIT
from tests.support.mlflow_api import World, asked, open_world
from tests.support.source import ROOT

MLFLOW, V3 = "/api/2.0/mlflow/", "/api/3.0/mlflow/"
FILES = "/api/2.0/mlflow-artifacts/artifacts/"
INVALID, CONFLICT = (400, "INVALID_PARAMETER_VALUE"), (409, "RESOURCE_CONFLICT")
MISSING, LATER = (404, "RESOURCE_DOES_NOT_EXIST"), (501, "NOT_IMPLEMENTED")
PAGE = ROOT / "docs" / "howto" / "mlflow.md"


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    """A registry on each database."""
    with open_world(database_url, tmp_path) as made:
        yield made


def ask(world: World, method: str, path: str, **fields: Any) -> tuple[int, Any]:
    """Return status and body of an answer; of an error its code."""
    whole = path if path.startswith("/") else MLFLOW + path
    ((_, got),) = world.ask([asked(method, whole, fields)])
    return got.status, got.json.get("error_code", got.json) if got.status != 200 or got.body else {}


def made(world: World, **fields: Any) -> dict[str, Any]:
    """Make a model with a version, and return what they may be named by."""
    things = world.furnish()
    assert ask(world, "DELETE", "registered-models/alias", name=things["name"], alias="champion") == (200, {})
    return things | fields


def stage_of(world: World, name: str, number: str) -> str:
    """Return the stage of a version."""
    return str(ask(world, "GET", "model-versions/get", name=name, version=number)[1]["model_version"]["current_stage"])


def test_a_stage_is_reached_by_moves_of_the_policy(world: World) -> None:
    """Through staging to production, where one version is; to none that the policy does not know."""
    name = made(world)["name"]
    for number in ("1", "2"):
        move = {"name": name, "version": number, "stage": "PRODUCTION"}
        assert ask(world, "POST", "model-versions/transition-stage", **move)[0] == 200
    assert [stage_of(world, name, number) for number in ("1", "2")] == ["Archived", "Production"]
    wrong = {"name": name, "version": "1", "stage": "Prod"}
    assert ask(world, "POST", "model-versions/transition-stage", **wrong) == INVALID
    for method, path, fields in (
        ("DELETE", "model-versions/delete", {"name": name, "version": "2"}),
        ("DELETE", "registered-models/delete", {"name": name}),
    ):
        assert ask(world, method, path, **fields) == CONFLICT
    _, found = ask(world, "GET", "registered-models/alias", name=name, alias="production")
    assert found["model_version"]["version"] == "2"


def test_a_name_that_was_deleted_comes_back_empty_and_counts_on(world: World) -> None:
    """Numbers are never used again."""
    things = made(world)
    name, again = things["name"], {"name": things["name"], "source": things["source"]}
    assert ask(world, "DELETE", "registered-models/delete", name=name) == (200, {})
    assert ask(world, "POST", "registered-models/create", name=name)[0] == 200
    assert ask(world, "POST", "model-versions/create", **again)[1]["model_version"]["version"] == "3"
    assert ask(world, "POST", "registered-models/rename", name=name, new_name="A Title (EU)")[0] == 200
    assert ask(world, "GET", "registered-models/get", name=name) == MISSING
    assert ask(world, "POST", "registered-models/set-tag", name="A Title (EU)", key=" k", value="v") == INVALID


def test_a_copy_has_files_of_its_own(world: World) -> None:
    """What became of the original changes nothing about it; its files cannot be changed."""
    name = made(world)["name"]
    assert ask(world, "POST", "registered-models/create", name="copy")[0] == 200
    assert ask(world, "POST", "model-versions/create", name="copy", source=f"models:/{name}/1")[0] == 200
    assert ask(world, "DELETE", "registered-models/delete", name=name) == (200, {})
    got = world.owner.ask("GET", f"{FILES}versions/copy/1/model.bin")
    assert (got.status, got.body) == (200, b"weights")
    assert ask(world, "DELETE", f"{FILES}versions/copy/1/model.bin") == INVALID
    assert ask(world, "DELETE", f"{FILES}0/{'0' * 32}/artifacts/x") == MISSING
    _, found = ask(world, "GET", "model-versions/get-download-uri", name="copy", version="1")
    assert found["artifact_uri"] == f"http://127.0.0.1:7878{FILES}versions/copy/1"


def test_what_is_elsewhere_is_external(world: World) -> None:
    """It is ready, its address is its source, and it does not move."""
    name = made(world)["name"]
    _, one = ask(world, "POST", "model-versions/create", name=name, source="s3://elsewhere/x")
    assert one["model_version"]["status"] == "READY"
    assert one["model_version"]["user_id"] == "owner"
    asked_for = {"name": name, "version": one["model_version"]["version"]}
    assert ask(world, "GET", "model-versions/get-download-uri", **asked_for)[1] == {"artifact_uri": "s3://elsewhere/x"}
    assert ask(world, "POST", "model-versions/transition-stage", **asked_for, stage="Staging") == CONFLICT
    for source in (f"models:/{name}/Production", f"models:/{name}/latest", "/tmp/x", "s3://a//b", "s3://a/b#c"):
        assert ask(world, "POST", "model-versions/create", name=name, source=source) == INVALID, source


def test_archived_comes_back_by_the_moves_of_the_policy(world: World) -> None:
    """Through staging, whose gates an external version does not pass."""
    name = made(world)["name"]
    for stage, wanted in (("Archived", "Archived"), ("None", "None")):
        move = {"name": name, "version": "1", "stage": stage}
        assert ask(world, "POST", "model-versions/transition-stage", **move)[0] == 200
        assert stage_of(world, name, "1") == wanted
    _, one = ask(world, "POST", "model-versions/create", name=name, source="s3://elsewhere/x")
    away = {"name": name, "version": one["model_version"]["version"]}
    assert ask(world, "POST", "model-versions/transition-stage", **away, stage="Archived")[0] == 200
    assert ask(world, "POST", "model-versions/transition-stage", **away, stage="None") == CONFLICT


def test_a_request_that_comes_again_is_another_version(world: World) -> None:
    """Nobody can tell it from a second registration."""
    again = {"name": made(world)["name"], "source": "s3://elsewhere/x"}
    numbers = [ask(world, "POST", "model-versions/create", **again)[1]["model_version"]["version"] for _ in range(2)]
    assert numbers == ["3", "4"]


def test_every_change_counts(world: World) -> None:
    """Tags and aliases too; what is there already is no change, and an update without words removes them."""
    name = made(world)["name"]
    one = {"name": name, "version": "1"}

    def moments() -> tuple[int, int]:
        model = ask(world, "GET", "registered-models/get", name=name)[1]["registered_model"]
        version = ask(world, "GET", "model-versions/get", **one)[1]["model_version"]
        return model["last_updated_timestamp"], version["last_updated_timestamp"]

    def bumped(method: str, path: str, **fields: Any) -> tuple[bool, bool]:
        before = moments()
        time.sleep(0.002)
        assert ask(world, method, path, **fields)[0] == 200
        after = moments()
        return after[0] > before[0], after[1] > before[1]

    tag = one | {"key": "k", "value": "w"}
    assert bumped("POST", "model-versions/set-tag", **tag) == (True, True)
    assert bumped("POST", "model-versions/set-tag", **tag) == (False, False)
    assert bumped("DELETE", "model-versions/delete-tag", **one, key="k") == (True, True)
    assert bumped("POST", "registered-models/alias", **one, alias="champion") == (True, True)
    assert bumped("DELETE", "registered-models/alias", name=name, alias="champion") == (True, True)
    assert bumped("POST", "registered-models/set-tag", name=name, key="k", value="w") == (True, False)
    assert bumped("PATCH", "model-versions/update", **one, description="words") == (True, True)
    assert bumped("PATCH", "model-versions/update", **one) == (True, True)
    assert ask(world, "GET", "model-versions/get", **one)[1]["model_version"]["description"] == ""
    _, page = ask(world, "GET", "model-versions/search", filter=f"name = '{name}'")
    assert [found["version"] for found in page["model_versions"]] == ["1", "2"]


def test_names_and_descriptions_have_a_length(world: World) -> None:
    """Which every database can hold."""
    name = made(world)["name"]
    longest = {"name": "n" * 256, "description": "d" * 5_000}
    assert ask(world, "POST", "registered-models/create", **longest)[0] == 200
    assert ask(world, "POST", "registered-models/create", name="n" * 257) == INVALID
    long = "d" * 5_001
    for method, path, fields in (
        ("POST", "registered-models/create", {"name": "other", "description": long}),
        ("PATCH", "registered-models/update", {"name": name, "description": long}),
        ("POST", "model-versions/create", {"name": name, "source": "s3://elsewhere/x", "description": long}),
        ("PATCH", "model-versions/update", {"name": name, "version": "1", "description": long}),
    ):
        assert ask(world, method, path, **fields) == INVALID, path


def test_what_a_copy_is_of_is_not_made_up(world: World) -> None:
    """Ids of a tracker elsewhere are taken, those that contradict the version are not."""
    things = made(world)
    name, create = things["name"], "model-versions/create"
    unknown = f"m-{'0' * 32}"
    for more in ({}, {"model_id": unknown}):
        got = ask(world, "POST", create, name=name, source=f"models:/{unknown}", **more)[1]["model_version"]
        assert (got["status"], got["source"]) == ("READY", f"models:/{unknown}")
    assert ask(world, "POST", create, name=name, source=f"models:/{things['model_id']}")[0] == 200
    assert ask(world, "POST", create, name=name, source=f"models:/{name}/1", run_id=things["run_id"])[0] == 200
    assert ask(world, "POST", create, name=name, source=f"models:/{name}/1", run_id="1" * 32) == INVALID
    assert ask(world, "POST", create, name=name, source=f"models:/{name}/4", model_id=f"m-{'1' * 32}") == INVALID
    assert ask(world, "POST", create, name=name, source=f"models:/{name}/1", model_id=unknown)[0] == 200
    assert ask(world, "POST", "registered-models/create", name="x#1")[0] == 200
    assert ask(world, "POST", create, name="x#1", source=things["source"])[0] == 200
    assert ask(world, "POST", create, name=name, source="models:/x#1/1") == INVALID
    assert ask(world, "POST", "registered-models/rename", name="x#1", new_name="x1")[0] == 200
    assert ask(world, "POST", create, name=name, source="models:/x1/1")[0] == 200


@pytest.mark.parametrize("name", ["a\x07b", "a\u2028b", "\u202egnp"])
def test_names_are_a_line_that_can_be_read(world: World, name: str) -> None:
    """No control characters, no separators of lines, nothing that turns the direction of text; blanks are fine."""
    assert ask(world, "POST", "registered-models/create", name=name) == INVALID
    assert ask(world, "POST", "registered-models/create", name=f" {name[-1]} ")[0] == 200


def test_what_is_registered_has_bounds(world: World) -> None:
    """So many tags at once, sources and links so long, ids of a shape; ids that nobody knows here are taken."""
    name, create = made(world)["name"], "model-versions/create"
    tags = [{"key": f"k{number}", "value": "v"} for number in range(TAG_LIMIT + 1)]
    assert ask(world, "POST", "registered-models/create", name="many", tags=tags) == INVALID
    assert ask(world, "POST", "registered-models/create", name="many", tags=tags[1:])[0] == 200
    elsewhere = {"name": name, "source": "s3://elsewhere/x"}
    for more in (
        {"tags": tags}, {"source": "s3://b/" + "x" * LONGEST}, {"source": " s3://b/x"}, {"source": "s3://b/x "},
        {"run_id": "a.b"}, {"run_id": "a b"}, {"run_id": "-a"}, {"run_id": "a" * 257}, {"model_id": "m a"},
        {"run_link": "l" * 2_001},
    ):  # fmt: skip
        assert ask(world, "POST", create, **elsewhere | more) == INVALID, str(more)[:40]
    longest = "s3://b/".ljust(LONGEST, "x")
    for more in ({"model_id": f"m-{'0' * 32}"}, {"run_id": "a" * 256}, {"source": longest}, {"tags": tags[1:]}):
        assert ask(world, "POST", create, **elsewhere | more)[0] == 200, str(more)[:40]
    for noun, where in (("registered-models", {}), ("model-versions", {"version": "1"})):
        assert ask(world, "POST", f"{noun}/set-tag", name=name, key="a*b", value="v", **where) == (200, {})


def test_searches_are_strict(world: World) -> None:
    """An AND too few or too many, keys twice, too many clauses, a token of another search."""
    for text in ("name = 'a' name = 'b'", "name = 'a' AND AND name = 'b'", " AND ".join(["name != 'a'"] * 101)):
        assert ask(world, "GET", "registered-models/search", filter=text) == INVALID, text[:40]
    assert ask(world, "GET", "registered-models/search", order_by=["name", "name DESC"]) == INVALID
    made(world)
    made(world)
    _, page = ask(world, "GET", "registered-models/search", max_results=1)
    token = page["next_page_token"]
    assert ask(world, "GET", "registered-models/search", max_results=1, page_token=token)[0] == 200
    other = {"max_results": 1, "page_token": token, "filter": "name != 'x'"}
    assert ask(world, "GET", "registered-models/search", **other) == INVALID
    assert ask(world, "GET", "registered-models/search", page_token="eyJvZmZzZXQiOiAxfQ==") == INVALID
    for count in (0, -1):
        assert ask(world, "GET", "registered-models/search", max_results=count) == INVALID
    _, found = ask(world, "GET", "registered-models/search", filter="name LIKE 'FRAUD%'")
    assert not found.get("registered_models")


def test_a_prompt_keeps_its_text(world: World) -> None:
    """Approvals bind to it."""
    mark = {"key": "mlflow.prompt.is_prompt", "value": "true"}
    text = {"key": "mlflow.prompt.text", "value": "Say {{word}}"}
    assert ask(world, "POST", "registered-models/create", name="greet", tags=[mark])[0] == 200
    new = {"name": "greet", "source": "prompt-template", "tags": [mark, text]}
    assert ask(world, "POST", "model-versions/create", **new)[0] == 200
    tag = {"name": "greet", "version": "1", "key": "mlflow.prompt.text", "value": "Say no"}
    assert ask(world, "POST", "model-versions/set-tag", **tag) == CONFLICT
    tag = {"name": "greet", "version": "1", "key": "_mlflow_prompt_model_config", "value": "{}"}
    assert ask(world, "POST", "model-versions/set-tag", **tag) == (200, {})
    other = new | {"source": "s3://elsewhere/x"}
    assert ask(world, "POST", "model-versions/create", **other)[1]["model_version"]["source"] == "s3://elsewhere/x"


def test_runs_are_context(world: World) -> None:
    """Experiments have no place of their own; what is a tracker's business is said to be."""
    _, one = ask(world, "POST", "experiments/create", name="e", artifact_location="s3://elsewhere/x")
    _, found = ask(world, "GET", "experiments/get", experiment_id=one["experiment_id"])
    assert found["experiment"]["artifact_location"].startswith("mlflow-artifacts:/")
    assert ask(world, "GET", "experiments/get", experiment_id="0")[1]["experiment"]["name"] == "Default"
    things = world.furnish()
    beyond = {"run_id": things["run_id"], "key": "m", "value": 1, "timestamp": 10**18}
    assert ask(world, "POST", "runs/log-metric", **beyond) == INVALID
    for path in ("traces", "scorers/list", "metrics/get-history-bulk", f"{V3}mcp-servers", "/graphql"):
        assert ask(world, "GET", path) == LATER


def test_experiments_and_logged_models_are_told_apart(world: World) -> None:
    """A name that is taken, a model that is gone, a data set by its name alone."""
    things = world.furnish()
    _, one = ask(world, "POST", "experiments/create", name="first")
    assert ask(world, "POST", "experiments/create", name="second")[0] == 200
    taken = {"experiment_id": one["experiment_id"], "new_name": "second"}
    assert ask(world, "POST", "experiments/update", **taken) == (400, "RESOURCE_ALREADY_EXISTS")
    model_id = things["model_id"]
    measured = {"run_id": things["run_id"], "key": "auc", "value": 0.9, "timestamp": 1, "model_id": model_id}
    assert ask(world, "POST", "runs/log-metric", **measured, dataset_name="cards", dataset_digest="d")[0] == 200
    asked_for = {"experiment_ids": things["experiment_ids"], "datasets": [{"dataset_name": "cards"}]}
    _, found = ask(world, "POST", "logged-models/search", **asked_for)
    assert [model["info"]["model_id"] for model in found["models"]] == [model_id]
    assert ask(world, "DELETE", f"logged-models/{model_id}") == (200, {})
    assert ask(world, "DELETE", f"logged-models/{model_id}") == MISSING


def test_doors_are_as_told(world: World) -> None:
    """Workspaces, webhooks, and what clients probe."""
    assert ask(world, "PATCH", f"{V3}workspaces/default", description="x") == LATER
    assert ask(world, "DELETE", f"{V3}workspaces/default") == LATER
    assert ask(world, "POST", f"{V3}workspaces", name="x", default_artifact_root="s3://x") == INVALID
    assert ask(world, "POST", "webhooks", name="x") == LATER
    assert world.owner.ask("GET", "/version").body == b"3.18.0+holotype"


def test_the_page_quotes_what_clients_are_told(world: World) -> None:
    """The message about a refused move, word for word, but for names and numbers."""
    name = made(world)["name"]
    ask(world, "POST", "model-versions/create", name=name, source="s3://elsewhere/x")
    move = {"name": name, "version": "3", "stage": "Staging"}
    again = asked("POST", f"{MLFLOW}model-versions/transition-stage", move)
    (_, got), (_, other) = world.ask([again, again])
    assert other.json["message"] == got.json["message"]  # it names the same promotion
    quoted = next(
        block for block in re.findall(r"```text\n(.*?)```", PAGE.read_text(), re.DOTALL) if "refused" in block
    )

    def plain(text: str) -> str:
        return re.sub(r"risk/iris|default/fraud-\d+|\d+", "…", " ".join(text.split()))

    assert plain(quoted) == plain(f"RESOURCE_CONFLICT: {got.json['message']}")


def test_what_runs_and_experiments_leave_out_has_a_default(world: World) -> None:
    """The experiment of a run and the size of a page; a status is one of those that there are."""
    for method in ("GET", "POST"):
        assert ask(world, method, "experiments/search")[1]["experiments"][0]["name"] == "Default"
    _, one = ask(world, "POST", "runs/create", start_time=1)
    info = one["run"]["info"]
    assert info["experiment_id"] == "0"
    for status in ("NONSENSE", "finished"):
        assert ask(world, "POST", "runs/update", run_id=info["run_id"], status=status) == INVALID
    assert ask(world, "POST", "runs/set-tag", run_id=info["run_id"], key="a*b", value="v") == INVALID
