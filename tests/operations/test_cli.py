from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from holotype import Client
from tests.support.server import Running, serving
from tests.support.shell import Shell, shell_of

MODEL = "default/fraud"
PROVENANCE = (
    *("--param", "depth=6", "--param", "early=true"),
    *("--metric", "auc@holdout=0.91", "--metric", "loss=0.3", "--lower-is-better", "loss"),
    *("--data", "s3://lake/train.csv", "--run", "mlflow:8c2f", "--tag", "team=risk"),
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server of its own, whose models these tests do not share."""
    with serving(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture
def shell(server: Running, tmp_path: Path) -> Shell:
    """A shell that may everything."""
    return shell_of(server, tmp_path)


@pytest.fixture
def model(shell: Shell, request: pytest.FixtureRequest) -> str:
    """A model of three versions, the second of which is in production."""
    name = "default/" + re.sub(r"[^a-z0-9]+", "-", request.node.name.lower()).strip("-")
    shell.write("model/config.json", '{"layers": 3}')
    with Client(shell.environment["HOLOTYPE_URL"], shell.environment["HOLOTYPE_TOKEN"]) as client:
        for number in (1, 2, 3):
            shell.write("model/weights.bin", f"weights {number}")
            client.push(shell.folder / "model", name, params={"seed": number}, tags={"team": "risk"}, code=None)
        for stage in ("staging", "production"):
            client.promote(f"{name}:2", stage, reason="it is good")
    return name


def test_the_main_job_by_commands(shell: Shell) -> None:
    """Push, find, compare, move, pull, verify, replace, roll back, and read what happened."""
    shell.write("model/weights.bin", "weights")
    card = shell.write("card.md", "# Fraud\n\nFinds fraud.")
    pushed = shell.ask(
        "push", "model", "job", *PROVENANCE, "--card", card, "--description", "first", "--alias", "champion"
    )
    assert (pushed["reference"], pushed["stage"], pushed["aliases"]) == ("default/job:1", "none", ["champion"])
    shell.write("model/weights.bin", "better weights")
    shell.run("push", "model", "job", "--param", "depth=7")
    assert [found["number"] for found in shell.ask("ls", "default/job")["items"]] == [2, 1]
    assert [found["reference"] for found in shell.ask("ls", "job")["items"]] == ["default/job"]
    for reference in ("job:champion", "job:2"):
        for stage in ("staging", "production"):
            shell.run("promote", reference, stage, "--reason", "better")
    assert shell.ask("resolve", "job:production")["number"] == 2
    shell.run("pull", "job:production", "out")
    assert (shell.folder / "out/weights.bin").read_text() == "better weights"
    digest = shell.ask("resolve", "job:2")["digest"]
    assert shell.run("verify", "out").stdout.startswith(f"verified  default/job:2  {digest}")
    shell.write("out/stray.bin", "from elsewhere")
    assert "out also holds 1 file that default/job:2 does not have" in shell.run("verify", "out").stderr
    assert shell.ask("pull", "job:2", "out") == {"path": "out", "reference": "default/job:2", "digest": digest}
    back = shell.ask("rollback", "job", "production", "--reason", "too slow")
    assert (back["version"]["number"], back["replaced"]) == (1, "default/job:2")
    actions = [event["action"] for event in shell.ask("history", "job")["items"]]
    assert actions[:2] == ["version.rolled-back", "version.replaced"] or actions[:2] == [
        "version.replaced",
        "version.rolled-back",
    ]


def test_a_version_is_shown_with_everything_that_was_said(shell: Shell) -> None:
    """What push recorded is what show tells, to people and to programs."""
    shell.write("model.bin", "weights")
    shell.run("push", "model.bin", "told", *PROVENANCE, "--parent", "bert:3=fine-tuned")
    shown = shell.run("show", "told:1").stdout
    for word in ("team=risk", "mlflow:8c2f", "s3://lake/train.csv", "holdout", "0.91", "depth", "lower", "fine-tuned"):
        assert word in shown
    provenance = shell.ask("show", "told:1")["provenance"]
    assert provenance["parameters"] == {"depth": 6, "early": True}
    assert {"name": "loss", "value": 0.3, "direction": "lower"}.items() <= provenance["metrics"][1].items()
    assert "default/told:1" in shell.run("show", "told").stdout


def test_compare_tells_what_differs_and_what_that_means(shell: Shell) -> None:
    """Only differences by default; a metric has its change and whether it is better."""
    for number, (auc, loss) in enumerate(((0.8, 0.5), (0.9, 0.6)), start=1):
        shell.write("model.bin", f"weights {number}")
        measures = ["--metric", f"auc={auc}", "--metric", f"loss={loss}", "--lower-is-better", "loss"]
        shell.run("push", "model.bin", "differs", "--param", f"depth={number}", "--param", "seed=1", *measures)
    shown = shell.run("compare", "differs:1", "differs:2").stdout
    for words in (
        r"auc +0\.8 +0\.9 ↑ \+1[23] % better",
        r"loss +0\.5 +0\.6 ↑ \+20 % worse",
        r"depth +1 +2",
        "1 changed",
    ):
        assert re.search(words, shown), shown
    assert not re.search(r"seed +1 +1", shown)
    assert re.search(r"seed +1 +1", shell.run("compare", "differs:1", "differs:2", "--all").stdout)
    assert shell.ask("compare", "differs:1", "differs:2")["parameters"] == [{"name": "depth", "values": [1, 2]}]


def test_lineage_is_a_tree_to_both_sides(shell: Shell) -> None:
    """Up to the sources, down to what was made from it."""
    shell.write("model.bin", "base")
    shell.run("push", "model.bin", "base", "--data", "s3://lake/train.csv", "--parent", "elsewhere/bert:1=distilled")
    shell.write("model.bin", "tuned")
    shell.run("push", "model.bin", "tuned", "--parent", "base:1=fine-tuned")
    shell.write("model.bin", "small")
    shell.run("push", "model.bin", "small", "--parent", "tuned:1=quantised")
    shown = shell.run("lineage", "tuned:1").stdout
    assert re.search(r"made from\n└─ default/base:1  fine-tuned\n   [├└]─ ", shown), shown
    assert "elsewhere/bert:1 [elsewhere]  distilled" in shown
    assert "s3://lake/train.csv  training" in shown
    assert shown.endswith("went into\n└─ default/small:1  quantised\n")


def test_files_are_listed_with_their_digests(shell: Shell, model: str) -> None:
    """Every file has a size and a digest that is not cut off."""
    files = shell.ask("show", f"{model}:1", "--files")["items"]
    assert [file["path"] for file in files] == ["config.json", "weights.bin"]
    shown = shell.run("show", f"{model}:1", "--files").stdout
    assert all(file["digest"] in shown for file in files)


def test_programs_get_aligned_columns_with_nothing_cut_off(shell: Shell, model: str) -> None:
    """Without a terminal there is no colour and no tab, and references and digests are whole."""
    lines = shell.run("ls", model, COLUMNS="40").stdout.splitlines()
    assert (len(lines), lines[0].split()[:2]) == (4, ["VERSION", "STAGE"])
    digests = [version["digest"] for version in shell.ask("ls", model)["items"]]
    assert len({line.index("sha256:") for line in lines[1:]}) == 1
    assert all(digest in line for digest, line in zip(digests, lines[1:], strict=True))
    assert not {"\t", "\x1b"} & set("".join(lines))


def test_lists_go_on_at_the_cursor(shell: Shell, model: str) -> None:
    """Each page says where the next one starts."""
    first = shell.ask("ls", model, "--limit", "2")
    second = shell.ask("ls", model, "--limit", "2", "--cursor", first["next"])
    assert [v["number"] for v in shell.ask("ls", "--versions", model, "--sort", "-number")["items"]] == [3, 2, 1]
    assert [v["number"] for v in shell.ask("ls", model, "--sort", "number")["items"]] == [1, 2, 3]
    assert [v["number"] for v in first["items"] + second["items"]] == [3, 2, 1]
    assert second["next"] is None
    assert "--limit" in shell.run("ls", model, "-n", "2").stderr


def test_an_empty_list_says_why(shell: Shell) -> None:
    """Nothing found is no error; what to do is said beside the result, which is empty."""
    result = shell.run("ls", "tag.team:nobody")
    assert (result.stdout, "No model matches" in result.stderr, "hint:" in result.stderr) == ("", True, True)
    shell.run("model", "create", "empty")
    assert "holotype push" in shell.run("ls", "default/empty").stderr


def test_what_is_said_can_be_changed(shell: Shell, model: str) -> None:
    """Description, card and tags of a version change; a tag goes with --untag."""
    card = shell.write("card.md", "# New")
    shell.run("edit", f"{model}:1", "--description", "slow", "--card", card, "--tag", "a=1", "--untag", "team")
    version = shell.ask("show", f"{model}:1")
    assert (version["description"], version["card"], version["tags"]) == ("slow", "# New", {"a": "1"})
    assert shell.ask("edit", model, "--tag", "owner=ada", "--card", "-")["tags"] == {"owner": "ada"}


def test_aliases_are_set_listed_and_removed(shell: Shell, model: str) -> None:
    """An alias moves from version to version and goes without harm."""
    shell.run("alias", "set", f"{model}:1", "champion")
    assert shell.run("alias", "set", f"{model}:3", "champion").stdout == f"champion → {model}:3\n"
    assert [(alias["name"], alias["number"]) for alias in shell.ask("alias", "ls", model)["items"]] == [("champion", 3)]
    shell.run("alias", "rm", model, "champion")
    assert shell.ask("alias", "ls", model) == {"items": [], "next": None}


def test_a_dry_run_changes_nothing(shell: Shell, model: str) -> None:
    """It says what would be replaced, and what each gate says."""
    shell.run("promote", f"{model}:3", "staging")
    said = shell.run("promote", f"{model}:3", "production", "--dry-run").stdout
    assert re.match(rf"possible +{model}:3 .*\nreplaced +{model}:2 +would leave .*\n\n(.*\n)*bytes-held +passed", said)
    assert shell.ask("show", f"{model}:3")["stage"] == "staging"


def test_deleted_versions_come_back(shell: Shell, model: str) -> None:
    """What nothing holds can be deleted, and restored."""
    shell.run("delete", f"{model}:1")
    assert [version["number"] for version in shell.ask("ls", model)["items"]] == [3, 2]
    assert shell.run("restore", f"{model}:1").stdout == f"restored {model}:1\n"
    error, hint = shell.refused("delete", f"{model}:2")
    assert "production" in error
    assert hint


def test_a_model_gets_another_name(shell: Shell, model: str) -> None:
    """Everything is there under the new name, which is no other namespace; a taken one is refused."""
    new = f"{model.rpartition('/')[2]}-renamed"
    space = shell.ask("show", model)["namespace"]
    assert shell.run("rename", model, new).stdout == f"renamed to {space}/{new}\n"
    assert [version["number"] for version in shell.ask("ls", f"{space}/{new}")["items"]] == [3, 2, 1]
    assert shell.refused("show", model)
    error, _ = shell.refused("rename", f"{space}/{new}", "A Name")
    assert "model name" in error


def test_a_moment_of_the_past_is_resolved(shell: Shell, model: str) -> None:
    """--at answers from the ledger; before anything was in production there is nothing to find."""
    events = shell.ask("history", model)["items"]
    moved = next(event["time"] for event in events if event["data"].get("to") == "production")
    shell.run("promote", f"{model}:3", "staging")
    shell.run("promote", f"{model}:3", "production")
    assert shell.run("resolve", f"{model}:production").stdout.startswith(f"{model}:3@sha256:")
    assert shell.run("resolve", f"{model}:production", "--at", moved).stdout.startswith(f"{model}:2@sha256:")
    shell.refused("resolve", f"{model}:production", "--at", "2001-01-01")


def test_history_is_a_timeline(shell: Shell, model: str) -> None:
    """Who did what to which version, with the move and the reason."""
    said = shell.run("history", model).stdout  # what the server examined meanwhile stands in between
    assert re.search(rf"Z +\d+ +owner +version\.moved +{model}:2 +staging → production “it is good”\n", said)


def test_a_token_does_what_it_is_for_and_no_more(shell: Shell, model: str) -> None:
    """A reader's token reads, is refused what it may not, and ends when it is revoked."""
    secret = shell.run("token", "create", "ci", "--role", "reader", "--expires-in-days", "1").stdout.strip()
    assert secret.startswith("holo_")
    listed = next(token for token in shell.ask("token", "ls")["items"] if token["name"] == "ci")
    assert secret not in shell.run("token", "ls").stdout
    shell.run("show", model, HOLOTYPE_TOKEN=secret)
    shell.refused("promote", f"{model}:3", "staging", HOLOTYPE_TOKEN=secret)
    shell.run("token", "revoke", listed["id"])
    shell.refused("show", model, HOLOTYPE_TOKEN=secret)


def test_an_expired_token_is_refused(shell: Shell) -> None:
    """The hint says how to get another one."""
    secret = shell.run("token", "create", "short", "--expires-in-days", "0.000005").stdout.strip()
    time.sleep(0.6)
    error, hint = shell.refused("whoami", HOLOTYPE_TOKEN=secret)
    assert "expired" in error
    assert hint


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["show", "nowhere/nothing"], "nowhere"),
        (["show", "default/nothing:1"], "nothing"),
        (["ls", "default/nothing"], "nothing"),
        (["resolve", "default/nothing:production"], "nothing"),
        (["pull", "default/nothing:1"], "nothing"),
        (["show", "Not A Name"], "Not A Name"),
        (["promote", "default/nothing", "staging"], "names a model"),
        (["ls", "metric.auc>>0.9"], "character 12"),
        (["push", "missing", "m"], "missing"),
        (["push", ".", "Big/Model"], "Big"),
        (["verify", "."], "."),
        (["token", "revoke", "nobody"], "token"),
    ],
)
def test_bad_input_is_refused_with_a_hint(shell: Shell, arguments: list[str], word: str) -> None:
    """The error names the thing that is wrong, the hint what to do."""
    shell.write("file", "content")
    error, _ = shell.refused(*arguments)
    assert word in error


def test_an_unknown_label_names_what_there_is(shell: Shell, model: str) -> None:
    """A label that names nothing, an illegal move and an unknown stage are refused."""
    shell.refused("show", f"{model}:9")
    shell.refused("pull", f"{model}:champion")
    error, hint = shell.refused("promote", f"{model}:1", "production")
    assert "none to production" in error
    assert "staging" in hint
    assert "Stages:" in shell.refused("promote", f"{model}:1", "prod")[1]


def test_a_server_that_is_down_is_named(shell: Shell) -> None:
    """The error has the address, the hint how to start a server."""
    error, hint = shell.refused("whoami", "--url", "http://127.0.0.1:9")
    assert error.startswith("http://127.0.0.1:9 cannot be reached")
    assert "holotype serve" in hint


def test_the_ledger_and_the_caller_are_shown(shell: Shell, model: str) -> None:
    """The ledger of the registry has what happened to the model."""
    assert model in shell.run("audit", "log").stdout
    assert "owner" in shell.run("whoami").stdout
    assert shell.ask("audit", "log", "-n", "1")["next"] is not None


def test_namespaces_are_made_and_listed(shell: Shell) -> None:
    """A namespace exists from the moment it is created."""
    shell.run("namespace", "create", "risk", "--description", "Risk team")
    assert "Risk team" in shell.run("namespace", "ls").stdout
    shell.refused("namespace", "create", "risk")


def test_admin_commands_need_no_server(shell: Shell) -> None:
    """They work on the settings of a server, and say so when there is nothing there."""
    error, hint = shell.refused("admin", "migrate", "--data", "nowhere")
    assert "nowhere" in error
    assert "--data" in hint
    (shell.folder / "data").mkdir()
    assert shell.run("admin", "migrate", "--data", "data").stdout.startswith("applied ")
    assert shell.ask("admin", "migrate", "--data", "data") == {"applied": []}


def test_a_token_for_the_owner_is_made_on_the_servers_machine(shell: Shell, server: Running) -> None:
    """It lets its bearer in, as the owner; a database without a schema gets none."""
    secret = shell.ask("admin", "token", "--data", str(server.folder / "data"))["secret"]
    with Client(server.url, secret) as client:
        assert client.whoami().principal == "owner"
    (shell.folder / "data").mkdir()
    shell.refused("admin", "token", "--data", "data")


def test_the_doctor_and_the_sweeper_work_beside_a_running_server(shell: Shell, server: Running, model: str) -> None:
    """A healthy registry is told to be so, and what is in use is not swept."""
    place = ["--data", str(server.folder / "data")]
    report = shell.ask("admin", "doctor", *place)
    assert (report["healthy"], report["findings"]) == (True, [])
    assert "bytes" in shell.run("admin", "doctor", *place).stdout
    assert shell.ask("admin", "sweep", "--dry-run", *place)["blobs"] == 0
    assert shell.run("admin", "sweep", *place).stdout.startswith("freed 0 B in 0 blobs\n")
    shell.run("verify", f"{model}:1")


def test_the_doctor_fails_when_something_is_wrong(shell: Shell) -> None:
    """A database without its schema is a finding, and findings exit with 1."""
    (shell.folder / "data").mkdir()
    shown = shell.run("admin", "doctor", "--data", "data", code=1).stdout
    assert "holotype admin migrate" in shown


def test_serve_says_where_it_is_and_lets_its_owner_in(shell: Shell, tmp_path: Path) -> None:
    """The first command after `holotype serve` just works; Ctrl-C stops the server."""
    environment = {key: value for key, value in shell.environment.items() if not key.startswith("HOLOTYPE_")}
    command = [sys.executable, "-c", "from holotype.cli import main; main()", "serve", "--data", "own", "--port", "0"]
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = [process.stdout.readline(), process.stdout.readline()]
        url = re.search(r"http://127\.0\.0\.1:\d+", "".join(said))
        assert url, said
        person = Shell(tmp_path, environment)
        assert person.ask("whoami", "--url", url[0])["principal"] == "owner"
        process.send_signal(signal.SIGINT)
        assert process.wait(20) in (0, 130)
