"""How do tests ask every endpoint of the MLflow API at once? They walk the declared messages, field by field."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import typing
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote_plus, urlencode

import msgspec

from holotype import db
from holotype.artifacts.store import open_store
from holotype.gateways import mlflow
from holotype.gateways.mlflow.errors import CODES
from holotype.gateways.mlflow.serving import Endpoint
from holotype.operations.call import Registry
from holotype.operations.migrate import migrate
from holotype.settings import Settings
from tests.support.asgi import Got, Visitor, owner_of

ENDPOINTS: list[Endpoint] = [handler.opt["endpoint"] for handler in mlflow.routes()]
KNOWN = {code for _, code in CODES.values()} | {"ENDPOINT_NOT_FOUND", "BAD_REQUEST", "NOT_IMPLEMENTED", "INVALID_STATE"}
_MODEL = '{"artifact_path": "a", "flavors": {}, "run_id": "r", "utc_time_created": "now"}'
INTERNALS = re.compile(
    r"Traceback|File \"|sqlalchemy|psycopg|sqlite|object at 0x|\bSELECT\b.*?\bFROM\b|\bINSERT INTO\b|site-packages"
)
MLFLOW = "/api/2.0/mlflow"


@dataclass(frozen=True)
class Ask:
    """One request, and a word that says what is wrong with it."""

    what: str
    method: str
    path: str
    content: bytes = b""
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class World:
    """A registry with things in it, its owner, and a file outside of it that nobody may see."""

    owner: Visitor
    secret: Path
    count: Iterator[int] = field(default_factory=itertools.count)

    def ask(self, asks: Iterable[Ask]) -> list[tuple[Ask, Got]]:
        """Ask one after the other, in one event loop."""

        async def all_of_them() -> list[tuple[Ask, Got]]:
            return [(one, await self._answer(one)) for one in asks]

        return asyncio.run(all_of_them())

    async def _answer(self, one: Ask) -> Got:
        scope = self.owner.scope(one.method, one.path)
        scope["query_string"] = one.query.encode("utf-8", "surrogatepass")
        given = {"content-type": "application/json", "authorization": f"Bearer {self.owner.token}", **one.headers}
        scope["headers"] += [(name.encode(), value.encode("latin-1")) for name, value in given.items()]
        return await self.owner.answer(scope, [one.content])

    def call(self, method: str, path: str, **fields: Any) -> dict[str, Any]:
        """Ask once as a client does, and return what came; nothing where it was refused."""
        ((_, got),) = self.ask([asked(method, f"{MLFLOW}/{path}", fields)])
        return got.json if got.status == 200 else {}

    def furnish(self) -> dict[str, Any]:
        """Make one of everything, and return what fields may be given of it."""
        name = f"fraud-{next(self.count)}"
        experiment = self.call("POST", "experiments/create", name=name).get("experiment_id", "0")
        run = self.call("POST", "runs/create", experiment_id=experiment, start_time=1)
        run_id = run.get("run", {}).get("info", {}).get("run_id", "0" * 32)
        logged = self.call("POST", "logged-models", experiment_id=experiment, name="model", source_run_id=run_id)
        model_id = logged.get("model", {}).get("info", {}).get("model_id", f"m-{'0' * 32}")
        place = f"{experiment}/{run_id}/artifacts/model/model.bin"
        self.ask([Ask("", "PUT", f"/api/2.0/mlflow-artifacts/artifacts/{place}", b"weights")])
        self.call("POST", "registered-models/create", name=name)
        for _ in range(2):
            self.call("POST", "model-versions/create", name=name, source=f"runs:/{run_id}/model", run_id=run_id)
        self.call("POST", "registered-models/alias", name=name, alias="champion", version="1")
        self.call("POST", "registered-models/set-tag", name=name, key="k", value="v")
        self.call("POST", "experiments/set-experiment-tag", experiment_id=experiment, key="k", value="v")
        self.call("POST", "runs/set-tag", run_id=run_id, key="k", value="v")
        self.call("PATCH", f"logged-models/{model_id}/tags", tags=[{"key": "k", "value": "v"}])
        folder = f"{experiment}/{run_id}/artifacts/parts"
        parts = {"path": "large.bin", "num_parts": 2}
        ((_, begun),) = self.ask([asked("POST", f"/api/2.0/mlflow-artifacts/mpu/create/{folder}", parts)])
        return {
            "name": name, "new_name": f"{name}-new", "version": "1", "key": "k", "value": "v", "alias": "champion",
            "stage": "Staging", "stages": ["Staging"], "source": f"runs:/{run_id}/model", "run_id": run_id,
            "run_uuid": run_id, "run_ids": [run_id], "experiment_id": experiment, "experiment_ids": [experiment],
            "experiment_name": name, "model_id": model_id, "source_run_id": run_id, "max_results": 5, "path": place,
            "filter": "", "filter_string": "", "order_by": [], "page_token": "", "tags": [{"key": "k", "value": "v"}],
            "description": "d", "timestamp": 1, "step": 1, "metric_key": "m", "model": model_id, "workspace": "default",
            "webhook": "w", "num_parts": 1, "parts": [], "folder": folder, "tag_key": "k", "number": "1",
            "upload": begun.json.get("upload_id", "u"), "upload_id": begun.json.get("upload_id", "u"),
            "target": f"{folder}/large.bin", "model_json": _MODEL, "status": "FINISHED",
        }  # fmt: skip


@contextmanager
def open_world(database_url: str, folder: Path, **settings: Any) -> Iterator[World]:
    """Open a migrated registry with a secret file beside it."""
    secret = folder / "secret.txt"
    secret.write_text("swordfish")
    data = folder / "data"
    data.mkdir()
    database = db.connect(database_url)
    migrate(database)
    try:
        made = Registry(database, open_store(data / "blobs"), Settings(data=data, log_level="error", **settings))
        yield World(owner_of(made), secret)
    finally:
        database.close()


def fields_of(endpoint: Endpoint) -> Sequence[msgspec.structs.FieldInfo]:
    """Return the fields of an endpoint's message."""
    return msgspec.structs.fields(endpoint.message)


def sample(endpoint: Endpoint, given: dict[str, Any]) -> dict[str, Any]:
    """Return a message that an endpoint can read: what is required, and what is known."""
    made: dict[str, Any] = {}
    if "/mpu/" in endpoint.path:
        given = {**given, "path": "large.bin"}
    for one in fields_of(endpoint):
        if one.encode_name in given and readable(one.type, given[one.encode_name]):
            made[one.encode_name] = given[one.encode_name]
        elif one.required:
            made[one.encode_name] = _something(one.type)
    return made


def _something(kind: Any) -> Any:
    base = typing.get_origin(kind) or kind
    return {str: "x", int: 1, float: 0.5, bool: True, list: [], dict: {}}.get(base, {})


def address(endpoint: Endpoint, given: dict[str, Any]) -> str:
    """Return a path that belongs to an endpoint."""
    return re.sub(r"\{(\w+):(\w+)\}", lambda found: str(given.get(found[1], "x")).lstrip("/"), endpoint.path)


def asked(method: str, path: str, message: dict[str, Any], what: str = "", **headers: str) -> Ask:
    """Return the request that a client makes of a message."""
    if method == "GET":
        return Ask(what, method, path, query=queried(message), headers=headers)
    return Ask(what, method, path, json.dumps(message).encode(), headers=headers)


def queried(message: dict[str, Any]) -> str:
    """Return the query string of a message, as clients write it."""
    plain = {name: _plain(value) for name, value in message.items() if value is not None}
    return urlencode(plain, doseq=True, errors="surrogatepass")


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return json.dumps(value) if isinstance(value, dict) else value


def readable(kind: Any, value: Any) -> bool:
    """Say whether a field of a type can be given a value at all."""
    try:
        msgspec.convert(value, kind, strict=False)
    except ValueError:
        return False
    return True


def check_sane(one: Ask, got: Got, world: World) -> None:
    """Fail unless an answer is one that a client can go by, and tells nothing that it should not."""
    about = (one.what, one.method, one.path[:200], one.query[:200], one.content[:200], got.status, got.body[:500])
    assert got.status < 500 or got.status == 501, about
    assert b"swordfish" not in got.body, about
    if got.status in {200, 201}:
        return
    assert got.headers["content-type"] == "application/json", about
    assert set(got.json) == {"error_code", "message"}, about
    assert got.json["error_code"] in KNOWN, about
    assert got.json["message"], about
    assert len(got.body) < 5_000, about
    leak = INTERNALS.search(got.json["message"])
    sent = one.what + one.path + unquote_plus(one.query) + one.content.decode("utf-8", "replace")
    assert leak is None or leak[0] in sent, about


def quoted(text: str) -> str:
    """Return a text as one part of a path."""
    return quote(text, safe="", errors="surrogatepass")
