"""How do tests send and fetch files in MLflow's protocol?"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from holotype.domain import artifact_places
from tests.support.asgi import Got, Visitor
from tests.support.bytes import noise

API = "/api/2.0/mlflow"
ARTIFACTS = f"{API}-artifacts/artifacts"
CONTENT = noise(300_000)


def run_of(visitor: Visitor, prefix: str = "") -> str:
    """Begin a run and return the place of its artifacts."""
    if visitor.ask("GET", f"{prefix}{API}/experiments/get", query="experiment_id=0").status != 200:
        made = visitor.ask("POST", f"{prefix}{API}/experiments/create", {"name": "e"}).json["experiment_id"]
    else:
        made = "0"
    info = visitor.ask("POST", f"{prefix}{API}/runs/create", {"experiment_id": made}).json["run"]["info"]
    return artifact_places.of_run(made, info["run_id"])


def put(
    visitor: Visitor, place: str, content: bytes | Sequence[bytes] = CONTENT, *, prefix: str = "", **more: str
) -> Got:
    """Send a file whole."""
    size = len(content) if isinstance(content, bytes) else sum(map(len, content))
    headers = {"content-length": str(size), "content-type": "text/plain", **more}
    return visitor.ask("PUT", f"{prefix}{ARTIFACTS}/{place}", content=content, headers=headers)


def fetch(visitor: Visitor, place: str, *, prefix: str = "", **headers: str) -> Got:
    """Fetch a file."""
    return visitor.ask("GET", f"{prefix}{ARTIFACTS}/{place}", headers=headers)


def names(visitor: Visitor, place: str, *, prefix: str = "") -> list[tuple[str, bool, int | None]]:
    """List a folder."""
    got = visitor.ask("GET", f"{prefix}{ARTIFACTS}", query=f"path={quote(place, safe='')}")
    assert got.status == 200, got.body
    return [(file["path"], file["is_dir"], file.get("file_size")) for file in got.json["files"]]


def refused(got: Got) -> tuple[int, str]:
    """Return status and code of an error."""
    return got.status, got.json["error_code"]
