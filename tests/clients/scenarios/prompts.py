"""Prompts are registered models to MLflow 3, and are kept like them here."""

from __future__ import annotations

import json

import mlflow
from scenarios.base import MAJOR, Scene, refused, since, until

if hasattr(mlflow, "genai"):
    from mlflow import genai


@since(3)
def prompt_is_registered_and_loaded(scene: Scene) -> None:
    """By number, alias and latest, each with its own text."""
    name = scene.name("greet")
    first = genai.register_prompt(name, "Hello {{who}}", commit_message="first", tags={"team": "x"})
    second = genai.register_prompt(name, "Good day {{who}}")
    assert (first.version, second.version) == (1, 2)
    assert genai.load_prompt(f"prompts:/{name}/1").template == "Hello {{who}}"
    assert genai.load_prompt(name, version=2).format(who="Ada") == "Good day Ada"
    genai.set_prompt_alias(name, "live", 1)
    assert genai.load_prompt(f"prompts:/{name}@live").template == "Hello {{who}}"
    assert genai.load_prompt(f"prompts:/{name}@latest").version == 2
    genai.delete_prompt_alias(name, "live")
    assert genai.load_prompt(f"prompts:/{name}@live", allow_missing=True) is None


@since(3)
def chat_prompt_keeps_its_messages(scene: Scene) -> None:
    """Also the format of the answer."""
    messages = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "{{question}}"}]
    name = scene.name("chat")
    genai.register_prompt(name, messages, response_format={"type": "object", "properties": {"a": {"type": "string"}}})
    got = genai.load_prompt(name, version=1)
    assert got.template == messages
    assert got.response_format["properties"] == {"a": {"type": "string"}}


@since(3)
def prompts_and_models_do_not_mix(scene: Scene) -> None:
    """A search of models shows no prompts, and the other way round."""
    prompt, model = scene.name("aprompt"), scene.name("amodel")
    genai.register_prompt(prompt, "x")
    scene.client.create_registered_model(model)
    models = [one.name for one in scene.client.search_registered_models(f"name LIKE '%{scene.tag}'")]
    prompts = [one.name for one in genai.search_prompts(f"name LIKE '%{scene.tag}'")]
    assert (models, prompts) == ([model], [prompt])
    assert scene.client.search_model_versions(f"name LIKE '%{scene.tag}'") == []


@since(3)
def prompt_is_tagged_and_listed(scene: Scene) -> None:
    """Tags of a prompt are not those of its versions; versions come newest first, page by page."""
    client, name = scene.client, scene.name("tagged")
    for number in range(3):
        genai.register_prompt(name, f"Hello {number} {{{{who}}}}", tags={"n": str(number)})
    client.set_prompt_tag(name, "team", "risk")
    client.set_prompt_tag(name, "gone", "soon")
    client.delete_prompt_tag(name, "gone")
    tags = client.get_prompt(name).tags
    assert {key: tags.get(key) for key in ("n", "team", "gone")} == {"n": "2", "team": "risk", "gone": None}
    client.set_prompt_version_tag(name, 2, "seen", "yes")
    client.set_prompt_version_tag(name, "2", "gone", "soon")
    client.delete_prompt_version_tag(name, 2, "gone")
    assert client.get_prompt_version(name, 2).tags == {"n": "1", "seen": "yes"}
    assert client.get_prompt_version(name, 1).tags == {"n": "0"}
    page = client.search_prompt_versions(name, max_results=2)
    assert [int(one.version) for one in page] == [3, 2]
    assert [int(one.version) for one in client.search_prompt_versions(name, page_token=page.token)] == [1]
    with refused("INVALID_PARAMETER_VALUE"):
        scene.client.create_registered_model(scene.name("model"))
        client.search_prompt_versions(scene.name("model"))


@since(3)
def prompt_has_a_model_config(scene: Scene) -> None:
    """Registered with it, changed and removed later; the text stays."""
    name = scene.name("configured")
    made = genai.register_prompt(name, "Say {{word}}", model_config={"model_name": "m", "temperature": 0.5})
    assert made.model_config == {"model_name": "m", "temperature": 0.5}
    genai.set_prompt_model_config(name, 1, {"model_name": "n", "max_tokens": 10})
    assert genai.load_prompt(name, version=1).model_config == {"model_name": "n", "max_tokens": 10}
    genai.delete_prompt_model_config(name, 1)
    got = genai.load_prompt(name, version=1)
    assert (got.model_config, got.template) == (None, "Say {{word}}")


@since(3)
def prompt_is_deleted(scene: Scene) -> None:
    """A version at a time, or all of it; its name may be used again."""
    client, name = scene.client, scene.name("deleted")
    for text in ("one", "two"):
        genai.register_prompt(name, text)
    client.delete_prompt_version(name, "1")
    with refused("RESOURCE_DOES_NOT_EXIST"):
        client.get_prompt_version(name, 1)
    assert [int(one.version) for one in client.search_prompt_versions(name)] == [2]
    client.delete_prompt(name)
    assert client.get_prompt(name) is None
    assert genai.load_prompt(name, version=2, allow_missing=True) is None
    assert genai.register_prompt(name, "three").template == "three"


@since(3)
def prompt_is_linked_to_runs_and_models(scene: Scene) -> None:
    """A run and a logged model keep what they used."""
    client, name = scene.client, scene.name("linked")
    genai.register_prompt(name, "Hello {{who}}")
    with mlflow.start_run() as run:
        model = mlflow.initialize_logged_model(name="model")
    client.link_prompt_version_to_run(run.info.run_id, f"prompts:/{name}/1")
    client.link_prompt_version_to_model(name, "1", model.model_id)
    linked = [{"name": name, "version": "1"}]
    assert json.loads(client.get_run(run.info.run_id).data.tags["mlflow.linkedPrompts"]) == linked
    assert json.loads(client.get_logged_model(model.model_id).tags["mlflow.linkedPrompts"]) == linked


def prompt_is_logged_and_detached(scene: Scene) -> None:
    """As MLflow 2 notes it, in a tag of the version; clients of MLflow 3 have another one, and still read theirs."""
    client, name = scene.client, scene.name("logged")
    one, other = (client.create_run("0").info.run_id for _ in range(2))
    uri = f"prompts:/{name}/1"
    client.register_prompt(name, "Hello {{who}}")
    if MAJOR < 3:
        client.log_prompt(one, uri)
        client.log_prompt(other, uri)
    else:
        client.set_prompt_version_tag(name, 1, "mlflow.prompt.associatedRunIds", f"{one},{other}")
    assert [found.name for found in client.list_logged_prompts(one)] == [name]
    client.detach_prompt_from_run(one, uri)
    assert list(client.list_logged_prompts(one)) == []
    assert [found.name for found in client.list_logged_prompts(other)] == [name]
    with refused("INVALID_PARAMETER_VALUE"):
        client.detach_prompt_from_run("0" * 32, uri)


@until(2)
def prompt_of_mlflow_2_is_registered_and_deleted(scene: Scene) -> None:
    """Its clients delete a version at a time, and the prompt with the last one."""
    client, name = scene.client, scene.name("old")
    for text in ("Hello {{who}}", "Good day {{who}}"):
        client.register_prompt(name, text, commit_message="said", tags={"team": "x"})
    assert client.load_prompt(f"prompts:/{name}/2").template == "Good day {{who}}"
    client.set_prompt_alias(name, "live", 1)
    assert client.load_prompt(f"prompts:/{name}@live").template == "Hello {{who}}"
    client.delete_prompt_alias(name, "live")
    for version in (1, 2):
        client.delete_prompt(name, version)
    with refused("RESOURCE_DOES_NOT_EXIST"):
        client.load_prompt(f"prompts:/{name}/1")
