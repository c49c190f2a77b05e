"""Is every package that the code imports one that is asked for by name? What only came along may leave any day."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.support.source import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
OURS = {"bench", "holotype", "tests", "scenarios", "main_job", "shell", "train", "predict", "tools"}


def canonical(name: str) -> str:
    """Return the one form of a distribution's name."""
    return name.lower().replace("_", "-")


def named(requirements: list[str]) -> set[str]:
    """Return the distributions that some requirements name."""
    return {canonical(re.split(r"[^A-Za-z0-9._-]", one)[0]) for one in requirements}


CLIENT = named(PROJECT["project"]["dependencies"])
SERVER = CLIENT | named(PROJECT["project"]["optional-dependencies"]["server"])
DEVELOPER = SERVER | named(PROJECT["dependency-groups"]["dev"])
ELSEWHERE = ("tests/clients/scenarios/", "tests/clients/stories/", "bench/mlflow_carrier.py")
"""What runs in a client's own environment, whose lock file is in ``requirements/clients``."""
FOLDERS = {"src": SERVER} | dict.fromkeys(("tests", "bench", "demo", "docs", "tools"), DEVELOPER)


def imported(file: Path) -> set[str]:
    """Return the top-level packages that a file imports, but for those of Python and our own."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found - OURS - set(sys.stdlib_module_names)


@pytest.mark.parametrize("folder", FOLDERS)
def test_what_is_imported_is_asked_for_by_name(folder: str) -> None:
    """An import whose package nobody names works only as long as somebody else needs it."""
    owners = packages_distributions()
    files = [one for one in (ROOT / folder).rglob("*.py") if not one.relative_to(ROOT).as_posix().startswith(ELSEWHERE)]
    modules = {name for file in files for name in imported(file)}
    unnamed = {name for name in modules if not {canonical(one) for one in owners.get(name, ())} & FOLDERS[folder]}
    assert unnamed == set()
