"""The whole registry surface of ``MlflowClient``, but for bytes: those are in ``models``."""

from __future__ import annotations

from mlflow.entities.model_registry import ModelVersion, RegisteredModel
from scenarios.base import Scene, refused

ANYWHERE = "s3://somewhere-else/models/a"


def model_is_created_and_shown(scene: Scene) -> None:
    """Name, tags, description and times come back."""
    made = scene.client.create_registered_model(scene.name(), {"team": "risk", "n": "1"}, "what it is for")
    got = scene.client.get_registered_model(scene.name())
    assert isinstance(got, RegisteredModel)
    assert (got.name, got.description, got.tags) == (scene.name(), "what it is for", {"team": "risk", "n": "1"})
    assert made.creation_timestamp == got.creation_timestamp > 1_700_000_000_000
    assert got.last_updated_timestamp >= got.creation_timestamp
    assert got.latest_versions == []
    assert got.aliases == {}


def duplicate_model_is_refused(scene: Scene) -> None:
    """By the code that `register_model` forgives."""
    scene.client.create_registered_model(scene.name())
    with refused("RESOURCE_ALREADY_EXISTS", scene.name()):
        scene.client.create_registered_model(scene.name())


def unknown_model_does_not_exist(scene: Scene) -> None:
    """Whatever is asked about it."""
    name = scene.name("nothing")
    client = scene.client
    with refused("RESOURCE_DOES_NOT_EXIST"):
        client.get_registered_model(name)
    with refused("RESOURCE_DOES_NOT_EXIST"):
        client.get_model_version(name, "1")
    with refused("RESOURCE_DOES_NOT_EXIST"):
        client.update_registered_model(name, "x")
    with refused("RESOURCE_DOES_NOT_EXIST"):
        client.delete_registered_model(name)
    with refused("RESOURCE_DOES_NOT_EXIST"):
        client.rename_registered_model(name, name + "-2")
    with refused("RESOURCE_DOES_NOT_EXIST"):
        client.create_model_version(name, ANYWHERE)
    with refused("RESOURCE_DOES_NOT_EXIST"):
        client.set_registered_model_tag(name, "a", "b")
    with refused("RESOURCE_DOES_NOT_EXIST"):
        client.get_latest_versions(name)


def model_is_updated_and_renamed(scene: Scene) -> None:
    """Versions, aliases and tags follow the name; the old name is free."""
    client, old, new = scene.client, scene.name("old"), scene.name("New Name")
    client.create_registered_model(old, {"a": "1"})
    client.create_model_version(old, ANYWHERE)
    client.set_registered_model_alias(old, "champion", "1")
    assert client.update_registered_model(old, "second description").description == "second description"
    client.rename_registered_model(old, new)
    got = client.get_registered_model(new)
    assert (got.description, got.tags, got.aliases) == ("second description", {"a": "1"}, {"champion": "1"})
    assert client.get_model_version(new, "1").name == new
    with refused("RESOURCE_DOES_NOT_EXIST"):
        client.get_registered_model(old)
    client.create_registered_model(old)
    with refused("RESOURCE_ALREADY_EXISTS"):
        client.rename_registered_model(new, old)


def model_tags_are_set_and_removed(scene: Scene) -> None:
    """To set one again replaces it; to remove one that is not there is no error."""
    client, name = scene.client, scene.name()
    client.create_registered_model(name)
    client.set_registered_model_tag(name, "key", "one")
    client.set_registered_model_tag(name, "key", "two")
    client.set_registered_model_tag(name, "with.dots and/slash", "x" * 5_000)
    assert client.get_registered_model(name).tags == {"key": "two", "with.dots and/slash": "x" * 5_000}
    client.delete_registered_model_tag(name, "key")
    client.delete_registered_model_tag(name, "key")
    assert set(client.get_registered_model(name).tags) == {"with.dots and/slash"}


def deleted_model_is_gone_and_its_name_may_be_used_again(scene: Scene) -> None:
    """The new model is empty; its numbers go on, because a number is never given out twice."""
    client, name = scene.client, scene.name()
    client.create_registered_model(name, {"a": "1"}, "first")
    client.create_model_version(name, ANYWHERE)
    client.delete_registered_model(name)
    with refused("RESOURCE_DOES_NOT_EXIST"):
        client.get_registered_model(name)
    with refused("RESOURCE_DOES_NOT_EXIST"):
        client.get_model_version(name, "1")
    client.create_registered_model(name)
    got = client.get_registered_model(name)
    assert (got.tags, got.description or "", got.latest_versions) == ({}, "", [])
    assert client.create_model_version(name, ANYWHERE).version == "2"


def versions_are_numbered(scene: Scene) -> None:
    """Each registration is a version of its own, also of the same source; a deleted number stays used."""
    client, name = scene.client, scene.name()
    client.create_registered_model(name)
    made = [client.create_model_version(name, ANYWHERE).version for _ in range(3)]
    assert [str(number) for number in made] == ["1", "2", "3"]
    client.delete_model_version(name, "3")
    assert str(client.create_model_version(name, ANYWHERE).version) == "4"
    with refused("RESOURCE_DOES_NOT_EXIST"):
        client.get_model_version(name, "3")


def version_is_shown_as_it_was_made(scene: Scene) -> None:
    """Source, run, link, tags and description come back word for word."""
    client, name, run = scene.client, scene.name(), "0123456789abcdef0123456789abcdef"
    client.create_registered_model(name)
    made = client.create_model_version(
        name, ANYWHERE + "/b c", run, {"k": "v"}, run_link="http://tracker/run/1", description="words"
    )
    got = client.get_model_version(name, made.version)
    assert isinstance(got, ModelVersion)
    assert (got.name, str(got.version), got.source, got.run_id) == (name, "1", ANYWHERE + "/b c", run)
    assert (got.run_link, got.description, got.tags) == ("http://tracker/run/1", "words", {"k": "v"})
    assert (got.current_stage, got.status, got.aliases) == ("None", "READY", [])
    assert got.creation_timestamp > 1_700_000_000_000
    assert got.user_id


def version_is_updated_tagged_and_deleted(scene: Scene) -> None:
    """What may change about a version changes."""
    client, name = scene.client, scene.name()
    client.create_registered_model(name)
    client.create_model_version(name, ANYWHERE)
    assert client.update_model_version(name, "1", "better words").description == "better words"
    client.set_model_version_tag(name, "1", "a", "1")
    client.set_model_version_tag(name, "1", "a", "2")
    client.set_model_version_tag(name, "1", "b", "")
    assert client.get_model_version(name, "1").tags == {"a": "2", "b": ""}
    client.delete_model_version_tag(name, "1", "a")
    client.delete_model_version_tag(name, "1", "never")
    assert client.get_model_version(name, "1").tags == {"b": ""}
    client.delete_model_version(name, "1")
    with refused("RESOURCE_DOES_NOT_EXIST"):
        client.delete_model_version(name, "1")


def aliases_move_and_go(scene: Scene) -> None:
    """An alias names one version at a time; `latest` is always there; a missing one is the error MLflow gives."""
    client, name = scene.client, scene.name()
    client.create_registered_model(name)
    for _ in range(2):
        client.create_model_version(name, ANYWHERE)
    client.set_registered_model_alias(name, "champion", "1")
    assert str(client.get_model_version_by_alias(name, "champion").version) == "1"
    client.set_registered_model_alias(name, "champion", "2")
    client.set_registered_model_alias(name, "Challenger_2-b", "2")
    assert client.get_registered_model(name).aliases == {"champion": "2", "Challenger_2-b": "2"}
    assert sorted(client.get_model_version(name, "2").aliases) == ["Challenger_2-b", "champion"]
    assert client.get_model_version(name, "1").aliases == []
    client.delete_registered_model_alias(name, "champion")
    client.delete_registered_model_alias(name, "champion")
    with refused("INVALID_PARAMETER_VALUE", "champion"):
        client.get_model_version_by_alias(name, "champion")
    for reserved in ("latest", "LATEST", "v1", "V12"):
        with refused("INVALID_PARAMETER_VALUE"):
            client.set_registered_model_alias(name, reserved, "1")
    with refused("RESOURCE_DOES_NOT_EXIST"):
        client.set_registered_model_alias(name, "champion", "9")


def odd_aliases_are_kept(scene: Scene) -> None:
    """MLflow allows aliases that would mean something else in a reference of ours."""
    client, name = scene.client, scene.name()
    client.create_registered_model(name)
    client.create_model_version(name, ANYWHERE)
    odd = ("-dash", "123", "ünï_ß", "a" * 200)
    for alias in odd:
        client.set_registered_model_alias(name, alias, "1")
        assert str(client.get_model_version_by_alias(name, alias).version) == "1"
    assert sorted(client.get_model_version(name, "1").aliases) == sorted(odd)
    for alias in odd:
        client.delete_registered_model_alias(name, alias)
    assert client.get_registered_model(name).aliases == {}


def odd_names_are_reachable(scene: Scene) -> None:
    """Names with blanks, capitals and other scripts, which no reference of ours allows."""
    client = scene.client
    for text in ("Fraud Model (EU)", "詐欺", "UPPER_case", "with.dot", "a" * 200, "%2e%2e", "plus+and&amp"):
        name = scene.name(text)
        client.create_registered_model(name)
        client.create_model_version(name, ANYWHERE)
        assert client.get_registered_model(name).name == name
        assert client.get_model_version(name, "1").name == name
        assert [one.name for one in client.search_registered_models(f"name = '{name}'")] == [name]
        client.rename_registered_model(name, name + "!")
        client.delete_registered_model(name + "!")


def names_that_mlflow_refuses_are_refused(scene: Scene) -> None:
    """Blank ones, and those that would be a path or a reference."""
    for name in ("", "  ", "a/b", "a:b", "..", "."):
        with refused("INVALID_PARAMETER_VALUE"):
            scene.client.create_registered_model(name)


def latest_versions_are_one_a_stage(scene: Scene) -> None:
    """With and without stages named; of an unknown stage, an error."""
    client, name = scene.client, scene.name()
    client.create_registered_model(name)
    for _ in range(3):
        client.create_model_version(name, ANYWHERE)
    client.transition_model_version_stage(name, "1", "Archived")
    got = {one.current_stage: str(one.version) for one in client.get_latest_versions(name)}
    assert got == {"None": "3", "Archived": "1"}
    assert [str(one.version) for one in client.get_latest_versions(name, ["archived"])] == ["1"]
    assert client.get_latest_versions(name, ["Production"]) == []
    with refused("INVALID_PARAMETER_VALUE"):
        client.get_latest_versions(name, ["Nowhere"])


def external_version_is_visible_and_not_promoted(scene: Scene) -> None:
    """Its bytes are elsewhere: the client is sent there, and a move to production says why it is refused."""
    client, name = scene.client, scene.name()
    client.create_registered_model(name)
    client.create_model_version(name, ANYWHERE)
    assert client.get_model_version_download_uri(name, "1") == ANYWHERE
    with refused("RESOURCE_CONFLICT", "promotion", "bytes-held"):
        client.transition_model_version_stage(name, "1", "Staging")
    with refused("INVALID_PARAMETER_VALUE"):
        client.transition_model_version_stage(name, "1", "Nowhere")
    assert client.get_model_version(name, "1").current_stage == "None"


def local_sources_are_refused(scene: Scene) -> None:
    """A path is somebody's own machine: the caller's or the server's, and neither is asked for."""
    client, name = scene.client, scene.name()
    client.create_registered_model(name)
    for source in ("/etc/passwd", "file:///etc/passwd", "../../etc", "C:\\models", "s3://bucket/../../x", "//host/a"):
        with refused("INVALID_PARAMETER_VALUE"):
            client.create_model_version(name, source)
    assert client.get_registered_model(name).latest_versions == []


def copy_is_a_version_of_its_own(scene: Scene) -> None:
    """`copy_model_version` makes the model, and each copy is a new version with the source that it was copied from."""
    client, source, target = scene.client, scene.name("source"), scene.name("target")
    client.create_registered_model(source)
    client.create_model_version(source, ANYWHERE, tags={"a": "1"})
    made = client.copy_model_version(f"models:/{source}/1", target)
    assert (made.name, str(made.version), made.source) == (target, "1", f"models:/{source}/1")
    assert made.tags == {"a": "1"}
    assert str(client.copy_model_version(f"models:/{source}/1", target).version) == "2"
    assert client.get_model_version_download_uri(target, "1") == ANYWHERE


def stages_of_a_version_are_listed(scene: Scene) -> None:
    """All that it could be moved to."""
    client, name = scene.client, scene.name()
    client.create_registered_model(name)
    client.create_model_version(name, ANYWHERE)
    assert client.get_model_version_stages(name, "1") == ["None", "Staging", "Production", "Archived"]


def version_is_tagged_by_its_stage(scene: Scene) -> None:
    """The newest version of a stage gets the tag, and loses it."""
    client, name = scene.client, scene.name()
    client.create_registered_model(name)
    for _ in range(3):
        client.create_model_version(name, ANYWHERE)
    client.transition_model_version_stage(name, "1", "Archived")
    client.set_model_version_tag(name, key="a", value="1", stage="Archived")
    client.set_model_version_tag(name, key="a", value="3", stage="None")
    assert [client.get_model_version(name, number).tags for number in "123"] == [{"a": "1"}, {}, {"a": "3"}]
    client.delete_model_version_tag(name, key="a", stage="archived")
    assert client.get_model_version(name, "1").tags == {}
    with refused("INVALID_PARAMETER_VALUE"):
        client.set_model_version_tag(name, key="a", value="1", stage="Nowhere")
