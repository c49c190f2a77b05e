"""Governance, end to end: a policy, gates that explain themselves, two persons, a recall, and proof without the server.

Starts a real server, trains a real classifier, and checks the result of every step. Exits with 0 only if all of them
were right.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from main_job import project, train
from shell import Shell, play

MODEL = "clinic/tumours"
ALL_CLEAR = {"metrics": [{"name": "auc", "value": 0.97, "dataset": "ward-2026"}], "evaluator": "ward-suite 2.1"}


def person(shell: Shell, name: str, role: str) -> Shell:
    """Make a user with a machine of theirs, and return a shell that is signed in as it."""
    shell.run(f"holotype user create {name}")
    shell.run(f"holotype service create {name}-laptop --owner {name}")
    shell.run(f"holotype grant create {name}-laptop {role} clinic")
    made = shell.ask(f"holotype token create demo --role {role} --scope clinic --for {name}-laptop")
    return replace(shell, who=name, environment=shell.environment | {"HOLOTYPE_TOKEN": made["secret"]})


def team(shell: Shell) -> tuple[Shell, Shell, Shell]:
    """Make a namespace, and people who may do different things in it."""
    shell.say("A team: Dora trains, Rita and Rob review")
    shell.run("holotype namespace create clinic --description 'Diagnostics team'")
    dora, rita = person(shell, "dora", "contributor"), person(shell, "rita", "reviewer")
    rob = person(shell, "rob", "reviewer")
    shell.run("holotype grant explain dora-laptop version:delete clinic/tumours")
    return dora, rita, rob


def rules(shell: Shell, version: dict[str, Any]) -> None:
    """Try a policy on what is there, then put it in force."""
    shell.say("The rules are a file; a typo refuses all of it, and a dry run shows what it would mean")
    shutil.copy(Path(__file__).with_name("policy.toml"), shell.folder)
    text = (shell.folder / "policy.toml").read_text()
    (shell.folder / "typo.toml").write_text(text.replace("at_least", "at_leats"))
    refused = shell.run("holotype policy apply typo.toml --namespace clinic", fails=True)
    line = text[: text.index("at_least")].count("\n") + 1
    shell.check("it names the line", f"ine {line}" in refused)
    shell.run("holotype policy test policy.toml --namespace clinic")
    shell.run("holotype policy apply policy.toml --namespace clinic --reason 'two persons for the ward'")
    shell.check("the version is where it was", shell.ask(f"holotype show {version['reference']}")["stage"] == "none")


def release(shell: Shell, crew: tuple[Shell, Shell, Shell], reference: str) -> int:
    """Take a version to production by the rules, and return the number of the request."""
    dora, rita, rob = crew
    shell.say("Staging needs no approval, but a clean scan and provenance")
    rita.run(f"holotype promote {reference} staging --reason 'smoke test passed'")
    shell.say("Production: the gates say what is lacking, and how to attach it")
    dora.run(f"holotype promote {reference} production --dry-run", fails=True)
    (shell.folder / "evaluation.json").write_text(json.dumps(ALL_CLEAR))
    dora.run(f"holotype attest {reference} --type evaluation evaluation.json")
    dora.run(f"holotype promote {reference} production --reason 'better on the ward'")
    request = int(dora.ask("holotype promotion ls --status pending")["items"][0]["id"])
    shell.say("Two persons have to approve, and neither of them is Dora")
    dora.run(f"holotype approve {request}", fails=True)
    rita.run(f"holotype approve {request} --comment 'evaluation checked'")
    rita.run(f"holotype approve {request} --comment 'twice is once'")
    held = rita.ask(f"holotype show {reference}")
    shell.check("one approval moves nothing", held["stage"] == "staging")
    rob.run(f"holotype approve {request} --comment 'on duty this week'")
    shell.check("the second one does", rob.ask(f"holotype show {reference}")["stage"] == "production")
    rob.run(f"holotype promotion show {request}")
    return request


def recall(shell: Shell, reader: Shell) -> None:
    """Recall a data set, and release it again."""
    shell.say("The data set turns out to be mislabelled: what was built on it?")
    shell.run("holotype impact dataset:sklearn://breast_cancer")
    shell.run("holotype quarantine dataset:sklearn://breast_cancer --reason 'labels swapped'")
    reader.run(f"holotype pull {MODEL}:production on-the-ward", fails=True)
    shell.check("no byte arrived", not (shell.folder / "on-the-ward").exists())
    shell.run("holotype release dataset:sklearn://breast_cancer --reason 'it was another data set'")
    reader.run(f"holotype pull {MODEL}:production on-the-ward")


def proof(shell: Shell, request: int) -> None:
    """Export the ledger, verify it without the server, and see a forgery found."""
    shell.say("An auditor takes the ledger home")
    key = shell.ask("holotype audit keys")["items"][0]["verifier"]
    (shell.folder / "trusted-key").write_text(f"{key}\n")
    shell.run("holotype audit export ledger.jsonl")
    shell.run("holotype audit verify ledger.jsonl --key trusted-key")
    shell.say("Somebody makes it look as if Mallory had approved")
    text = (shell.folder / "ledger.jsonl").read_text()
    entry = next(
        line for line in text.splitlines() if "promotion.approved" in line and f'"promotion":{request}' in line
    )
    forged = entry.replace("rita-laptop", "mallory-pc2")
    (shell.folder / "forged.jsonl").write_text(text.replace(entry, forged))
    told = shell.run("holotype audit verify forged.jsonl --key trusted-key", fails=True)
    sequence = re.search(r'"sequence":(\d+)', entry)
    shell.check("the forged entry is named", sequence is not None and f"Entry {sequence[1]} was altered" in told)


def story(shell: Shell) -> None:
    """Tell it from the beginning to the end."""
    project(shell)
    crew = team(shell)
    version = train(crew[0], "forest", 3, 30)
    rules(shell, version)
    request = release(shell, crew, version["reference"])
    recall(shell, crew[0])
    proof(shell, request)


if __name__ == "__main__":
    sys.exit(play(story))
