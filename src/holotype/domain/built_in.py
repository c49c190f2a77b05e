"""Which policies come with Holotype? ``default``, in force where none was applied, and ``strict``, for teams.

They are TOML files beside this one, explained line by line, as anybody would write them.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from holotype.domain.policy import Policy
from holotype.domain.policy_reading import read
from holotype.errors import Invalid

DEFAULT, STRICT = "default", "strict"
NAMES = (DEFAULT, STRICT)
_FOLDER = Path(__file__).parent / "policies"


@cache
def text(name: str) -> str:
    """Return the text of a built-in policy."""
    if name not in NAMES:
        raise Invalid(f"There is no built-in policy {name[:80]!r}.", hint=f"Choose {' or '.join(NAMES)}.")
    return (_FOLDER / f"{name}.toml").read_text(encoding="utf-8")


@cache
def default() -> Policy:
    """Return the policy of a namespace that never applied one; its number is 0."""
    return read(text(DEFAULT), lambda use: use)
