"""Which version was pulled into a directory? Noted beside the user's other state, never among the files themselves.

    ${XDG_STATE_HOME:-~/.local/state}/holotype/pulls/<hash of the directory's path>.json

So a pulled directory holds exactly the version's files, and pushing it again gives the same digest. The price: a
directory that is moved must be verified with its reference.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path

import msgspec

from holotype.errors import LocalProblem
from holotype.wire import decoding


class Receipt(msgspec.Struct):
    """What was pulled, from where, and with which globs."""

    url: str
    reference: str
    digest: str
    include: list[str] = []


def write(root: Path, receipt: Receipt) -> None:
    """Note a pull; where that cannot be written, the pull is as good without."""
    with suppress(OSError):
        place = _place(root)
        place.parent.mkdir(parents=True, exist_ok=True)
        temporary = place.with_suffix(f".{os.getpid()}.tmp")
        temporary.write_bytes(msgspec.json.encode(_joined(place, receipt)))
        temporary.replace(place)


def read(root: Path) -> Receipt:
    """Return what was pulled into a directory, or raise ``LocalProblem``."""
    found = _read(_place(root))
    if found is None:
        raise LocalProblem(
            f"It is not known which version was pulled into {root}.", hint=f"Say it: `holotype verify REF {root}`."
        )
    return found


def refuse_another(root: Path, digest: str) -> None:
    """Raise ``LocalProblem`` where another version was pulled before: files of both would lie there side by side."""
    before = _read(_place(root))
    if before is None or before.digest == digest or not root.is_dir() or not any(root.iterdir()):
        return
    raise LocalProblem(
        f"{root} holds {before.reference}, which was pulled there before. Nothing was written.",
        hint="Pull into another directory, or allow overwriting (--overwrite).",
    )


def _joined(place: Path, receipt: Receipt) -> Receipt:
    """Return a receipt that also covers what was pulled of the same version before."""
    before = _read(place)
    if before is None or before.digest != receipt.digest:
        return receipt
    whole = not before.include or not receipt.include
    include = [] if whole else sorted({*before.include, *receipt.include})
    return Receipt(receipt.url, receipt.reference, receipt.digest, include)


def _read(place: Path) -> Receipt | None:
    try:
        return decoding.read(place.read_bytes(), Receipt)
    except (OSError, msgspec.DecodeError):
        return None


def _place(root: Path) -> Path:
    home = os.environ.get("XDG_STATE_HOME")
    base = Path(home) if home else Path.home() / ".local" / "state"
    name = hashlib.sha256(os.fsencode(root.resolve())).hexdigest()[:32]
    return base / "holotype" / "pulls" / f"{name}.json"
