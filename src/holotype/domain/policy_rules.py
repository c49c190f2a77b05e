"""What does a policy ask of a move or of a protected alias? Its gates, its approvals, and how long a request waits."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from holotype.domain import names, policy_keys
from holotype.domain.permissions import ROLES
from holotype.domain.policy import AUTHOR, REQUESTER, ApprovalRule, GateUse, Rule
from holotype.domain.policy_lines import Path, line_of
from holotype.domain.policy_table import LARGEST, Faults, near, read_table, spelt, tables
from holotype.errors import HolotypeError, Invalid

Build = Callable[[GateUse], object]
"""Makes a gate of its use in a policy, or raises ``Invalid`` with what is wrong with it."""

PROVENANCE_GATE, PROVENANCE_SETTING = "provenance-complete", "fields"
"""The gate and its setting for which the key ``provenance`` of a rule is short."""
NAMES_KEYS, NAMES_STAGE = frozenset({"keys", "signed_by"}), "stage"
"""Settings that, whatever the gate, name keys of the policy, or one of its stages."""
_MOST_GATES, _MOST_APPROVALS, _MOST_PERSONS, _MOST_SELECTORS = 50, 10, 100, 50
_EXCLUDABLE = (REQUESTER, AUTHOR)


@dataclass(frozen=True, slots=True)
class Text:
    """What is being read: its faults, its lines, what builds its gates, and the names that gates may use."""

    faults: Faults
    lines: Mapping[Path, int]
    build: Build
    stages: Collection[str]
    keys: Collection[str]


def read_rule(text: Text, path: Path, values: Mapping[str, Any]) -> Rule:
    """Return the rule that the values of a move or an alias say; what is wrong with it is noted."""
    faults = text.faults
    gates = list(_provenance(text, path, values))
    gates += _gates(text, (*path, "gates"), values.get("gates", ()))
    approvals = tuple(_approvals(text.faults, (*path, "approvals"), values.get("approvals", ())))
    automatic = bool(values.get("automatic", False))
    if automatic and approvals:
        faults.add((*path, "automatic"), f"{spelt(path)} cannot be automatic and want approvals.")
    if automatic and not gates:
        faults.add((*path, "automatic"), f"{spelt(path)} cannot be automatic without a gate.")
    given = {"expires": values["expires"]} if "expires" in values else {}
    return Rule(tuple(gates), approvals, automatic=automatic, **given)


def selectors(faults: Faults, path: Path, given: Sequence[str]) -> tuple[str, ...]:
    """Return who is selected by ``role:…``, ``team:…`` and ``user:…``; what is none of them is noted."""
    if not given:
        faults.add(path, f"{spelt(path)} selects nobody.")
    if len(given) > _MOST_SELECTORS:
        faults.add(path, f"{spelt(path)} has {len(given):,} entries; {_MOST_SELECTORS} at most are taken.")
    unique(faults, path, given)
    for place, one in enumerate(given[:_MOST_SELECTORS]):
        wrong = _selector(one)
        if wrong is not None:
            faults.add((*path, place), f"{spelt(path)}: {wrong}")
    return tuple(given)


def unique(faults: Faults, path: Path, given: Sequence[str]) -> None:
    """Note what is there twice."""
    for place, one in enumerate(given):
        if one in given[:place]:
            faults.add((*path, place), f"{spelt(path)} has {one[:80]!r} twice.")
            return


def _selector(one: str) -> str | None:
    kind, colon, name = one.partition(":")
    if not colon or kind not in {"role", "team", "user"}:
        return f"{one[:80]!r} selects nobody. Write 'role:reviewer', 'team:NAME' or 'user:NAME'."
    if kind == "role":
        return None if name in ROLES else f"There is no role {name[:80]!r}. {near(name, ROLES)}"
    try:
        names.component(name, "team") if kind == "team" else names.principal(name)
    except HolotypeError as error:
        return str(error)
    return None


def _provenance(text: Text, path: Path, values: Mapping[str, Any]) -> Iterator[GateUse]:
    if "provenance" not in values:
        return
    here = (*path, "provenance")
    use = GateUse(PROVENANCE_GATE, {PROVENANCE_SETTING: tuple(values["provenance"])}, line_of(text.lines, here))
    _build(text, here, use)
    yield use


def _gates(text: Text, path: Path, given: Sequence[object]) -> Iterator[GateUse]:
    seen: list[tuple[str, Mapping[str, object]]] = []
    for here, one in tables(text.faults, path, given, _MOST_GATES):
        values = read_table(text.faults, here, one, policy_keys.GATE, more=True)
        name = values.pop("gate", None)
        if name is None:
            continue
        plain = [_plain(text.faults, (*here, key), value) for key, value in values.items()]
        if not all(plain):
            continue
        if (name, values) in seen:
            text.faults.add(here, f"{spelt(here)} asks the gate {name[:80]!r} a second time with the same settings.")
        seen.append((name, values))
        use = GateUse(name, values, line_of(text.lines, here))
        _build(text, here, use)
        yield use


def _build(text: Text, path: Path, use: GateUse) -> None:
    try:
        text.build(use)
    except Invalid as error:
        named = next((key for key in use.settings if repr(key) in error.detail), None)
        text.faults.add(path if named is None else (*path, named), str(error))
        return
    for setting, value in use.settings.items():
        _check_names(text, (*path, setting), setting, value if isinstance(value, list) else [value])


def _check_names(text: Text, path: Path, setting: str, said: Sequence[object]) -> None:
    """Note where a gate names a key or a stage that the policy does not have."""
    noun, known = ("key", text.keys) if setting in NAMES_KEYS else ("stage", text.stages)
    if setting in NAMES_KEYS or setting == NAMES_STAGE:
        for name in (str(one) for one in said if one not in known):
            text.faults.add(path, f"There is no {noun} {name[:80]!r} in this policy. {near(name, known)}")


def _plain(faults: Faults, path: Path, value: object) -> bool:
    """Say whether a setting is a text, a number, a truth value or a list of those; note it where it is not."""
    items = value if isinstance(value, list) else [value]
    plain = all(isinstance(one, str | int | float) and _fits(one) for one in items)
    if not plain:
        faults.add(path, f"{spelt(path)} is neither a text, nor a number, nor true or false, nor a list of those.")
    return plain


def _fits(one: str | float) -> bool:
    return not isinstance(one, int) or abs(one) < LARGEST


def _approvals(faults: Faults, path: Path, given: Sequence[object]) -> Iterator[ApprovalRule]:
    for here, one in tables(faults, path, given, _MOST_APPROVALS):
        values = read_table(faults, here, one, policy_keys.APPROVAL)
        count = values.get("count", 1)
        if not 1 <= count <= _MOST_PERSONS:
            faults.add((*here, "count"), f"{spelt(here)}.count is a number of persons, 1 to {_MOST_PERSONS}.")
        among = selectors(faults, (*here, "from"), values["from"]) if "from" in values else ()
        exclude = values.get("exclude", [])
        for place, word in enumerate(exclude):
            if word not in _EXCLUDABLE:
                faults.add(
                    (*here, "exclude", place), f"{spelt(here)} cannot exclude {word[:80]!r}. {near(word, _EXCLUDABLE)}"
                )
        yield ApprovalRule(count, among, frozenset(exclude))
