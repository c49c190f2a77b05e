"""Is a prompt's text the content of its version, byte for byte?"""

from __future__ import annotations

from holotype.domain import prompts


def test_a_text_is_one_file() -> None:
    """With its blanks, its line ends and its braces."""
    text = "Answer {{ question }}\r\n  as ÖBB would.\n"
    tags = {prompts.IS_PROMPT: "true", prompts.TEXT: text, prompts.KIND: "text", "team": "risk"}
    assert prompts.content_of(tags) == [("prompt.txt", text.encode())]


def test_a_chat_is_json_with_what_shapes_its_answer() -> None:
    """Messages, response format and model config are files; each is what the tag says."""
    tags = {
        prompts.TEXT: '[{"role": "user", "content": "{{q}}"}]',
        prompts.KIND: "chat",
        prompts.RESPONSE_FORMAT: '{"type": "object"}',
        prompts.MODEL_CONFIG: '{"model_name": "x"}',
    }
    assert prompts.content_of(tags) == [
        ("prompt.json", b'[{"role": "user", "content": "{{q}}"}]'),
        ("response_format.json", b'{"type": "object"}'),
        ("model_config.json", b'{"model_name": "x"}'),
    ]


def test_a_prompt_without_text_is_a_prompt_all_the_same() -> None:
    """MLflow takes it, and half a character does not make registration fail."""
    assert prompts.content_of({}) == [("prompt.txt", b"")]
    assert prompts.content_of({prompts.TEXT: "a\ud800"}) == [("prompt.txt", b"a?")]


def test_what_is_a_prompt_says_so_in_a_tag() -> None:
    """In either case of letters, as MLflow asks."""
    assert prompts.is_prompt({prompts.IS_PROMPT: "True"})
    assert not prompts.is_prompt({prompts.IS_PROMPT: "false"})
    assert not prompts.is_prompt({})
