"""Can people ask, approve, reject and override by commands and by the client, over HTTP?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from holotype import Client, db
from holotype.access import principals, secrets, tokens
from holotype.domain import times
from holotype.errors import Conflict, Denied, NotFound
from holotype.wire.shapes import Promotion
from tests.operations.test_cli import Shell
from tests.support.governance import GOOD, MOVES, STAGES, TWO
from tests.support.server import serving

ALIASES = """
[[aliases]]
pattern = "champion"
[[aliases.approvals]]
count = 1
from = ["user:rita"]
"""
PEOPLE = {"dora": "contributor", "rita": "reviewer", "rob": "reviewer", "mia": "maintainer"}


@dataclass(frozen=True, slots=True)
class Office:
    """A server under a strict policy, and the shells of its people."""

    shells: dict[str, Shell]

    def client(self, name: str) -> Client:
        """Return somebody's client."""
        variables = self.shells[name].environment
        return Client(variables["HOLOTYPE_URL"], variables["HOLOTYPE_TOKEN"])


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Two versions in staging, the first of them good enough."""
    folder = tmp_path_factory.mktemp("office")
    url = f"sqlite:///{folder / 'registry.db'}"
    with serving(folder, database=url) as running:
        issued = {name: issue(url, name, role) for name, role in PEOPLE.items()} | {"owner": running.token}
        shells = {}
        for name, token in issued.items():
            place = folder / name
            place.mkdir()
            known = {"HOLOTYPE_URL": running.url, "HOLOTYPE_TOKEN": token, "XDG_CONFIG_HOME": str(place)}
            shells[name] = Shell(place, known | {"PATH": "/usr/bin:/bin", "PYTHONUTF8": "1"})
        shells["owner"].write("policy.toml", STAGES + MOVES + TWO + GOOD + ALIASES)
        shells["owner"].write("eval.json", '{"metrics": [{"name": "auc", "value": 0.95}]}')
        made = Office(shells)
        fill(made)
        yield made


def issue(url: str, name: str, role: str) -> str:
    """Make a user with a role and return a token of theirs."""
    database = db.connect(url)
    secret, now = secrets.new_secret(secrets.new_id()), times.now()
    with database.write() as tx:
        made = principals.create(tx, name, "user", now)
        principals.grant(tx, made.id, role, by="test", now=now)
        row = {"principal_id": made.id, "name": "t", "role": "admin", "created_at": times.to_micros(now)}
        tokens.insert(tx, row | {"id": secrets.id_of(secret), "hash": secrets.hash_of(secret)})
    database.close()
    return secret


def fill(office: Office) -> None:
    """Push two versions, move them to staging and apply the policy."""
    with office.client("dora") as dora, office.client("mia") as mia:
        for number in (1, 2):
            path = office.shells["dora"].folder / f"m{number}"
            path.write_text(f"weights {number}")
            dora.push(path, "fraud", code=None)
            mia.promote(f"fraud:{number}", "staging")
    office.shells["owner"].run("policy", "apply", "policy.toml")
    office.shells["owner"].run("attest", "fraud:1", "eval.json", "--type", "evaluation")


def test_the_life_of_a_request_by_commands(office: Office) -> None:
    """A refusal says which gate and what to do; a request says who is needed; two approvals move it."""
    dora, rita, rob = (office.shells[name] for name in ("dora", "rita", "rob"))
    refused = dora.run("promote", "fraud:2", "production", code=1).stdout
    assert "refused" in refused
    assert "metric" in refused
    assert "attest" in refused
    dry = dora.run("promote", "fraud:1", "production", "--dry-run").stdout
    assert "possible" in dry
    assert "2 approvals from role:reviewer" in dry
    asked = dora.ask("promote", "fraud:1", "production", "--reason", "better")
    number = str(asked["id"])
    assert asked["status"] == "pending"
    assert number in rita.run("promotion", "ls", "--waiting").stdout
    assert "Nothing waits" in dora.run("promotion", "ls", "--waiting").stderr
    assert dora.refused("approve", number)[0].startswith("The token")
    assert number in dora.run("promotion", "ls", "--mine").stdout
    seen = dora.run("promotion", "review", number).stdout
    assert "0 of 2" in seen
    assert "Needs promotion:approve" in seen
    assert "approve" not in rita.ask("promotion", "review", number)["cannot"]
    assert "pending" in rita.run("approve", number, "--comment", "fine").stdout
    shown = rob.run("promotion", "show", number).stdout
    assert "fine" in shown
    assert "1 more approval" in shown
    assert "applied" in rob.run("approve", number).stdout
    assert dora.run("resolve", "fraud:production").stdout.startswith("default/fraud:1@")


def test_a_discussion_by_commands(office: Office) -> None:
    """Who is asked and who asks write to each other; everybody who sees the promotion reads it."""
    dora, rita = office.shells["dora"], office.shells["rita"]
    number = str(dora.ask("promotion", "ls")["items"][0]["id"])
    assert "Nobody wrote" in rita.run("promotion", "comments", number).stderr
    assert "written" in rita.run("promotion", "comment", number, "Which holdout?").stdout
    made = dora.ask("promotion", "comment", number, "That of *May*.")
    assert (made["created_by"], made["text"]) == ("dora", "That of *May*.")
    listed = rita.ask("promotion", "comments", number)["items"]
    assert [one["text"] for one in listed] == ["That of *May*.", "Which holdout?"]
    assert "needs some text" in rita.refused("promotion", "comment", number, " ")[0]
    with office.client("rob") as rob:
        assert [one.id for one in rob.comments(int(number))] == [one["id"] for one in listed]


def test_a_rejection_and_a_withdrawal_by_commands(office: Office) -> None:
    """Each ends a request, and the list says how."""
    with office.client("owner") as owner:
        owner.attest("fraud:2", "evaluation", '{"metrics": [{"name": "auc", "value": 0.96}]}')
    dora, rita = office.shells["dora"], office.shells["rita"]
    first = dora.ask("promote", "fraud:2", "production")["id"]
    assert "rejected" in rita.run("reject", str(first), "--comment", "drifts", code=0).stdout
    second = dora.ask("promote", "fraud:2", "production")["id"]
    assert "withdrawn" in dora.run("withdraw", str(second)).stdout
    listed = dora.ask("promotion", "ls", "--model", "default/fraud")["items"]
    assert {one["id"]: one["status"] for one in listed} | {first: "rejected", second: "withdrawn"} == {
        one["id"]: one["status"] for one in listed
    }


def test_a_protected_alias_over_http(office: Office) -> None:
    """The answer is the promotion that waits; when it was approved the same call answers with the version."""
    with office.client("dora") as dora, office.client("rita") as rita, office.client("rob") as rob:
        asked = dora.set_alias("fraud:1", "champion", reason="wins")
        assert isinstance(asked, Promotion)
        assert (asked.status, asked.kind) == ("pending", "alias")
        with pytest.raises(Denied):
            rob.approve(asked.id or 0)
        assert rita.approve(asked.id or 0).status == "applied"
        done = dora.set_alias("fraud:1", "champion")
        assert not isinstance(done, Promotion)
        assert done.aliases == ["champion"]
        with pytest.raises(Conflict, match="protects"):
            dora.remove_alias("fraud", "champion")
        with pytest.raises(NotFound):
            dora.promotion(4_711)
    waiting = office.shells["dora"].run("alias", "set", "fraud:2", "champion").stdout
    assert "pending" in waiting


def test_an_override_by_commands(office: Office) -> None:
    """Opened by who may, listed until it is closed, and refused to the others."""
    dora, mia = office.shells["dora"], office.shells["mia"]
    line = ("override", "open", "fraud:2", "production", "--gate", "metric", "--reason", "outage")
    assert "promotion:override" in dora.refused(*line)[0]
    opened = mia.ask(*line, "--hours", "2")
    assert opened["gates"] == ["metric"]
    assert "outage" in dora.run("override", "ls").stdout
    assert "outage" in dora.run("show", "fraud:2").stdout
    assert "closed" in mia.run("override", "close", str(opened["id"])).stdout
    assert "No gate is overridden" in dora.run("override", "ls").stderr
    assert "outage" not in dora.run("show", "fraud:2").stdout
