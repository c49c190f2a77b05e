"""How does a person create a model before its first version?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from holotype.cli import output, parsing
from holotype.cli.options import CARD, COMMON, TAG, Common


def create(
    model: str,
    /,
    *,
    description: str = "",
    card: Annotated[Path | None, CARD] = None,
    tag: Annotated[tuple[str, ...], TAG] = (),
    common: Common = COMMON,
) -> None:
    """Create a model that has no version yet.

    `holotype push` creates the model of its first version by itself.

    Args:
        model: The model, as namespace/name.
        description: What the model is for.
    """
    text = parsing.text_of(card)
    with common.connect() as client:
        made = client.create_model(model, description=description, card=text, tags=parsing.tags(tag))
    if common.json:
        output.document(made)
    else:
        output.say(f"created {made.reference}")
        output.hint(f"next `holotype push PATH {made.reference}`")
