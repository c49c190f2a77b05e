"""How do tests speak MLflow's registry protocol? As its clients do, at an application."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from holotype.catalogue import intakes, labels, models, tables
from tests.support.asgi import Got, Visitor
from tests.support.registry import Desk

API = "/api/2.0/mlflow/"


@dataclass
class Client:
    """Somebody who speaks MLflow's registry protocol."""

    visitor: Visitor
    desk: Desk
    prefix: str = ""

    def ask(self, method: str, path: str, **fields: Any) -> Got:
        """Send a message as MLflow's clients do: a query string for GET, a JSON body for everything else."""
        where = self.prefix + API + path
        if method == "GET":
            return self.visitor.ask(method, where, query=urlencode(fields, doseq=True))
        return self.visitor.ask(method, where, fields)

    def did(self, method: str, path: str, **fields: Any) -> Any:
        """Send a message that is accepted, and return its answer."""
        got = self.ask(method, path, **fields)
        assert got.status == 200, got.body
        return got.json

    def refused(self, method: str, path: str, **fields: Any) -> tuple[int, str]:
        """Send a message that is refused, and return how."""
        got = self.ask(method, path, **fields)
        assert set(got.json) == {"error_code", "message"}, got.body
        return got.status, got.json["error_code"]

    def model(self, name: str = "fraud", versions: int = 0, **fields: Any) -> Any:
        """Create a model with versions whose bytes are elsewhere, and return its answer."""
        made = self.did("POST", "registered-models/create", name=name, **fields)["registered_model"]
        for number in range(versions):
            self.did("POST", "model-versions/create", name=name, source=f"s3://bucket/{number}")
        return made

    def version(self, name: str = "fraud", number: str = "1") -> Any:
        """Return a version."""
        return self.did("GET", "model-versions/get", name=name, version=number)["model_version"]

    def moved(self, number: str, stage: str, **fields: Any) -> Got:
        """Ask for a stage."""
        words = {"name": "fraud", "version": number, "stage": stage} | fields
        return self.ask("POST", "model-versions/transition-stage", **words)

    def intake(self, status: str = "pending", name: str = "fraud") -> int:
        """Write an intake of a model beside the verbs, and return its number."""
        with self.desk.registry.database.write() as tx:
            found = models.get(tx, "default", name)
            number = labels.next_number(tx, found.id, self.desk.call().now)
            row = {
                "namespace_id": found.namespace_id, "model_id": found.id, "number": number, "created_by": "ada",
                "uri": "s3://theirs/x", "registration": "r",
            }  # fmt: skip
            made = intakes.create(tx, row, tags={"a": "b"}, now=self.desk.call().now)
            if status == "failed":
                failed = {"status": status, "reason": "The bucket is gone.", "next_try_at": None}
                tx.execute(tables.intakes.update().where(tables.intakes.c.id == made).values(failed))
            return number
