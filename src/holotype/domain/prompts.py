"""Which file is a prompt that a client of MLflow registers? Its text, which the client sends as a tag."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

TEXT, TYPE, CHAT = "mlflow.prompt.text", "_mlflow_prompt_type", "chat"


class PromptFile(NamedTuple):
    """The one file of a prompt."""

    path: str
    content: bytes


def content_of(tags: Mapping[str, str]) -> PromptFile | None:
    """Return the file of a prompt: ``prompt.txt``, or ``prompt.json`` where it is a chat; nothing without a text."""
    text = tags.get(TEXT)
    if not text:
        return None
    return PromptFile("prompt.json" if tags.get(TYPE) == CHAT else "prompt.txt", text.encode())
