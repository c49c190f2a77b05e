"""What is written when the words about a version change? Shared by the verbs that bring some."""

from __future__ import annotations

from holotype.catalogue import models, tags, versions
from holotype.db import Tx
from holotype.domain import prompts
from holotype.domain.entities import Version
from holotype.domain.events import Action
from holotype.errors import Conflict
from holotype.ledger import append
from holotype.operations import entries
from holotype.operations.call import Call
from holotype.operations.words import Words


def news(tx: Tx, version: Version, words: Words) -> Words:
    """Return what of the words differs from what is said about a version; its card is read only beside another."""
    card = None if words.card is None else versions.card(tx, version.id)
    return words.beside(Words(version.description, card, version.tags))


def reword(tx: Tx, call: Call, version: Version, new: Words) -> None:
    """Write new words about a version; the caller holds the model's lock."""
    _check_sealed(version, new)
    versions.change(tx, version.id, call.now, **new.columns)
    models.change(tx, version.model_id, call.now)
    tags.tag_version(tx, version.id, new.tags)
    entry = entries.about(version, Action.VERSION_CHANGED, new.recorded)
    append.append(tx, actor=call.actor, now=call.now, entries=[entry])


def _check_sealed(version: Version, new: Words) -> None:
    """Raise where tags would change that are what a prompt is made of."""
    sealed = sorted(prompts.SEALED & new.tags.keys()) if prompts.is_prompt(version.tags) else []
    if sealed:
        raise Conflict(
            f"The tag {sealed[0]} is the content of the prompt {version.reference}, which never changes.",
            hint="Register another version of the prompt.",
        )
