"""By which credentials and addresses does a client come in?"""

from __future__ import annotations

import mlflow
from scenarios.base import Scene, refused

ANYWHERE = "s3://somewhere-else/models/a"


def works(scene: Scene) -> None:
    """Make a model and a version, and find it by an alias."""
    client, name = scene.client, scene.name()
    client.create_registered_model(name)
    client.create_model_version(name, ANYWHERE)
    client.set_registered_model_alias(name, "champion", "1")
    assert client.get_model_version_by_alias(name, "champion").source == ANYWHERE


def is_not_known(scene: Scene) -> None:
    """Whoever is not known gets nothing, and is told so by the code for it."""
    with refused("UNAUTHENTICATED"):
        scene.client.get_registered_model("anything")


def sees_nothing(scene: Scene) -> None:
    """Whoever may not read anything of a namespace is told that there is none."""
    with refused("RESOURCE_DOES_NOT_EXIST"):
        scene.client.get_registered_model(scene.given["name"])
    with refused("RESOURCE_DOES_NOT_EXIST"):
        scene.client.search_registered_models()


def reads_and_cannot_write(scene: Scene) -> None:
    """A reader reads; what changes something is denied."""
    name = scene.given["name"]
    assert scene.client.get_registered_model(name).name == name
    with refused("PERMISSION_DENIED"):
        scene.client.create_model_version(name, ANYWHERE)
    with refused("PERMISSION_DENIED"):
        scene.client.set_registered_model_tag(name, "a", "b")


def makes_the_same_name(scene: Scene) -> None:
    """In a namespace of its own it is another model."""
    client, name = scene.client, scene.given["name"]
    client.create_registered_model(name, description=scene.given["namespace"])
    made = client.create_model_version(name, ANYWHERE)
    assert str(made.version) == "1"
    assert client.get_registered_model(name).description == scene.given["namespace"]
    assert [one.name for one in client.search_registered_models()] == [name]
    with mlflow.start_run() as run:
        mlflow.log_text("of " + scene.given["namespace"], "a.txt")
    assert mlflow.artifacts.load_text(f"{run.info.artifact_uri}/a.txt") == "of " + scene.given["namespace"]


def names_its_workspace(scene: Scene) -> None:
    """The client's own setting leads to the namespace; one that is not there is refused."""
    mlflow.set_workspace(scene.given["namespace"])
    try:
        makes_the_same_name(scene)
        assert scene.given["namespace"] in [one.name for one in mlflow.list_workspaces()]
    finally:
        mlflow.set_workspace("default")
