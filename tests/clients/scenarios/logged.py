"""Logged models without a registry: MLflow 3 makes one for each model that a run logs."""

from __future__ import annotations

from typing import Any

import mlflow
import numpy as np
from scenarios.base import Scene, refused, since


def _begun(scene: Scene, letter: str, **more: Any) -> Any:
    """Begin a logged model in the experiment of the scenario; its files would come next."""
    return mlflow.initialize_logged_model(name=f"{letter}-{scene.tag}", **more)


@since(3)
def logged_model_is_finalised(scene: Scene) -> None:
    """Pending while its files are on their way; then ready, or failed."""
    client = scene.client
    for status in ("READY", "FAILED"):
        begun = _begun(scene, status.lower())
        assert begun.status == "PENDING"
        assert client.finalize_logged_model(begun.model_id, status).status == status
        assert client.get_logged_model(begun.model_id).status == status
    with refused("RESOURCE_DOES_NOT_EXIST"):
        client.finalize_logged_model("m-" + "0" * 32, "READY")


@since(3)
def logged_model_is_described(scene: Scene) -> None:
    """Parameters come one after the other and stay; tags are replaced and removed."""
    client = scene.client
    begun = _begun(scene, "a", params={"depth": "6"}, tags={"team": "risk"}, model_type="tree")
    client.log_model_params(begun.model_id, {"rate": "0.1"})
    client.log_model_params(begun.model_id, {"many": "x" * 200} | {f"p{number}": str(number) for number in range(150)})
    client.set_logged_model_tags(begun.model_id, {"team": "cards", "with/slash": "1"})
    got = client.get_logged_model(begun.model_id)
    assert (got.name, got.model_type) == (f"a-{scene.tag}", "tree")
    assert len(got.params) == 153
    assert (got.params["depth"], got.params["rate"], got.params["p149"]) == ("6", "0.1", "149")
    assert {key: got.tags[key] for key in ("team", "with/slash")} == {"team": "cards", "with/slash": "1"}
    client.delete_logged_model_tag(begun.model_id, "with/slash")
    assert "with/slash" not in client.get_logged_model(begun.model_id).tags


@since(3)
def deleted_logged_model_is_gone(scene: Scene) -> None:
    """From searches too."""
    client = scene.client
    kept, gone = _begun(scene, "kept"), _begun(scene, "gone")
    client.delete_logged_model(gone.model_id)
    with refused("RESOURCE_DOES_NOT_EXIST"):
        client.get_logged_model(gone.model_id)
    found = client.search_logged_models([kept.experiment_id])
    assert kept.model_id in [one.model_id for one in found]
    assert gone.model_id not in [one.model_id for one in found]


@since(3)
def logged_models_are_found(scene: Scene) -> None:
    """By attributes, parameters, tags and metrics, also of one data set; in an order, page by page."""
    client, number = scene.client, scene.client.create_experiment(scene.name("models"))
    made, digests = [], []
    for place, letter in enumerate("abcd"):
        with mlflow.start_run(experiment_id=number):
            begun = _begun(scene, letter, params={"depth": str(place)}, tags={"half": "low" if place < 2 else "high"})
            data = mlflow.data.from_numpy(np.array([place]), name="cards" if place else "other")
            mlflow.log_metric("auc", place / 10, model_id=begun.model_id, dataset=data)
        digests.append(data.digest)
        made.append(client.finalize_logged_model(begun.model_id, "READY").model_id)

    def found(text: str, **more: Any) -> list[str]:
        return [one.model_id for one in client.search_logged_models([number], filter_string=text, **more)]

    by_name = {"order_by": [{"field_name": "name"}]}
    assert found(f"name = 'b-{scene.tag}'") == [made[1]]
    assert found("params.depth = '2'") == [made[2]]
    assert found("tags.half = 'high'", **by_name) == made[2:]
    assert found("metrics.auc > 0.05 AND status = 'READY'", **by_name) == made[1:]
    assert found("metrics.auc >= 0", datasets=[{"dataset_name": "other", "dataset_digest": digests[0]}]) == [made[0]]
    descending = [{"field_name": "metrics.auc", "ascending": False}]
    assert found("", order_by=descending) == made[::-1]
    seen, token = [], None
    while True:
        page = client.search_logged_models([number], max_results=3, order_by=descending, page_token=token)
        seen += [one.model_id for one in page]
        token = page.token
        if not token:
            break
    assert seen == made[::-1]
    frame = mlflow.search_logged_models([number], filter_string="params.depth = '3'")
    assert list(frame["model_id"]) == [made[3]]
    with refused("INVALID_PARAMETER_VALUE"):
        found("nothing = 'x'")
