"""How does a test speak MLflow's tracking protocol? As somebody who sends messages and reads answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.asgi import Got, Visitor, front_of
from tests.support.people import member, owner
from tests.support.registry import Desk, open_desk

API = "/api/2.0/mlflow/"
NOW = 1_700_000_000_000
INVALID = (400, "INVALID_PARAMETER_VALUE")
MISSING = (404, "RESOURCE_DOES_NOT_EXIST")


@dataclass
class Tracker:
    """Somebody who speaks MLflow's tracking protocol."""

    visitor: Visitor
    desk: Desk
    prefix: str = ""

    def other(self, name: str, *given: tuple[str, str]) -> Tracker:
        """Return somebody with these grants, at the namespace ``risk``."""
        secret = member(self.desk, str(self.visitor.token), name, *given)
        return Tracker(Visitor(self.visitor.app, secret), self.desk, "/mlflow/risk")

    def post(self, path: str, **fields: Any) -> Got:
        """Send a message."""
        return self.visitor.ask("POST", self.prefix + API + path, fields)

    def did(self, path: str, **fields: Any) -> Any:
        """Send a message that is accepted, and return its answer."""
        got = self.post(path, **fields)
        assert got.status == 200, got.body
        return got.json

    def ask(self, path: str, query: str = "") -> Got:
        """Ask for something."""
        return self.visitor.ask("GET", self.prefix + API + path, query=query)

    def run(self, name: str = "", experiment: str = "0", **fields: Any) -> str:
        """Begin a run and return its id."""
        fields = {"experiment_id": experiment, "run_name": name, "start_time": NOW} | fields
        return str(self.did("runs/create", **fields)["run"]["info"]["run_id"])

    def shown(self, run_id: str) -> Any:
        """Return a run."""
        got = self.ask("runs/get", f"run_id={run_id}&run_uuid={run_id}")
        assert got.status == 200, got.body
        return got.json["run"]

    def found(self, **fields: Any) -> list[str]:
        """Return the names of the runs that a search finds, page after page."""
        names: list[str] = []
        for _ in range(100):
            got = self.did("runs/search", experiment_ids=["0"], **fields)
            names += [one["info"]["run_name"] for one in got.get("runs", [])]
            if not got.get("next_page_token"):
                return names
            fields["page_token"] = got["next_page_token"]
        raise AssertionError("the pages never end")


def told(got: Got) -> tuple[int, str]:
    """Return status and error code."""
    return got.status, got.json["error_code"]


@contextmanager
def tracking(database_url: str, folder: Path) -> Iterator[Tracker]:
    """Give the owner of an empty registry."""
    with open_desk(database_url, folder / "blobs") as desk:
        secret = owner(desk)
        yield Tracker(Visitor(front_of(desk.registry), secret), desk)
