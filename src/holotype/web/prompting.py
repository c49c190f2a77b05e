"""How is a prompt shown? Its text, as far as the version's file is exactly that text; a chat turn by turn."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from holotype.domain import digest, prompts
from holotype.domain.entities import Version
from holotype.domain.references import Reference
from holotype.errors import HolotypeError
from holotype.operations.call import Call
from holotype.operations.read_file import read_file

_SHOWN = 50_000
"""So many characters are shown; the rest is in the file."""


class Turn(msgspec.Struct, frozen=True):
    """What one side of a chat says."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """A file of a version and the text in it, cut where it is long; ``turns`` where it is a chat."""

    path: str
    text: str
    cut: bool
    turns: tuple[Turn, ...] = ()


_turns = msgspec.json.Decoder(list[Turn]).decode


def prompt_of(call: Call, where: Reference, version: Version) -> Prompt | None:
    """Return the prompt that a version is, if it is one: tags that say something else than its file are not shown."""
    if not prompts.is_prompt(version.tags):
        return None
    path, content = prompts.content_of(version.tags)[0]
    try:
        if read_file(call, where, path).file.digest != digest.of(content):
            return None
    except HolotypeError:  # no such file, or in quarantine
        return None
    text = content.decode("utf-8")
    chat = version.tags.get(prompts.KIND) == prompts.CHAT and len(text) <= _SHOWN
    return Prompt(path, text[:_SHOWN], len(text) > _SHOWN, _read(content) if chat else ())


def _read(content: bytes) -> tuple[Turn, ...]:
    try:
        return tuple(_turns(content))
    except (msgspec.MsgspecError, RecursionError):
        return ()
