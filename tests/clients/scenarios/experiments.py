"""Experiments are renamed, deleted and restored, and have tags; runs lose tags again."""

from __future__ import annotations

import mlflow
from mlflow.entities import ViewType
from scenarios.base import MAJOR, Scene, refused


def experiment_is_renamed(scene: Scene) -> None:
    """The new name finds it, the old one nothing, and one that is taken is refused."""
    client, old, new = scene.client, scene.name("old"), scene.name("New Name (EU)")
    number = client.create_experiment(old)
    client.rename_experiment(number, new)
    assert client.get_experiment(number).name == new
    assert client.get_experiment_by_name(new).experiment_id == number
    assert client.get_experiment_by_name(old) is None
    other = client.create_experiment(old)
    with refused("RESOURCE_ALREADY_EXISTS"):
        client.rename_experiment(other, new)


def experiment_is_deleted_and_restored(scene: Scene) -> None:
    """With its runs; while it is deleted its name stays taken, and nothing is logged there."""
    client, name = scene.client, scene.name("trial")
    number = client.create_experiment(name)
    run = client.create_run(number)
    client.delete_experiment(number)
    assert client.get_experiment(number).lifecycle_stage == "deleted"
    text = f"name = '{name}'"
    assert client.search_experiments(filter_string=text) == []
    gone = client.search_experiments(ViewType.DELETED_ONLY, filter_string=text)
    assert [one.experiment_id for one in gone] == [number]
    with refused("RESOURCE_ALREADY_EXISTS"):
        client.create_experiment(name)
    with refused("INVALID_PARAMETER_VALUE"):
        client.create_run(number)
    client.restore_experiment(number)
    assert client.get_experiment(number).lifecycle_stage == "active"
    assert [one.info.run_id for one in client.search_runs([number])] == [run.info.run_id]


def experiment_has_tags(scene: Scene) -> None:
    """Set, replaced, and removed where the client can remove one."""
    client = scene.client
    number = client.create_experiment(scene.name("tagged"), tags={"team": "risk"})
    client.set_experiment_tag(number, "team", "cards")
    client.set_experiment_tag(number, "n", 1)
    assert client.get_experiment(number).tags == {"team": "cards", "n": "1"}
    found = client.search_experiments(filter_string=f"tags.team = 'cards' AND name = '{scene.name('tagged')}'")
    assert [one.experiment_id for one in found] == [number]
    if MAJOR >= 3:
        client.delete_experiment_tag(number, "n")
        assert client.get_experiment(number).tags == {"team": "cards"}
        with refused("RESOURCE_DOES_NOT_EXIST"):
            client.delete_experiment_tag(number, "n")


def tag_of_a_run_is_removed(scene: Scene) -> None:
    """By the client and within the run; one that is not there is an error."""
    client = scene.client
    with mlflow.start_run() as run:
        mlflow.set_tags({"a": "1", "b": "2", "c": "3"})
        mlflow.delete_tag("a")
    client.delete_tag(run.info.run_id, "b")
    tags = client.get_run(run.info.run_id).data.tags
    assert {key: value for key, value in tags.items() if not key.startswith("mlflow.")} == {"c": "3"}
    with refused("RESOURCE_DOES_NOT_EXIST"):
        client.delete_tag(run.info.run_id, "b")
