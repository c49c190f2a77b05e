"""Prompts are registered models to MLflow 3, and are kept like them here."""

from __future__ import annotations

import mlflow
from scenarios.base import Scene, since

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
