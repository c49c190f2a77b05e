"""How is a table of a policy read? Key by key; what is misspelt, missing or of another type is noted with its line.

Reading goes on after a fault, so that somebody who wrote a policy learns of all of them at once.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from holotype.domain.policy_keys import Key, Kind
from holotype.domain.policy_lines import Path, line_of
from holotype.errors import InvalidPolicy

LARGEST = 2**53
_TOLD = 20
_LONGEST_TEXT = 20_000
_DURATION = re.compile(r"([0-9]{1,5})([dhms])")
_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_LONGEST = timedelta(days=3_650)


class Faults:
    """What is wrong with a text, each thing with its line."""

    def __init__(self, lines: Mapping[Path, int]) -> None:
        """Begin with none; ``lines`` says where each path of the text stands."""
        self._lines = lines
        self._found: dict[tuple[int, str], None] = {}

    def add(self, path: Path, reason: str) -> None:
        """Note what is wrong with the thing at a path."""
        self._found[line_of(self._lines, path), reason] = None

    def __len__(self) -> int:
        """Count what was noted."""
        return len(self._found)

    def check(self) -> None:
        """Raise ``InvalidPolicy`` with everything that was noted, if anything was."""
        if self._found:
            raise refusal(sorted(self._found, key=lambda one: one[0]))


def refusal(found: Sequence[tuple[int, str]]) -> InvalidPolicy:
    """Return the error for what is wrong: all of it in the detail, a line each, the first on top."""
    told = [f"Line {line}: {reason}" for line, reason in found]
    more = [f"… and {len(told) - _TOLD} more"] if len(told) > _TOLD else []
    return InvalidPolicy("\n  ".join([*told[:_TOLD], *more]), hint="The whole file was refused; nothing was changed.")


def read_table(faults: Faults, path: Path, value: object, keys: Sequence[Key], *, more: bool = False) -> dict[str, Any]:
    """Return the values of a table under their keys; without those that are wrong, each of which is noted.

    With ``more``, other keys than those known are let through as they are.
    """
    if not isinstance(value, dict):
        faults.add(path, f"{spelt(path)} is a table, not {_shown(value)}.")
        return {}
    known = {key.name: key for key in keys}
    values: dict[str, Any] = {}
    for name, given in value.items():
        if name in known:
            _keep(faults, (*path, name), known[name], given, values)
        elif more:
            values[name] = given
        else:
            faults.add((*path, name), f"{spelt(path)} has no key {name[:80]!r}. {near(name, known)}")
    for key in keys:
        if key.required and key.name not in value:
            faults.add(path, f"{spelt(path)} needs the key {key.name!r}: {key.help}")
    return values


def tables(faults: Faults, path: Path, value: Sequence[object], most: int) -> Iterator[tuple[Path, object]]:
    """Give each item of a list of tables with its path; more than there may be are noted and left out."""
    if len(value) > most:
        faults.add(path, f"{spelt(path)} has {len(value):,} entries; {most} at most are taken.")
    for place, one in enumerate(value[:most]):
        yield (*path, place), one


def near(name: str, known: Collection[str]) -> str:
    """Return a question after the word that was meant, or the words that there are."""
    found = difflib.get_close_matches(name[:80], known, 1)
    return f"Did you mean {found[0]!r}?" if found else f"There are: {', '.join(known) or 'none'}."


def spelt(path: Path) -> str:
    """Return how a message names a place: ``moves[1].gates[2]``, counted from 1."""
    said = ""
    for part in path:
        said += f"[{part + 1}]" if isinstance(part, int) else f".{part[:80]}" if said else part[:80]
    return said or "A policy"


def duration(value: object) -> timedelta | None:
    """Return the time that a text such as ``7d`` means, at most ten years; nothing for anything else."""
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    read = timedelta(**{_UNITS[found[2]]: int(found[1])})
    return read if timedelta() < read <= _LONGEST else None


def _keep(faults: Faults, path: Path, key: Key, given: object, values: dict[str, Any]) -> None:
    read = _read(key.kind, given)
    if read is None:
        faults.add(path, f"{spelt(path)} is {key.kind}, not {_shown(given)}.")
    else:
        values[key.name] = read


def _read(kind: Kind, given: object) -> object | None:
    if kind is Kind.TIME:
        return duration(given)
    if kind is Kind.COUNT:
        return given if isinstance(given, int) and not isinstance(given, bool) and abs(given) < LARGEST else None
    if kind is Kind.TEXTS:
        return given if isinstance(given, list) and all(map(_is_text, given)) else None
    if kind is Kind.TEXT:
        return given if _is_text(given) else None
    plain = {Kind.SWITCH: bool, Kind.TABLE: dict, Kind.TABLES: list}[kind]
    return given if isinstance(given, plain) else None


def _is_text(given: object) -> bool:
    return isinstance(given, str) and given.strip() != "" and len(given) <= _LONGEST_TEXT


def _shown(given: object) -> str:
    """Return a short form of what was given; of a number that nobody can read, that it is one."""
    if isinstance(given, dict | list):
        return "a table" if isinstance(given, dict) else "a list"
    if isinstance(given, int) and abs(given) >= LARGEST:
        return "a number so large"
    return repr(given)[:60]
