"""Does an MLflow registry come over whole, as often as it is asked for, also while it is killed?

The other server is a mock here, which can be made to change between two imports; the real one is in ``tests/clients``.
"""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from holotype import Client
from holotype.client.mlflow.importing import Wanted, import_mlflow
from holotype.client.mlflow.report import Report
from tests.support.fixtures import DATABASES
from tests.support.governance import MOVES, STAGES
from tests.support.mlflow_mock import API, CREATED, PROXY, Mock, mocking
from tests.support.server import Running, serving
from tests.support.shell import shell_of

FILES = {"MLmodel": b"flavors: {}\n", "data/model.bin": b"weights"}


@pytest.fixture(scope="module", params=DATABASES)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server of ours on each database."""
    settings: dict[str, object] = {}
    if request.param == "postgresql":
        settings["database"] = request.getfixturevalue("postgres").create_database(f"import_{uuid.uuid4().hex}")
    with serving(tmp_path_factory.mktemp("server"), **settings) as running:
        yield running


@pytest.fixture
def client(server: Running) -> Iterator[Client]:
    """Its owner."""
    with Client(server.url, server.token) as client:
        yield client


@pytest.fixture
def space(client: Client) -> str:
    """An empty namespace."""
    return client.create_namespace(f"n{uuid.uuid4().hex[:12]}").name


@pytest.fixture
def mock() -> Iterator[Mock]:
    """A mock of an MLflow server."""
    with mocking() as running:
        yield running


def bring(client: Client, mock: Mock, space: str, **more: Any) -> Report:
    """Import everything that the mock has."""
    return import_mlflow(client, Wanted(mock.url, space, **more))


def entries(client: Client, space: str) -> int:
    """Return how many entries the ledger has about a namespace, but for what the server learns by itself."""
    return sum(not one.action.startswith("evidence.") for one in client.ledger(namespace=space, limit=100_000))


def line(report: Report, title: str = "fraud") -> Any:
    """Return the line of a model."""
    return next(one for one in report.models if one.title == title)


def test_numbers_authors_moments_words_labels_and_bytes_come(client: Client, mock: Mock, space: str) -> None:
    """Gaps stay gaps, and the next version gets a number that was never given out."""
    mock.model(
        "fraud", description="d", tags=[{"key": "a", "value": "b"}], aliases=[{"alias": "champ", "version": "7"}]
    )
    mock.version("fraud", 2, FILES, user_id="ada", description="two", tags=[{"key": "k", "value": "v"}])
    mock.version("fraud", 7, FILES, current_stage="Production", run_id="r1", last_updated_timestamp=CREATED + 99)
    mock.runs["r1"] = {
        "info": {"run_id": "r1", "user_id": "bo", "artifact_uri": "mlflow-artifacts:/0/r1/artifacts"},
        "data": {"params": [{"key": "depth", "value": "6"}], "metrics": [{"key": "auc", "value": 0.9}]},
    }
    report = bring(client, mock, space)
    assert (report.equal, report.left_out, report.failed, report.different) == (True, [], [], [])
    assert (line(report).there, line(report).here, line(report).new) == (2, 2, 2)
    two, seven = client.version(f"{space}/fraud:2"), client.version(f"{space}/fraud:champ")
    assert (two.number, two.created_by, two.description, two.tags) == (2, "ada", "two", {"k": "v"})
    assert round(two.created_at.timestamp() * 1_000) == CREATED + 2
    assert (seven.number, seven.stage, seven.created_by) == (7, "production", "bo")
    assert seven.provenance is not None
    assert seven.provenance.parameters == {"depth": "6"}
    assert [one.value for one in seven.provenance.metrics] == [0.9]
    assert [one.path for one in client.files(f"{space}/fraud:2")] == ["MLmodel", "data/model.bin"]
    model = client.model(f"{space}/fraud")
    assert (model.description, model.tags) == ("d", {"a": "b"})


def test_a_link_to_a_run_comes_with_and_without_the_run(client: Client, mock: Mock, space: str) -> None:
    """Also where nobody ever named a run, or the tracking server has lost it."""
    link = "https://runs.example/1"
    mock.version("fraud", 1, FILES, run_link=link)
    mock.version("fraud", 2, FILES, run_link=link, run_id="lost")
    report = bring(client, mock, space)
    assert (report.different, [one.what for one in report.left_out]) == ([], ["context of run lost"])
    for number in (1, 2):
        found = client.version(f"{space}/fraud:{number}").provenance
        assert found is not None
        assert link in ((found.source and found.source.run_link), (found.run and found.run.link))


def test_the_number_after_an_import_was_never_given_out(client: Client, mock: Mock, space: str, tmp_path: Path) -> None:
    """A push after the import gets the number behind the highest there, also where the highest did not come."""
    mock.version("fraud", 3, FILES)
    mock.version("fraud", 9, FILES, status="FAILED_REGISTRATION")
    report = bring(client, mock, space)
    assert [one.what for one in report.left_out] == ["version"]
    (tmp_path / "weights").write_bytes(b"ours")
    assert client.push(tmp_path / "weights", f"{space}/fraud", code=None).number == 10


def test_the_same_import_again_changes_nothing(client: Client, mock: Mock, space: str) -> None:
    """No bytes are asked for, no entry is written, and the report says that nothing had to be changed."""
    mock.model("fraud", aliases=[{"alias": "champ", "version": "2"}])
    mock.version("fraud", 1, FILES, current_stage="Archived")
    mock.version("fraud", 2, {"other": b"2"}, current_stage="Production")
    bring(client, mock, space)
    before, mock.asked[:] = entries(client, space), []
    report = bring(client, mock, space)
    assert (report.changed, report.equal) == (False, True)
    assert entries(client, space) == before
    assert not [path for path, _ in mock.asked if path.startswith(PROXY)]


def test_the_same_import_elsewhere_gives_the_same_digests(client: Client, mock: Mock, space: str) -> None:
    """What a version is made of and where it came from make its digest, not when it was imported."""
    mock.version("fraud", 1, FILES)
    other = client.create_namespace(f"n{uuid.uuid4().hex[:12]}").name
    bring(client, mock, space)
    bring(client, mock, other)
    assert client.version(f"{space}/fraud:1").digest == client.version(f"{other}/fraud:1").digest


def test_what_is_new_or_changed_there_comes_with_the_next_import(client: Client, mock: Mock, space: str) -> None:
    """The registry may stay in use while it is brought over."""
    mock.version("fraud", 1, FILES, current_stage="Production")
    bring(client, mock, space)
    mock.version("fraud", 1, current_stage="Archived", description="old", last_updated_timestamp=CREATED + 50)
    mock.version("fraud", 2, FILES, current_stage="Production")
    mock.model("fraud", aliases=[{"alias": "champ", "version": "2"}], last_updated_timestamp=CREATED + 60)
    report = bring(client, mock, space)
    assert (line(report).new, report.equal) == (1, True)
    assert client.resolve(f"{space}/fraud:production").number == 2
    assert client.version(f"{space}/fraud:1").description == "old"


def test_what_people_did_here_is_told_and_stays(client: Client, mock: Mock, space: str) -> None:
    """Another import sets nothing back."""
    mock.version("fraud", 1, FILES, current_stage="Staging")
    bring(client, mock, space)
    client.promote(f"{space}/fraud:1", "production", reason="x")
    client.change_version(f"{space}/fraud:1", description="ours")
    report = bring(client, mock, space)
    assert {one.what for one in report.left_out} == {"stage 'Staging'", "description and tags", "changed"}
    assert (report.equal, report.different, report.changed) == (False, [], False)
    assert client.version(f"{space}/fraud:1").stage == "production"


def test_a_version_that_was_made_again_there_is_another_one(client: Client, mock: Mock, space: str) -> None:
    """A model that is deleted there begins to count again; its new version 1 does not become ours."""
    mock.version("fraud", 1, FILES)
    bring(client, mock, space)
    mock.version("fraud", 1, creation_timestamp=CREATED + 1_000_000)
    report = bring(client, mock, space)
    assert [(one.what, one.why) for one in report.left_out] == [("version", "another version has its number here")]
    assert not report.equal


def test_a_version_that_was_deleted_there_stays_and_is_told(client: Client, mock: Mock, space: str) -> None:
    """An import never deletes."""
    mock.version("fraud", 1, FILES)
    mock.version("fraud", 2, FILES)
    bring(client, mock, space)
    del mock.versions["fraud"][1]
    mock.version("fraud", 0)
    del mock.versions["fraud"][0]
    report = bring(client, mock, space)
    assert line(report).here == 1
    assert client.version(f"{space}/fraud:1").number == 1


@pytest.mark.parametrize("name", ["Fraud Model (EU)", "it's", 'odd "name"', "詐欺", "x" * 200, "a.b", "UPPER", "% _"])
def test_names_of_every_form_come(client: Client, mock: Mock, space: str, name: str) -> None:
    """A name that our grammar does not allow is the model's title."""
    mock.version(name, 1, FILES)
    report = bring(client, mock, space)
    assert (line(report, name).here, report.equal) == (1, True)
    assert bring(client, mock, space).changed is False


def test_a_name_that_no_filter_can_hold_comes_number_by_number(client: Client, mock: Mock, space: str) -> None:
    """Both kinds of quotes in one name are no reason to leave a model out."""
    mock.version("""it's "odd\"""", 2, FILES)
    mock.version("""it's "odd\"""", 5, FILES)
    assert [(one.there, one.here, one.equal) for one in bring(client, mock, space).models] == [(2, 2, True)]


def test_lists_are_walked_to_the_end(client: Client, mock: Mock, space: str) -> None:
    """More models and more versions than one page has."""
    for number in range(1, 251):
        mock.version("many", number * 2)
    for number in range(130):
        mock.model(f"m-{number:03}")
    report = bring(client, mock, space)
    assert (len(report.models), line(report, "many").there, line(report, "many").here) == (131, 250, 250)


def test_only_models_that_match_come(client: Client, mock: Mock, space: str) -> None:
    """Patterns are shell patterns over the names there."""
    for name in ("fraud-eu", "fraud-us", "churn"):
        mock.model(name)
    assert [one.title for one in bring(client, mock, space, models=("fraud-*",)).models] == ["fraud-eu", "fraud-us"]


def test_a_dry_run_writes_nothing(client: Client, mock: Mock, space: str) -> None:
    """It says how many versions would come."""
    mock.version("fraud", 1, FILES)
    before = entries(client, space)
    report = bring(client, mock, space, dry_run=True)
    assert (line(report).new, entries(client, space)) == (1, before)


def incomplete(client: Client, mock: Mock, space: str) -> None:
    """Let the mock have a model of which this and that cannot come."""
    client.apply_policy(STAGES + MOVES + '[[aliases]]\npattern = "guarded"\n', space)
    aliases = [{"alias": alias, "version": at} for alias, at in (("guarded", "1"), ("lost", "4"), ("fine", "1"))]
    mock.model("fraud", aliases=aliases, tags=[{"key": " k", "value": "v"}])
    mock.version("fraud", 1, FILES, current_stage="Production", tags=[{"key": " k", "value": "v"}], run_id="gone")
    mock.version("fraud", 2, FILES, current_stage="Production", run_id="r1", description="\0")
    mock.version("fraud", 3, current_stage="Elsewhere")
    mock.version("fraud", 4, FILES, status="FAILED_REGISTRATION")
    mock.version("fraud", 5, FILES, current_stage="Staging")
    info = {"run_id": "r1", "artifact_uri": "mlflow-artifacts:/0/r1/artifacts"}
    mock.runs["r1"] = {"info": info, "data": {"metrics": [{"key": "auc", "value": "NaN"}]}}


def test_a_dry_run_tells_what_will_be_left_out(client: Client, mock: Mock, space: str) -> None:
    """It tells all that can be known, writes nothing, fetches no file; the import then tells the same, each once."""
    incomplete(client, mock, space)
    before = entries(client, space)
    foreseen = bring(client, mock, space, dry_run=True)
    assert entries(client, space) == before
    assert not [path for path, _ in mock.asked if path.startswith(f"{PROXY}/")]
    report = bring(client, mock, space)
    told, came = ([(one.subject, one.what) for one in each.left_out] for each in (foreseen, report))
    assert sorted(told) == sorted(came)
    assert {what.partition(" ")[0] for _, what in told} == {
        "alias", "bytes", "context", "description", "stage", "tag", "version",
    }  # fmt: skip
    (foretold,), (line_,) = foreseen.models, report.models
    assert (foretold.new, foretold.external, foretold.files, foretold.bytes) == (4, 1, 6, line_.bytes)


def test_a_dry_run_of_what_is_here_already_tells_what_stays(client: Client, mock: Mock, space: str) -> None:
    """Nothing new, and of what came before the same as another import says; another version under a number too."""
    incomplete(client, mock, space)
    bring(client, mock, space)
    mock.version("fraud", 5, creation_timestamp=CREATED + 1_000_000)
    foreseen, again = bring(client, mock, space, dry_run=True), bring(client, mock, space)
    assert (line(foreseen).new, line(foreseen).here) == (line(again).new, line(again).here) == (0, 3)
    known = {(one.subject, one.what, one.why) for one in foreseen.left_out}
    assert known <= {(one.subject, one.what, one.why) for one in again.left_out}
    assert (f"{space}/fraud:5", "version", "another version has its number here") in known


def test_with_external_versions_skipped_a_dry_run_counts_none(client: Client, mock: Mock, space: str) -> None:
    """It says which bytes are out of reach, and that such versions would not come."""
    mock.version("fraud", 1)
    foreseen = bring(client, mock, space, dry_run=True, skip_external=True)
    assert (line(foreseen).new, line(foreseen).external, foreseen.left_out[0].what) == (0, 0, "bytes")


def test_bytes_out_of_reach_make_an_external_version_or_none(client: Client, mock: Mock, space: str) -> None:
    """It is told either way; with ``skip_external`` the version waits for an import that reaches them."""
    mock.version("fraud", 1)
    skipped = bring(client, mock, space, skip_external=True)
    assert (line(skipped).new, line(skipped).here, skipped.equal) == (0, 0, False)
    report = bring(client, mock, space)
    assert (line(report).external, report.left_out[0].what) == (1, "bytes")
    assert bring(client, mock, space).left_out[0].what == "bytes"


def test_files_of_this_machine_come_only_from_the_folder_that_was_offered(
    client: Client, mock: Mock, space: str, tmp_path: Path
) -> None:
    """Neither a path elsewhere nor a symbolic link makes the command read what nobody offered."""
    offered, secret = tmp_path / "mlruns", tmp_path / "secret"
    (offered / "good").mkdir(parents=True)
    (offered / "good/model.bin").write_bytes(b"weights")
    secret.mkdir()
    (secret / "key").write_bytes(b"hidden")
    (offered / "link").symlink_to(secret)
    (offered / "inner").mkdir()
    (offered / "inner/key").symlink_to(secret / "key")
    sources = [
        f"file://{offered}/good", f"{offered}/good", f"file://{secret}", str(secret), f"{offered}/../secret",
        f"file://{offered}/%2e%2e/secret", f"{offered}/link", "file:///etc/passwd", "/etc/passwd",
        f"{offered}/link/key", f"file://evil.example{offered}/good", f"{offered}/inner",
    ]  # fmt: skip
    for number, source in enumerate(sources, 1):
        mock.version("fraud", number, source=source)
    report = bring(client, mock, space, files_under=offered)
    held = {one.number: one.external for one in client.imported(f"{space}/fraud")}
    assert held == {1: False, 2: False} | dict.fromkeys(range(3, 12), True)
    assert [one.subject for one in report.failed] == [f"{space}/fraud:12"]  # a link in the folder itself
    assert not any(one.external is False for one in client.imported(f"{space}/fraud") if one.number > 2)
    again = client.create_namespace(f"n{uuid.uuid4().hex[:12]}").name
    bring(client, mock, again)
    assert all(one.external for one in client.imported(f"{again}/fraud"))


def test_bytes_in_a_bucket_come_through_the_run(client: Client, mock: Mock, space: str) -> None:
    """The other server has the credentials for its bucket, and hands its runs' artifacts out."""
    run, root = "a" * 32, f"s3://bucket/0/{'a' * 32}/artifacts"
    mock.runs[run] = {"info": {"run_id": run, "artifact_uri": root}}
    mock.version("fraud", 1, source=f"{root}/model", run_id=run)
    mock.version("copied", 1, source=f"{root}/model")  # nothing but its address says which run
    mock.answers[f"{API}/artifacts/list"] = lambda asked: (
        200,
        b'{"files": [{"path": "model/w.bin", "file_size": 7}]}' if asked["path"] == ["model"] else b"{}",
    )
    mock.answers["/get-artifact"] = lambda asked: (200 if asked["path"] == ["model/w.bin"] else 404, b"weights")
    report = bring(client, mock, space)
    assert (report.equal, [one.bytes for one in report.models]) == (True, [7, 7])
    assert [one.path for one in client.files(f"{space}/fraud:1")] == ["w.bin"]


@pytest.mark.timeout(120)
def test_an_import_that_is_killed_anywhere_goes_on_when_it_is_called_again(
    client: Client, server: Running, mock: Mock, space: str, tmp_path: Path
) -> None:
    """After several kills, one whole run leaves everything equal, each version once."""
    for number in range(1, 61):
        content = {"model.bin": b"%d" % number * 50_000, "small": b"%d" % number}
        mock.version("fraud", number, content, current_stage=("None", "Archived")[number % 2])
    mock.model("fraud", aliases=[{"alias": "champ", "version": "60"}])
    shell = shell_of(server, tmp_path)
    program = [sys.executable, "-c", "from holotype.cli import main; main()"]
    command = [*program, "import", "mlflow", mock.url, "--namespace", space]
    chance = random.Random(7)
    for _ in range(6):
        running = subprocess.Popen(
            command, env=shell.environment, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(chance.uniform(0.3, 1.2))
        running.send_signal(signal.SIGKILL)
        running.wait()
    done = json.loads(shell.run("import", "mlflow", mock.url, "--namespace", space, "--json").stdout)
    assert (done["equal"], done["models"][0]["here"]) == (True, 60)
    numbers = [one.number for one in client.imported(f"{space}/fraud")]
    assert numbers == list(range(1, 61))


def test_the_command_prints_a_table_and_keeps_the_whole_report(
    server: Running, mock: Mock, space: str, tmp_path: Path
) -> None:
    """Exit code 0 says that what could come came; the last line says whether everything is equal."""
    mock.version("fraud", 1, FILES)
    mock.version("away", 1)
    shell = shell_of(server, tmp_path)
    ran = shell.run("import", "mlflow", mock.url, "--namespace", space, "--report", "report.json")
    lines = ran.stdout.splitlines()
    assert lines[0].split()[:3] == ["MODEL", "THERE", "HERE"]
    assert f"left out  {space}/away:1  bytes" in ran.stdout
    assert lines[-1] == "2 versions came; not everything is equal, see above."
    assert json.loads((tmp_path / "report.json").read_bytes())["models"][0]["title"] == "away"
    again = shell.run("import", "mlflow", mock.url, "--namespace", space, "--model", "fraud")
    assert again.stdout.splitlines()[-1] == "Nothing had to be changed; everything is equal."


def test_who_does_not_administer_the_namespace_imports_nothing(
    client: Client, server: Running, mock: Mock, space: str
) -> None:
    """It bypasses gates, so it takes an administrator."""
    mock.version("fraud", 1, FILES)
    weak = client.create_token("weak", role="maintainer").secret
    with Client(server.url, weak) as other, pytest.raises(Exception, match="may not admin:operate"):
        bring(other, mock, space)
    assert list(client.models(f"namespace:{space}")) == []
