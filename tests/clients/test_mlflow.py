from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.conftest import CLIENTS, Client

SCENARIOS = Path(__file__).with_name("scenarios")
pytestmark = pytest.mark.timeout(900)


def scenarios() -> Iterator[tuple[str, int, int]]:
    """Give every scenario as ``module:function``, with the major versions that can play it; nothing is imported."""
    for path in sorted(SCENARIOS.glob("[a-z]*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if path.stem != "base" and isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                marks = [mark for mark in node.decorator_list if isinstance(mark, ast.Call)]
                told = {getattr(mark.func, "id", ""): mark.args[0].value for mark in marks}
                yield f"{path.stem}:{node.name}", told.get("since", 0), told.get("until", 99)


def plays() -> Iterator[object]:
    """Give every pairing of a client and a scenario that it can play."""
    for client in CLIENTS:
        major = int(client.removeprefix("mlflow-").split(".")[0])
        for scenario, since, until in scenarios():
            if since <= major <= until:
                yield pytest.param(client, scenario, id=f"{client}-{scenario}")


def test_there_are_scenarios() -> None:
    """The list would prove nothing if it were empty."""
    assert len(list(scenarios())) >= 65


@pytest.mark.parametrize(("client_name", "scenario"), list(plays()))
def test_the_unmodified_client_works(client: Client, scenario: str) -> None:
    """What a user's program does with a released client has the result that it has with MLflow's own server."""
    client.play(f"scenarios.{scenario}")
