"""Which files are a prompt that MLflow's clients register as tags of a version?

    mlflow.prompt.text                    prompt.txt, or prompt.json where the type says ``chat``: its text exactly
    _mlflow_prompt_response_format        response_format.json
    _mlflow_prompt_model_config           model_config.json, as it was when the prompt was registered

So approvals, evidence and signatures bind to exactly this text. The tags stay, because clients read the prompt there;
those in ``SEALED`` are content, which never changes, and so nobody sets or removes them later. The model config may
change later, as it does in MLflow; the file keeps what was registered.
"""

from __future__ import annotations

from collections.abc import Mapping

IS_PROMPT = "mlflow.prompt.is_prompt"
TEXT, KIND = "mlflow.prompt.text", "_mlflow_prompt_type"
RESPONSE_FORMAT, MODEL_CONFIG = "_mlflow_prompt_response_format", "_mlflow_prompt_model_config"
SEALED = frozenset({IS_PROMPT, TEXT, KIND, RESPONSE_FORMAT})
"""Tags of a prompt's version that say what it is."""
CHAT = "chat"


def is_prompt(tags: Mapping[str, str]) -> bool:
    """Say whether the tags of a model or a version are those of a prompt."""
    return tags.get(IS_PROMPT, "").lower() == "true"


def content_of(tags: Mapping[str, str]) -> list[tuple[str, bytes]]:
    """Return paths and bytes of the files that the tags of a prompt's version hold; an empty text is one too."""
    first = "prompt.json" if tags.get(KIND) == CHAT else "prompt.txt"
    found = [(first, tags.get(TEXT, ""))]
    beside = (("response_format.json", RESPONSE_FORMAT), ("model_config.json", MODEL_CONFIG))
    found += [(path, tags[key]) for path, key in beside if tags.get(key)]
    return [(path, text.encode("utf-8", "replace")) for path, text in found]
