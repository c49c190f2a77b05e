"""What does somebody plant who speaks MLflow's protocol? Names, tags, sources, runs, data sets and logged models."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx2

from tests.browser import worded
from tests.browser.site import Site


@dataclass(slots=True)
class Words:
    """What is written: something long, something short, an address that runs code, and what a model is called."""

    long: str
    short: str
    runs: str
    title: str


@dataclass(slots=True)
class Speaker:
    """A client that speaks MLflow's protocol, and the names of the texts in which it sent hostile words."""

    client: httpx2.Client
    root: str
    sent: set[str] = field(default_factory=set)

    def did(self, path: str, method: str = "POST", **body: Any) -> Any:
        """Send a message that is taken, and return the answer."""
        self.sent |= worded.planted(body, worded.message_of(method, path))
        got = self.client.request(method, f"{self.root}/{path}", json=body)
        assert got.status_code == 200, (path, got.text)
        return got.json()


def plant(site: Site, words: Words) -> set[str]:
    """Plant in the namespace ``hostile``, and return the names of the texts that were hostile."""
    with httpx2.Client(headers={"Authorization": f"Bearer {site.server.token}"}) as client:
        speaker = Speaker(client, f"{site.url}/mlflow/hostile/api/2.0/mlflow")
        experiment, run = _run(speaker, words)
        logged = _logged(speaker, words, experiment, run)
        files = f"{site.url}/mlflow/hostile/api/2.0/mlflow-artifacts/artifacts/{experiment}/{run}/artifacts"
        for name in ("x.bin", quote("'onerror=alert(1) b.bin")):
            assert client.put(f"{files}/model/{name}", content=b"1").status_code == 200
        _registered(speaker, words, run, logged)
    return speaker.sent


def _run(speaker: Speaker, words: Words) -> tuple[str, str]:
    plain = [{"key": "a: b", "value": words.long}]  # keys of runs are of plain letters
    did, measured = (
        speaker.did,
        {"value": 1, "timestamp": 1, "dataset_name": words.short, "dataset_digest": words.short[:36]},
    )
    experiment = did("experiments/create", name=f"{words.title} first", artifact_location=words.runs, tags=plain)[
        "experiment_id"
    ]
    did("experiments/update", experiment_id=experiment, new_name=words.title)
    did("experiments/set-experiment-tag", experiment_id=experiment, key="c", value=words.long)
    begun = did("runs/create", experiment_id=experiment, run_name=words.title, user_id=words.short, tags=plain)
    run = begun["run"]["info"]["run_id"]
    did("runs/update", run_id=run, run_name=words.title)
    did("runs/log-batch", run_id=run, params=plain, tags=plain, metrics=[{"key": "a b", **measured}])
    did("runs/log-parameter", run_id=run, key="d", value=words.long)
    did("runs/log-metric", run_id=run, key="e", **measured)
    kept = {"schema": words.long, "profile": words.long, "source": words.long, "source_type": words.title}
    dataset = {"name": words.title, "digest": words.short[:30], **kept}
    did("runs/log-inputs", run_id=run, datasets=[{"dataset": dataset, "tags": plain}])
    history = {"run_id": run, "artifact_path": words.short, "utc_time_created": words.short, "flavors": {"f": {}}}
    did("runs/log-model", run_id=run, model_json=json.dumps(history))
    return experiment, run


def _logged(speaker: Speaker, words: Words, experiment: str, run: str) -> str:
    plain, did = [{"key": "a: b", "value": words.long}], speaker.did
    of = {"experiment_id": experiment, "source_run_id": run}
    made = did(
        "logged-models", **of, name="<img src=x onerror=taken>", model_type=words.short, tags=plain, params=plain
    )
    logged: str = made["model"]["info"]["model_id"]
    did(f"logged-models/{logged}/params", params=[{"key": "g", "value": words.long}])
    did(f"logged-models/{logged}/tags", "PATCH", tags=[{"key": "h", "value": words.long}])
    return logged


def _registered(speaker: Speaker, words: Words, run: str, logged: str) -> None:
    tags, did, named = [{"key": words.short, "value": words.long}], speaker.did, {"name": words.title}
    did("registered-models/create", name=f"{words.title} first", description=words.long, tags=tags)
    did("registered-models/rename", name=f"{words.title} first", new_name=words.title)
    did("registered-models/update", "PATCH", **named, description=words.long)
    did("registered-models/set-tag", **named, key=f"{words.short} set", value=words.long)
    about = {"tags": tags, "description": words.long, "run_id": run, "model_id": logged}
    did("model-versions/create", **named, source=f"runs:/{run}/model", **about)
    did("model-versions/create", **named, source=f"s3://a/{words.short}", run_link=words.runs, tags=tags)
    did("model-versions/update", "PATCH", **named, version="1", description=words.long)
    did("model-versions/set-tag", **named, version="1", key=f"{words.short} set", value=words.long)
    did("registered-models/alias", **named, alias="trap", version="1")
