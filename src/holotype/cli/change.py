"""How does a person change what is said about a model or version, delete it, and bring it back?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from holotype.cli import output, parsing
from holotype.cli.options import CARD, COMMON, TAG, Common
from holotype.cli.usage import UsageError


def edit(
    reference: str,
    /,
    *,
    description: str | None = None,
    card: Annotated[Path | None, CARD] = None,
    tag: Annotated[tuple[str, ...], TAG] = (),
    untag: Annotated[tuple[str, ...], Parameter(metavar="KEY")] = (),
    common: Common = COMMON,
) -> None:
    """Change the description, the card or the tags of a model or a version.

    The files and the provenance of a version never change.

    Args:
        reference: The model or version.
        description: The new description.
        untag: A tag to remove; may be repeated.
    """
    from holotype.domain import references  # noqa: PLC0415

    if description is None and card is None and not tag and not untag:
        raise UsageError("There is nothing to change.", "Give --description, --card, --tag or --untag.")
    text = None if card is None else parsing.text_of(card)
    tags: dict[str, str | None] = {**dict.fromkeys(untag), **parsing.tags(tag)}
    with common.connect() as client:
        change = client.change_version if references.parse(reference).names_version else client.change_model
        changed = change(reference, description=description, card=text, tags=tags)
    if common.json:
        output.document(changed)
    else:
        output.say(f"changed {changed.reference}")


def rename(model: str, name: str, /, *, common: Common = COMMON) -> None:
    """Give a model another name; everything that belongs to it goes with it.

    The old name is free from then on.

    Args:
        model: The model.
        name: The new name, without the namespace.
    """
    with common.connect() as client:
        renamed = client.rename(model, name)
    if common.json:
        output.document(renamed)
    else:
        output.say(f"renamed to {renamed.reference}")


def delete(reference: str, /, *, common: Common = COMMON) -> None:
    """Delete a model or a version that nothing holds; it can be restored for a while.

    Args:
        reference: The model or version.
    """
    with common.connect() as client:
        client.delete(reference)
    if common.json:
        output.document({"deleted": reference})
    else:
        output.say(f"deleted {reference}")
        output.hint(f"`holotype restore {reference}` brings it back until the grace period is over")


def restore(reference: str, /, *, common: Common = COMMON) -> None:
    """Bring a deleted model or version back.

    Args:
        reference: The model, or the version by its number or digest.
    """
    with common.connect() as client:
        restored = client.restore(reference)
    if common.json:
        output.document(restored)
    else:
        output.say(f"restored {restored.reference}")
