"""How does a person give a registry another key for its checkpoints, on the machine that has the present one?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from holotype.cli import output
from holotype.cli.admin import HERE_PLACE, call_of, opened
from holotype.cli.flags import CONFIG, HERE, Place
from holotype.cli.options import OUTPUT, Output


def rotate(
    *,
    lost: bool = False,
    config: Annotated[Path | None, CONFIG] = None,
    place: Annotated[Place, HERE_PLACE] = HERE,
    to: Output = OUTPUT,
) -> None:
    """Make a new key for checkpoints and retire the one in force.

    The old key signs one last checkpoint, so that whoever trusts it trusts the new one. Its file may go afterwards.

    Args:
        lost: The file of the key in force is lost; verifiers will have to be told of the new key in another way.
    """
    with opened(place, config) as registry:
        from holotype.operations.migrate import check  # noqa: PLC0415 - a server's package
        from holotype.operations.rotate_key import rotate_key  # noqa: PLC0415
        from holotype.operations.signing_keys import place as file_of  # noqa: PLC0415

        check(registry.database)
        key = rotate_key(call_of(registry), lost=lost)
        file = file_of(registry.settings, key.id)
    if to.json:
        output.document({"id": key.id, "verifier": key.verifier, "file": str(file)})
        return
    output.say(key.verifier)
    output.note(f"Its private half is in {file}, which every server that shall sign needs.")
