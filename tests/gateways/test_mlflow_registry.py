"""Does the registry answer MLflow's clients as MLflow's own server does? Every endpoint, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from holotype.domain.references import parse
from holotype.operations.create_namespace import create_namespace
from holotype.operations.history import history
from holotype.operations.resolve import resolve
from tests.support.asgi import Visitor, front_of
from tests.support.governance import GOOD, MOVES, STAGES, TWO, apply
from tests.support.mlflow_client import Client
from tests.support.people import member, owner
from tests.support.registry import open_desk

TITLE = "Fraud Model (EU)"
INVALID = (400, "INVALID_PARAMETER_VALUE")
MISSING = (404, "RESOURCE_DOES_NOT_EXIST")
TAKEN = (400, "RESOURCE_ALREADY_EXISTS")
CONFLICT = (409, "RESOURCE_CONFLICT")
PROMPT = {"key": "mlflow.prompt.is_prompt", "value": "true"}


@pytest.fixture
def client(database_url: str, tmp_path: Path) -> Iterator[Client]:
    """The owner of a registry, at its application."""
    with open_desk(database_url, tmp_path / "blobs") as desk:
        yield Client(Visitor(front_of(desk.registry), owner(desk)), desk)


def test_a_model_is_created_shown_and_changed(client: Client) -> None:
    """Its JSON has the fields of MLflow's: moments in milliseconds, tags as pairs, no versions yet."""
    made = client.model(TITLE, description="d", tags=[{"key": "a", "value": "b"}, {"key": "a", "value": "c"}])
    assert made["name"] == TITLE
    assert made["tags"] == [{"key": "a", "value": "c"}]
    assert (made["latest_versions"], made["aliases"], made["description"]) == ([], [], "d")
    assert made["creation_timestamp"] == made["last_updated_timestamp"] > 10**12
    changed = client.did("PATCH", "registered-models/update", name=TITLE, description="other")["registered_model"]
    assert changed == client.did("GET", "registered-models/get", name=TITLE)["registered_model"]
    assert changed["description"] == "other"


@pytest.mark.parametrize("name", ["a/b", "a:b", "", "  ", "..", "x" * 300, "a\0b"])
def test_a_name_that_mlflow_refuses_is_refused(client: Client, name: str) -> None:
    """Blank, with a slash or a colon, or one that a path reads otherwise."""
    assert client.refused("POST", "registered-models/create", name=name) == INVALID
    assert client.refused("GET", "registered-models/get", name=name) == INVALID


@pytest.mark.parametrize("name", ["Fraud", "fraud model", "詐欺", "fraud_.model", "a" * 200, "Ünïcode", "-x-", "__a"])
def test_any_name_that_mlflow_allows_is_reachable(client: Client, name: str) -> None:
    """It is created, gets a version and is found by exactly that name."""
    client.model(name, 1)
    assert client.version(name)["name"] == name
    assert client.version(name)["source"] == "s3://bucket/0"
    assert client.refused("GET", "registered-models/get", name=f"{name}x") == MISSING


def test_a_name_is_taken_once(client: Client) -> None:
    """The error has MLflow's code and words, and says where a prompt has the name."""
    client.model()
    got = client.ask("POST", "registered-models/create", name="fraud")
    assert (got.status, got.json["error_code"]) == TAKEN
    assert got.json["message"] == "Registered Model (name=fraud) already exists."
    prompt = client.ask("POST", "registered-models/create", name="fraud", tags=[PROMPT])
    assert prompt.json["error_code"] == "RESOURCE_ALREADY_EXISTS"
    assert "already taken by a registered model" in prompt.json["message"]


def test_what_is_not_there_is_said_so(client: Client) -> None:
    """Every endpoint about one model or version answers with RESOURCE_DOES_NOT_EXIST."""
    client.model()
    here, there = {"name": "fraud", "version": "9"}, {"name": "nope"}
    for method, path, more in [
        ("GET", "registered-models/get", {}), ("PATCH", "registered-models/update", {"description": "d"}),
        ("DELETE", "registered-models/delete", {}), ("POST", "registered-models/rename", {"new_name": "new"}),
        ("POST", "registered-models/get-latest-versions", {}), ("GET", "registered-models/get-latest-versions", {}),
        ("POST", "registered-models/set-tag", {"key": "a", "value": "b"}),
        ("DELETE", "registered-models/delete-tag", {"key": "a"}),
        ("POST", "model-versions/create", {"source": "s3://a/b"}),
        ("DELETE", "registered-models/alias", {"alias": "a"}), ("GET", "registered-models/alias", {"alias": "a"}),
    ]:  # fmt: skip
        assert client.refused(method, path, **there, **more) == MISSING, path
    for method, path, more in [
        ("GET", "model-versions/get", {}), ("PATCH", "model-versions/update", {"description": "d"}),
        ("DELETE", "model-versions/delete", {}), ("GET", "model-versions/get-download-uri", {}),
        ("POST", "model-versions/set-tag", {"key": "a", "value": "b"}),
        ("DELETE", "model-versions/delete-tag", {"key": "a"}),
        ("POST", "model-versions/transition-stage", {"stage": "Staging"}),
        ("POST", "registered-models/alias", {"alias": "a"}),
    ]:  # fmt: skip
        assert client.refused(method, path, **here, **more) == MISSING, path
        assert client.refused(method, path, **(here | {"version": "x"}), **more) == INVALID, path


def test_every_create_is_a_new_version(client: Client) -> None:
    """The same source twice makes two versions, each READY, in the stage None, with its number as a text."""
    client.model(versions=2)
    first, second = client.version(), client.version(number="2")
    assert (first["version"], second["version"]) == ("1", "2")
    assert first["status"] == second["status"] == "READY"
    assert (first["current_stage"], first["tags"], first["aliases"]) == ("None", [], [])
    shown = client.did("GET", "registered-models/get", name="fraud")["registered_model"]
    assert [one["version"] for one in shown["latest_versions"]] == ["2"]


def test_a_version_keeps_what_was_said_of_it(client: Client) -> None:
    """Source, run and tags come back verbatim; its description changes and its last change is told."""
    client.model()
    given = {"source": "s3://b/x", "run_id": "a" * 32, "run_link": "http://runs/1", "description": "d"}
    tags = [{"key": "k", "value": "v"}]
    made = client.did("POST", "model-versions/create", name="fraud", tags=tags, **given)["model_version"]
    assert {name: made[name] for name in given} == given
    assert made["tags"] == tags
    changed = client.did("PATCH", "model-versions/update", name="fraud", version="1", description="new")
    assert changed["model_version"]["description"] == "new"
    assert changed["model_version"]["last_updated_timestamp"] > made["last_updated_timestamp"]


LINK = "http://runs/1"


@pytest.mark.parametrize("source", ["s3://bucket/x", "models:/original/1", "runs:/" + "a" * 32 + "/model"])
@pytest.mark.parametrize("run", [{}, {"run_id": "a" * 32}])
def test_a_link_to_a_run_is_kept_with_and_without_the_run(client: Client, source: str, run: dict[str, str]) -> None:
    """It comes back verbatim, of a version with files and of one without, and a copy has it too."""
    client.desk.register("original", b"weights")
    client.model()
    given = {"source": source, "run_link": LINK} | run
    made = client.did("POST", "model-versions/create", name="fraud", **given)["model_version"]
    assert {name: made[name] for name in given} == given
    assert client.version() == made
    client.model("copy")
    client.did("POST", "model-versions/create", name="copy", source="models:/fraud/1")
    assert client.version("copy")["run_link"] == LINK


def test_a_prompt_keeps_the_link_that_comes_with_it(client: Client) -> None:
    """Its bytes are here at once, and its run is nobody's."""
    client.model("greet", tags=[PROMPT])
    text = {"key": "mlflow.prompt.text", "value": "Hello {{name}}"}
    given = {"name": "greet", "source": "dummy-source", "tags": [PROMPT, text], "run_link": LINK}
    assert client.did("POST", "model-versions/create", **given)["model_version"]["run_link"] == LINK


def test_a_version_of_our_own_is_one_for_them_too(client: Client) -> None:
    """It has no source of theirs, so it is its own, and its files are at an absolute address of this server."""
    client.desk.register(content=b"weights")
    assert client.version()["source"] == "models:/fraud/1"
    found = client.did("GET", "model-versions/get-download-uri", name="fraud", version="1")
    assert found == {"artifact_uri": "http://127.0.0.1:7878/api/2.0/mlflow-artifacts/artifacts/versions/fraud/1"}


def test_the_download_address_of_a_namespace_bears_it(client: Client) -> None:
    """It works whatever the client's tracking address is, so it has to say the namespace."""
    create_namespace(client.desk.call(), "risk")
    client.desk.held(b"weights", namespace="risk")
    client.desk.register("risk/fraud", b"weights")
    risk = Client(client.visitor, client.desk, "/mlflow/risk")
    found = risk.did("GET", "model-versions/get-download-uri", name="fraud", version="1")["artifact_uri"]
    assert found.startswith("http://127.0.0.1:7878/mlflow/risk/api/2.0/mlflow-artifacts/artifacts/")
    assert client.refused("GET", "model-versions/get", name="fraud", version="1") == MISSING


def test_an_external_version_is_downloaded_from_its_source(client: Client) -> None:
    """Also a copy of it, and a copy of the copy: the address is the one that has the bytes."""
    client.model(versions=1)
    for name, source in (("copy", "models:/fraud/1"), ("again", "models:/copy/1")):
        client.model(name)
        client.did("POST", "model-versions/create", name=name, source=source)
        found = client.did("GET", "model-versions/get-download-uri", name=name, version="1")
        assert found == {"artifact_uri": "s3://bucket/0"}
        assert client.version(name)["source"] == source


def test_a_copy_shares_the_bytes_and_keeps_its_source(client: Client) -> None:
    """``copy_model_version`` makes a version of our files, whose parent is the one that was copied."""
    client.desk.register(content=b"weights")
    client.model("copy")
    client.did("POST", "model-versions/create", name="copy", source="models:/fraud/1", run_link="")
    copied = resolve(client.desk.call(), parse("copy:1"))
    assert (copied.size, copied.file_count) == (7, 1)
    found = client.did("GET", "model-versions/get-download-uri", name="copy", version="1")["artifact_uri"]
    assert found.endswith("/versions/copy/1")


def test_tags_are_set_and_removed(client: Client) -> None:
    """Setting again overwrites, removing what is not there is fine, and 100,000 characters are kept."""
    client.model(versions=1)
    for noun, where in (("registered-models", {}), ("model-versions", {"version": "1"})):
        for value in ("v", "w" * 100_000):
            client.did("POST", f"{noun}/set-tag", name="fraud", key="k", value=value, **where)
        found = client.did("GET", f"{noun}/get", name="fraud", **where)
        assert next(iter(found.values()))["tags"] == [{"key": "k", "value": "w" * 100_000}]
        for _ in range(2):
            assert client.did("DELETE", f"{noun}/delete-tag", name="fraud", key="k", **where) == {}
        for key, value in (("k" * 251, "v"), ("k", "v" * 100_001), ("", "v")):
            assert client.refused("POST", f"{noun}/set-tag", name="fraud", key=key, value=value, **where) == INVALID


def test_the_ledger_keeps_long_tags_as_digests(client: Client) -> None:
    """Its entries stay small, and say exactly what was set all the same."""
    client.model(versions=1)
    client.did("POST", "model-versions/set-tag", name="fraud", version="1", key="k", value="v" * 100_000)
    told = history(client.desk.call(), parse("fraud:1"))[0].data["tags"]
    assert isinstance(told, dict)
    assert told["k"].startswith("sha256:")


def test_aliases_are_set_moved_shown_and_removed(client: Client) -> None:
    """On the model as pairs, on the version as names; removing one that is not there is fine."""
    client.model(versions=2)
    for number in ("1", "2"):
        assert client.did("POST", "registered-models/alias", name="fraud", alias="Production", version=number) == {}
    assert client.version()["aliases"] == []
    found = client.did("GET", "registered-models/alias", name="fraud", alias="Production")["model_version"]
    assert (found["version"], found["aliases"]) == ("2", ["Production"])
    shown = client.did("GET", "registered-models/get", name="fraud")["registered_model"]
    assert shown["aliases"] == [{"alias": "Production", "version": "2"}]
    for _ in range(2):
        assert client.did("DELETE", "registered-models/alias", name="fraud", alias="Production") == {}


def test_an_alias_that_is_not_there_has_the_error_that_clients_know(client: Client) -> None:
    """400 INVALID_PARAMETER_VALUE, not 404: prompts are loaded by it."""
    client.model(versions=1)
    got = client.ask("GET", "registered-models/alias", name="fraud", alias="nope")
    assert (got.status, got.json["error_code"]) == INVALID
    assert got.json["message"] == "Registered model alias nope not found."


def test_latest_is_the_newest_version_and_cannot_be_set(client: Client) -> None:
    """In any case of letters; ``v5`` is reserved as well, and so is what no alias can be."""
    client.model()
    assert client.refused("GET", "registered-models/alias", name="fraud", alias="latest") == MISSING
    for number in range(2):
        client.did("POST", "model-versions/create", name="fraud", source=f"s3://b/{number}")
    assert client.did("GET", "registered-models/alias", name="fraud", alias="Latest")["model_version"]["version"] == "2"
    for alias in ("latest", "LATEST", "v5", "V12", "a b", "a.b", "", "x" * 256):
        assert client.refused("POST", "registered-models/alias", name="fraud", alias=alias, version="1") == INVALID


def test_a_protected_alias_opens_a_promotion_and_says_so(client: Client) -> None:
    """The error names the promotion, and the alias is where it was."""
    client.model(versions=1)
    apply(client.desk, STAGES + MOVES + '[[aliases]]\npattern = "champion"\n[[aliases.approvals]]\ncount = 1\n')
    got = client.ask("POST", "registered-models/alias", name="fraud", alias="champion", version="1")
    assert (got.status, got.json["error_code"]) == CONFLICT
    assert "`holotype approve 1`" in got.json["message"]
    assert client.version()["aliases"] == []


def test_stages_are_reached_in_any_case_of_letters(client: Client) -> None:
    """From None straight to Production by two moves; who was there is archived; to stay is fine."""
    for content in (b"1", b"2"):
        client.desk.register(content=content)
    for number in ("1", "2"):
        for stage in ("production", "PRODUCTION"):
            got = client.moved(number, stage, archive_existing_versions=True)
            assert got.json["model_version"]["current_stage"] == "Production", got.body
    newest = client.did("POST", "registered-models/get-latest-versions", name="fraud")["model_versions"]
    assert {one["current_stage"]: one["version"] for one in newest} == {"Archived": "1", "Production": "2"}
    asked = client.did("GET", "registered-models/get-latest-versions", name="fraud", stages=["archived", "None"])
    assert [one["version"] for one in asked["model_versions"]] == ["1"]


def test_a_stage_that_is_none_is_refused(client: Client) -> None:
    """So is archiving what is in a stage that is not active."""
    client.model(versions=1)
    assert client.moved("1", "Live").json["error_code"] == "INVALID_PARAMETER_VALUE"
    assert client.moved("1", "").json["error_code"] == "INVALID_PARAMETER_VALUE"
    assert client.moved("1", "Archived", archive_existing_versions=True).status == 400
    assert client.refused("POST", "registered-models/get-latest-versions", name="fraud", stages=["Live"]) == INVALID


def test_a_refused_move_names_its_promotion_and_the_gates(client: Client) -> None:
    """409 with the reasons; what was applied before stays."""
    client.desk.register()
    apply(client.desk, STAGES + MOVES + '[[moves]]\nfrom = ["staging"]\nto = "production"\n' + GOOD)
    got = client.moved("1", "Production")
    assert (got.status, got.json["error_code"]) == CONFLICT
    assert "Promotion 2 of default/fraud:1 from staging to production was refused: metric: " in got.json["message"]
    assert client.version()["current_stage"] == "Staging"


def test_a_move_that_needs_approval_says_who_can_do_what(client: Client) -> None:
    """409 with the number of the promotion that waits; asked again, it is the same one."""
    client.desk.register()
    apply(client.desk, STAGES + MOVES + TWO)
    for _ in range(2):
        got = client.moved("1", "Production")
        assert (got.status, got.json["error_code"]) == CONFLICT
        assert "romotion 2" in got.json["message"]
    assert "waits for approvals" in client.moved("1", "Production").json["message"] or "waiting" in got.json["message"]


def test_what_is_in_use_is_not_deleted(client: Client) -> None:
    """A version with an alias or in production, and the model that has one: 409 with what to do first."""
    client.desk.register()
    client.did("POST", "registered-models/alias", name="fraud", alias="champion", version="1")
    assert client.refused("DELETE", "model-versions/delete", name="fraud", version="1") == CONFLICT
    got = client.ask("DELETE", "registered-models/delete", name="fraud")
    assert (got.status, got.json["error_code"]) == CONFLICT
    assert "Remove it first" in got.json["message"]


def test_a_deleted_version_is_gone_and_its_number_is_not_given_again(client: Client) -> None:
    """Nor is one of a deleted model whose name is taken again: that model is empty."""
    client.model(versions=2)
    assert client.did("DELETE", "model-versions/delete", name="fraud", version="2") == {}
    assert client.refused("GET", "model-versions/get", name="fraud", version="2") == MISSING
    assert client.did("DELETE", "registered-models/delete", name="fraud") == {}
    assert client.refused("GET", "registered-models/get", name="fraud") == MISSING
    made = client.model(tags=[{"key": "new", "value": "1"}])
    assert (made["latest_versions"], made["tags"]) == ([], [{"key": "new", "value": "1"}])
    assert (
        client.did("POST", "model-versions/create", name="fraud", source="s3://b/3")["model_version"]["version"] == "3"
    )


def test_a_model_is_renamed_with_everything(client: Client) -> None:
    """Its versions answer under the new name alone, also where that is a title, and a taken name is refused."""
    client.model(versions=1)
    client.model("taken")
    client.did("POST", "registered-models/alias", name="fraud", alias="champion", version="1")
    renamed = client.did("POST", "registered-models/rename", name="fraud", new_name=TITLE)["registered_model"]
    assert (renamed["name"], renamed["aliases"]) == (TITLE, [{"alias": "champion", "version": "1"}])
    assert renamed["latest_versions"][0]["name"] == TITLE
    assert client.refused("GET", "registered-models/get", name="fraud") == MISSING
    assert client.refused("POST", "registered-models/rename", name=TITLE, new_name="taken") == TAKEN
    assert client.refused("POST", "registered-models/rename", name=TITLE, new_name="a/b") == INVALID
    assert client.did("POST", "registered-models/rename", name=TITLE, new_name=TITLE)["registered_model"] == renamed


@pytest.mark.parametrize(("status", "shown"), [("pending", "PENDING_REGISTRATION"), ("failed", "FAILED_REGISTRATION")])
def test_a_version_whose_bytes_have_yet_to_come_is_one(client: Client, status: str, shown: str) -> None:
    """It is shown, described, tagged and deleted like any; no stage, alias or download is to be had of it."""
    client.model()
    where = {"name": "fraud", "version": str(client.intake(status))}
    found = client.did("GET", "model-versions/get", **where)["model_version"]
    assert (found["status"], found["source"], found["tags"]) == (shown, "s3://theirs/x", [{"key": "a", "value": "b"}])
    assert found.get("status_message", "") == ("The bucket is gone." if status == "failed" else "")
    client.did("PATCH", "model-versions/update", description="d", **where)
    client.did("POST", "model-versions/set-tag", key="k", value="v", **where)
    client.did("DELETE", "model-versions/delete-tag", key="a", **where)
    found = client.did("GET", "model-versions/get", **where)["model_version"]
    assert (found["description"], found["tags"]) == ("d", [{"key": "k", "value": "v"}])
    assert client.refused("POST", "registered-models/alias", alias="a", **where) == CONFLICT
    assert client.refused("POST", "model-versions/transition-stage", stage="Staging", **where) == CONFLICT
    assert client.refused("GET", "model-versions/get-download-uri", **where) == CONFLICT
    assert client.did("DELETE", "model-versions/delete", **where) == {}
    assert client.refused("GET", "model-versions/get", **where) == MISSING


def test_a_prompt_is_content_that_never_changes(client: Client) -> None:
    """Its text is sealed with its version; other tags of it are not."""
    client.model("greet", tags=[PROMPT])
    text = {"key": "mlflow.prompt.text", "value": "Hello {{name}}"}
    client.did("POST", "model-versions/create", name="greet", source="dummy-source", tags=[PROMPT, text])
    assert client.did("GET", "model-versions/get", name="greet", version="1")["model_version"]["status"] == "READY"
    where = {"name": "greet", "version": "1"}
    changed = client.refused("POST", "model-versions/set-tag", key=text["key"], value="Bye", **where)
    assert changed == client.refused("DELETE", "model-versions/delete-tag", key=text["key"], **where) == CONFLICT
    client.did("POST", "model-versions/set-tag", key=text["key"], value=text["value"], **where)
    client.did("POST", "model-versions/set-tag", key="lang", value="en", **where)


def test_rights_are_those_of_the_registry(client: Client) -> None:
    """A reader of one model sees that one; the others are not there for them, and they change none."""
    create_namespace(client.desk.call(), "risk")
    risk = Client(client.visitor, client.desk, "/mlflow/risk")
    for name in ("fraud", "churn"):
        risk.model(name, 1)
    secret = member(
        client.desk, str(client.visitor.token), "eve", ("reader", "risk/fraud"), ("contributor", "risk/mine-*")
    )
    eve = Client(Visitor(client.visitor.app, secret), client.desk, "/mlflow/risk")
    assert eve.version()["version"] == "1"
    for name in ("churn", "nope"):
        assert eve.refused("GET", "registered-models/get", name=name) == MISSING
        assert eve.refused("POST", "registered-models/set-tag", name=name, key="a", value="b") == MISSING
        assert eve.refused("GET", "registered-models/alias", name=name, alias="a") == MISSING
    for method, path, more in [
        ("PATCH", "registered-models/update", {"description": "d"}), ("DELETE", "registered-models/delete", {}),
        ("POST", "registered-models/rename", {"new_name": "x"}),
        ("POST", "model-versions/create", {"source": "s3://a/b"}),
        ("POST", "registered-models/alias", {"alias": "a", "version": "1"}),
        ("POST", "model-versions/transition-stage", {"stage": "Staging", "version": "1"}),
        ("DELETE", "model-versions/delete", {"version": "1"}),
    ]:  # fmt: skip
        assert eve.refused(method, path, name="fraud", **more)[0] == 403, path
