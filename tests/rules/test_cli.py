from __future__ import annotations

import inspect
import json
import subprocess
import sys
from collections.abc import Iterator

import pytest
from cyclopts import App

from holotype.cli import tree

HEAVY = ("alembic", "granian", "litestar", "obstore", "psycopg", "sqlalchemy", "structlog", "holotype.main")
LOCAL = ("serve",)
"""Commands that run until they are stopped print no result, so they have no --json."""


@pytest.fixture(scope="module")
def root() -> App:
    """The tree of commands."""
    return tree.build()


def options(command: App) -> Iterator[tuple[str, str]]:
    """Yield the names and the help of what a command takes."""
    for argument in command.assemble_argument_collection(parse_docstring=True):
        if argument.show:
            yield argument.name, argument.parameter.help or ""


@pytest.mark.parametrize("name", tree.words())
def test_every_command_says_the_same_in_the_list_and_in_its_own_help(root: App, name: str) -> None:
    """The list of commands shows the first line of the docstring of the function that is called."""
    command = tree.load(root, name)
    sentence = next(said for group in tree.COMMANDS.values() for known, (_, said) in group.items() if known == name)
    assert (inspect.getdoc(command.default_command) or "").partition("\n")[0] == sentence


@pytest.mark.parametrize("name", tree.words())
def test_everything_that_a_command_takes_has_help(root: App, name: str) -> None:
    """No argument and no option is without a sentence that says what it is."""
    assert [option for option, said in options(tree.load(root, name)) if not said.endswith((".", "]"))] == []


@pytest.mark.parametrize("name", [name for name in tree.words() if name not in LOCAL])
def test_every_command_with_a_result_takes_json(root: App, name: str) -> None:
    """Programs can read the result of every command."""
    assert "--json" in dict(options(tree.load(root, name)))


def test_every_noun_has_commands() -> None:
    """The table of nouns and the table of commands know the same nouns."""
    assert {name.partition(" ")[0] for name in tree.words() if " " in name} == set(tree.NOUNS)


@pytest.mark.parametrize(
    "arguments", [["--help"], ["push", "--help"], ["serve", "--help"], ["admin", "migrate", "--help"]]
)
def test_help_loads_nothing_of_the_server(arguments: list[str]) -> None:
    """Help is quick because it loads neither the server's packages nor the client."""
    assert loaded_by(arguments) & {*HEAVY, "holotype.client.api", "msgspec"} == set()


@pytest.mark.parametrize("arguments", [["ls"], ["push", ".", "m"], ["resolve", "m:1"], ["token", "ls"]])
def test_client_commands_load_nothing_of_the_server(arguments: list[str]) -> None:
    """A light installation, without the server's packages, can run every command that talks to a server."""
    assert loaded_by(arguments) & {*HEAVY, "rich"} == set()


def loaded_by(arguments: list[str]) -> set[str]:
    """Return the names of the modules that a command has loaded in a process of its own."""
    program = (
        "import json, sys\nfrom holotype.cli.run import run\n"
        "try:\n    run(sys.argv[1:])\nfinally:\n    print(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    )
    environment = {"HOLOTYPE_URL": "http://127.0.0.1:1", "PATH": ""}
    command = [sys.executable, "-c", program, *arguments]
    result = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    return set(json.loads(result.stderr.splitlines()[-1]))
