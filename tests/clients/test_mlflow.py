from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.clients.conftest import CLIENTS, Client
from tests.clients.environments import packages_of

SCENARIOS = Path(__file__).with_name("scenarios")
pytestmark = pytest.mark.timeout(900)


def scenarios() -> Iterator[tuple[str, dict[str, Any]]]:
    """Give every scenario as ``module:function``, with what its marks tell; nothing is imported."""
    for path in sorted(SCENARIOS.glob("[a-z]*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if path.stem != "base" and isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                marks = [mark for mark in node.decorator_list if isinstance(mark, ast.Call)]
                yield f"{path.stem}:{node.name}", {mark.func.id: mark.args[0].value for mark in marks}


def plays() -> Iterator[tuple[str, str]]:
    """Give every pairing of a client and a scenario that it can play."""
    for client in CLIENTS:
        major, packages = int(client.removeprefix("mlflow-").split(".")[0]), packages_of(client)
        for scenario, told in scenarios():
            able = told.get("since", 0) <= major <= told.get("until", 99)
            if able and told.get("needs", "mlflow-skinny") in packages:
                yield client, scenario


def test_there_are_scenarios() -> None:
    """The list would prove nothing if it were empty, or if nobody could play what is in it."""
    every = [scenario for scenario, _ in scenarios()]
    assert len(every) >= 70
    assert {scenario for _, scenario in plays()} == set(every)


@pytest.mark.parametrize(("client_name", "scenario"), [pytest.param(*one, id="-".join(one)) for one in plays()])
def test_the_unmodified_client_works(client: Client, scenario: str) -> None:
    """What a user's program does with a released client has the result that it has with MLflow's own server."""
    client.play(f"scenarios.{scenario}")
