"""The main job, end to end, on the embedded default: register, compare, promote, pull, roll back.

Starts a real server on SQLite and a folder, trains real classifiers, and checks the result of every step. Exits with 0
only if all of them were right.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

from shell import Shell, play

MODEL = "clinic/tumours"


def train(shell: Shell, name: str, depth: int, trees: int) -> dict[str, Any]:
    """Train and push one version, and return it as the registry shows it."""
    reference = shell.run(f"python train.py {MODEL} {name} --depth {depth} --trees {trees}").split()[-1]
    version: dict[str, Any] = shell.ask(f"holotype show {reference}")
    return version


def metric(version: dict[str, Any], name: str) -> float:
    """Return a metric of a version."""
    return next(float(m["value"]) for m in version["provenance"]["metrics"] if m["name"] == name)


def project(shell: Shell) -> None:
    """Put the training code under version control, as a team would have it."""
    shell.say("A project with its training code in git")
    for script in ("train.py", "predict.py"):
        shutil.copy(Path(__file__).with_name(script), shell.folder)
    ignored = ["registry", "config", "server.log", "forest-*", "on-the-ward*", "__pycache__"]
    (shell.folder / ".gitignore").write_text("\n".join(ignored) + "\n")
    shell.run("git init --quiet --initial-branch main .")
    shell.run("git add .gitignore train.py predict.py")
    shell.run("git -c user.name=Ada -c user.email=ada@example.org commit --quiet --message 'Train a tumour classifier'")


def register(shell: Shell) -> list[dict[str, Any]]:
    """Train three versions and push them with all that says where they came from."""
    shell.say("A namespace for the team")
    shell.run("holotype namespace create clinic --description 'Diagnostics team'")
    shell.say("Train three classifiers; each pushes itself with parameters, metrics, data and git commit")
    versions = [train(shell, f"forest-{i}", depth, trees) for i, (depth, trees) in enumerate([(1, 3), (2, 5), (3, 30)])]
    shell.check("they are versions 1, 2 and 3", [v["number"] for v in versions] == [1, 2, 3])
    origin = versions[0]["provenance"]
    code = origin.get("code") or {}
    shell.check("the git commit was captured, and that nothing was changed since", code.get("dirty") is False)
    shell.check("the data reference has a digest", origin["data"][0]["digest"].startswith("sha256:"))
    shell.check("the framework was captured", "scikit-learn" in origin["environment"]["frameworks"])
    shell.say("Pushing the same again makes no new version, and no file crosses the wire")
    again = train(shell, "forest-again", 3, 30)
    shell.check("it is still version 3", again["number"] == 3)
    return versions


def release(shell: Shell, number: int, reason: str) -> None:
    """Take a version through staging to production."""
    shell.run(f"holotype promote {MODEL}:{number} staging --reason 'smoke test passed'")
    shell.run(f"holotype promote {MODEL}:{number} production --reason '{reason}'")
    held = shell.ask(f"holotype resolve {MODEL}:production")
    shell.check(f"version {number} is in production", held["number"] == number)


def compare(shell: Shell, versions: list[dict[str, Any]]) -> int:
    """Find and compare the versions and return the number of the best."""
    shell.say("Find the good ones, and see what differs")
    shell.run("holotype ls 'metric.auc>0.99' --versions --sort -metric.auc")
    found = shell.ask("holotype ls 'metric.auc>0.99' --versions --sort -metric.auc")["items"]
    best = max(versions, key=lambda version: metric(version, "auc"))
    shell.check("the query finds the best first", found[0]["number"] == best["number"])
    shell.run(f"holotype compare {MODEL}:1 {MODEL}:{best['number']}")
    return int(best["number"])


def pull(shell: Shell, name: str, expected: dict[str, Any]) -> None:
    """Pull what is in production as another machine would, verify it, load it and predict."""
    shell.run(f"holotype pull {MODEL}:production {name}")
    shell.run(f"holotype verify {name}")
    held = shell.ask(f"holotype resolve {MODEL}:production")
    shell.check("the digest is that of the version we promoted", held["digest"] == expected["digest"])
    told = json.loads(shell.run(f"python predict.py {name}").splitlines()[-1])
    shell.check("its accuracy is what was registered", abs(told["accuracy"] - metric(expected, "accuracy")) < 1e-9)


def roll_back(shell: Shell, best: dict[str, Any]) -> None:
    """Release a better version, regret it, and go back."""
    shell.say("A better version takes its place, and the one before is archived")
    better = train(shell, "forest-better", 6, 300)
    shell.check("it is better", metric(better, "auc") > metric(best, "auc"))
    release(shell, int(better["number"]), "auc up")
    former = shell.ask(f"holotype show {best['reference']}")
    shell.check("the version before is archived", former["stage"] == "archived")
    shell.say("Something is wrong with it: roll back, in one command")
    shell.run(f"holotype rollback {MODEL} production --reason 'slow on the ward tablets'")
    held = shell.ask(f"holotype resolve {MODEL}:production")
    shell.check("the version before is back in production", held["digest"] == best["digest"])
    pull(shell, "on-the-ward-again", best)


def history(shell: Shell) -> None:
    """Show what happened, and what the ledger answers about earlier moments."""
    shell.say("Who did what, when and why")
    shell.run(f"holotype history {MODEL}")
    events = shell.ask(f"holotype history {MODEL}")["items"]
    shell.check("the roll-back is in the history", any(e["action"] == "version.rolled-back" for e in events))
    moved = [e for e in events if e["action"] == "version.moved" and e["data"]["to"] == "production"]
    moment, number = moved[0]["time"], moved[0]["data"]["number"]
    shell.run(f"holotype resolve {MODEL}:production --at {moment}")
    then = shell.ask(f"holotype resolve {MODEL}:production --at {moment}")
    shell.check("the ledger knows what was in production then", then["number"] == number)


def story(shell: Shell) -> None:
    """Tell it from the beginning to the end."""
    project(shell)
    versions = register(shell)
    best = versions[compare(shell, versions) - 1]
    shell.say("Move the best one through staging to production")
    shell.run(f"holotype promote {best['reference']} production", fails=True)
    release(shell, int(best["number"]), "best auc of three")
    shell.say("Elsewhere: pull whatever is in production, verify it, predict with it")
    pull(shell, "on-the-ward", best)
    roll_back(shell, best)
    history(shell)


if __name__ == "__main__":
    sys.exit(play(story))
