"""Workspaces, webhooks, and what an experiment tracker has besides: made, found, or refused with a sentence."""

from __future__ import annotations

import mlflow
from scenarios.base import Scene, refused, since


@since(3)
def workspace_is_made_and_shown(scene: Scene) -> None:
    """It is a namespace: empty at first, and a place of its own for names."""
    name = scene.name("team")
    made = mlflow.create_workspace(name, description="who does cards")
    assert (made.name, made.description) == (name, "who does cards")
    got = mlflow.get_workspace(name)
    assert (got.name, got.description) == (name, "who does cards")
    assert name in [one.name for one in mlflow.list_workspaces()]
    with refused("RESOURCE_ALREADY_EXISTS"):
        mlflow.create_workspace(name)
    with refused("RESOURCE_DOES_NOT_EXIST"):
        mlflow.get_workspace(scene.name("nobody"))
    mlflow.set_workspace(name)
    try:
        assert list(scene.client.search_registered_models()) == []
        scene.client.create_registered_model("fraud")
        assert [one.name for one in scene.client.search_registered_models()] == ["fraud"]
    finally:
        mlflow.set_workspace("default")


@since(3)
def workspaces_are_neither_changed_nor_deleted(scene: Scene) -> None:
    """A namespace stays what it is."""
    mlflow.create_workspace(scene.name("team"))
    with refused("NOT_IMPLEMENTED", "namespace"):
        mlflow.update_workspace(scene.name("team"), description="other words")
    with refused("NOT_IMPLEMENTED", "namespace"):
        mlflow.delete_workspace(scene.name("team"))
    with refused("INVALID_PARAMETER_VALUE"):
        mlflow.create_workspace(scene.name("elsewhere"), default_artifact_root="s3://bucket/x")


@since(3)
def webhooks_come_later(scene: Scene) -> None:
    """Every call says so, and the client raises it as what it is."""
    client, sentence = scene.client, "sends no webhooks yet"
    event = "model_version.created"
    with refused("NOT_IMPLEMENTED", sentence):
        client.create_webhook("hook", "https://receiver.example/x", [event], description="d", secret="s")
    with refused("NOT_IMPLEMENTED", sentence):
        client.list_webhooks()
    with refused("NOT_IMPLEMENTED", sentence):
        client.get_webhook("1")
    with refused("NOT_IMPLEMENTED", sentence):
        client.update_webhook("1", name="other", events=[event])
    with refused("NOT_IMPLEMENTED", sentence):
        client.delete_webhook("1")
    with refused("NOT_IMPLEMENTED", sentence):
        client.test_webhook("1", event)


@since(3)
def what_a_tracker_has_is_refused_with_a_sentence(scene: Scene) -> None:
    """MCP servers, traces and assessments: the client raises NOT_IMPLEMENTED."""
    client, sentence = scene.client, "no experiment tracker"
    with refused("NOT_IMPLEMENTED", sentence):
        client.search_mcp_servers()
    with refused("NOT_IMPLEMENTED", sentence):
        client.search_traces(locations=["0"])
    with refused("NOT_IMPLEMENTED", sentence):
        mlflow.get_assessment("tr-" + "0" * 32, "a-" + "0" * 32)
