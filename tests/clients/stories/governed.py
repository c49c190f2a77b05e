"""A move that waits for others, and goes on when they have said yes."""

from __future__ import annotations

from scenarios.base import Scene, refused


def asks_for_production(scene: Scene) -> None:
    """The error names the request that was opened."""
    with refused("RESOURCE_CONFLICT", "Promotion", "holotype approve"):
        scene.client.transition_model_version_stage(scene.given["name"], "1", "Production")
    assert scene.client.get_model_version(scene.given["name"], "1").current_stage != "Production"


def sees_production(scene: Scene) -> None:
    """Somebody approved it."""
    name = scene.given["name"]
    assert scene.client.get_model_version(name, "1").current_stage == "Production"
    assert [str(one.version) for one in scene.client.get_latest_versions(name, ["Production"])] == ["1"]
    assert str(scene.client.get_model_version_by_alias(name, "production").version) == "1"
