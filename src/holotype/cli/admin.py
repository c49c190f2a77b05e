"""How does a person look after a registry's database and store, on the machine that runs it?"""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from holotype.cli.flags import HERE, Place, given
from holotype.cli.options import OUTPUT, Output

_PLACE = Parameter(name="*")


def migrate(*, place: Annotated[Place, _PLACE] = HERE, to: Output = OUTPUT) -> None:
    """Bring the database to the schema of this release."""
    given(place)


def doctor(*, place: Annotated[Place, _PLACE] = HERE, to: Output = OUTPUT) -> None:
    """Compare the database's tables and indexes with what this release expects."""
    given(place)


def sweep(*, place: Annotated[Place, _PLACE] = HERE, to: Output = OUTPUT) -> None:
    """Remove bytes that nothing refers to and whose time is over."""
    given(place)
