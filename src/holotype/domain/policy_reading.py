"""Which policy does a TOML text say? All of it, or none: any fault refuses the whole, with every fault and its line.

    text  →  tomllib  →  tables, key by key (``policy_table``)  →  stages, moves, rules  →  Policy
             syntax      misspelt, missing, of another type        what makes no sense

What is wrong with a gate, only the layer above can tell: it passes in a function that builds one.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from holotype.domain import names, policy_keys
from holotype.domain.lifecycle import NONE, Stage
from holotype.domain.policy import AliasRule, Emergency, Move, Policy, TrustedKey
from holotype.domain.policy_lines import Path, locate
from holotype.domain.policy_rules import Build, Text, read_rule, selectors, unique
from holotype.domain.policy_table import Faults, near, read_table, refusal, spelt, tables
from holotype.errors import HolotypeError, Invalid, InvalidPolicy

Trust = Callable[[TrustedKey], object]
FORMAT = 1
LIMIT = 64 * 1024
_MOST_DOTS = 200
_MOST_STAGES, _MOST_MOVES, _MOST_ALIASES, _MOST_KEYS = 30, 200, 50, 50
_PLACE = re.compile(r" \(at line ([0-9]+), column ([0-9]+)\)$")
_PATTERN = re.compile(r"[A-Za-z0-9._*?\[\]!-]{1,128}")
_PEM = re.compile(r"-----BEGIN (PUBLIC KEY|CERTIFICATE)-----\s[A-Za-z0-9+/=\s]{40,16000}-----END \1-----")


def read(text: str, build: Build, trust: Trust | None = None) -> Policy:
    """Return the policy of a text, or raise ``InvalidPolicy``.

    ``build`` raises ``Invalid`` for a gate with a fault, ``trust`` for a key that cannot be used.
    """
    digest = _digest(text)
    plain = _parse(text)
    lines = locate(text)
    faults = Faults(lines)
    values = read_table(faults, (), plain, policy_keys.POLICY)
    if values.get("format", FORMAT) != FORMAT:
        faults.add(("format",), f"This release reads format {FORMAT}, not {values['format']}.")
    stages = _stages(faults, values.get("stages"))
    keys = tuple(_keys(faults, values.get("keys", ()), trust))
    whole = Text(faults, lines, build, stages, [key.name for key in keys])
    moves = tuple(_moves(whole, values.get("moves", ())))
    aliases = tuple(_aliases(whole, values.get("aliases", ())))
    emergency = _emergency(faults, values.get("emergency"))
    faults.check()
    return Policy(stages, moves, aliases, keys, emergency, digest=digest, text=text)


def digest_of(text: str) -> str:
    """Return the digest by which a policy is known: that of its text."""
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _digest(text: str) -> str:
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise refusal([(1, "The text holds characters that cannot be written as UTF-8.")]) from None
    if size > LIMIT:
        raise InvalidPolicy(f"A policy has at most {LIMIT:,} bytes; this one has {size:,}.")
    if text.startswith("\ufeff"):
        raise refusal([(1, "The text begins with a byte order mark. Save it as UTF-8 without one.")])
    return digest_of(text)


def _parse(text: str) -> dict[str, Any]:
    """Return what the text says as plain values; its words come from tomllib, its line is moved to the front."""
    crowded = next((place for place, line in enumerate(text.split("\n"), 1) if _crowded(line)), None)
    if crowded is not None:
        raise refusal([(crowded, f"There are more than {_MOST_DOTS} dots on this line.")])
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said = str(error)
        found = _PLACE.search(said)
        line = int(found[1]) if found else text.count("\n") + 1
        what = said[: found.start()] if found else said.replace(" (at end of document)", " at the end")
        raise refusal([(line, f"This is not TOML: {what[:200]}.")]) from None
    except (ValueError, RecursionError, OverflowError) as error:
        what = "is nested too deeply" if isinstance(error, RecursionError) else "holds a number that cannot be read"
        raise InvalidPolicy(f"The text {what}.") from None


def _crowded(line: str) -> bool:
    """Say whether a line could hold a key of so many parts that tomllib would take minutes to read it."""
    return line.count(".") > _MOST_DOTS and not line.lstrip().startswith("#")


def _stages(faults: Faults, given: Mapping[str, object] | None) -> dict[str, Stage]:
    if given is None:
        return {}
    path: Path = ("stages",)
    found: dict[str, Stage] = {}
    whole: list[str] = []
    if next(iter(given), None) != NONE:
        faults.add(path, f"The first stage is {NONE!r}: every version begins there. Write [stages.{NONE}] first.")
    if len(given) > _MOST_STAGES:
        faults.add(path, f"A policy has {_MOST_STAGES} stages at most, not {len(given):,}.")
    for name, one in list(given.items())[:_MOST_STAGES]:
        here, before = (*path, name), len(faults)
        values = read_table(faults, here, one, policy_keys.STAGE)
        wrong = _stage_name(name)
        if wrong is not None:
            faults.add(here, wrong)
        if len(faults) == before:
            whole.append(name)
        found[name] = Stage(name, values.get("single", False), values.get("replaced_to"))
    for name in whole:  # what was not understood has faults enough
        for wrong in _stage_faults(found[name], found):
            faults.add((*path, name), wrong)
    return found


def _stage_name(name: str) -> str | None:
    if name.isdigit() or name == names.LATEST:
        return f"{name!r} cannot be a stage: as a label it means a version number or the latest version."
    try:
        names.component(name, "stage")
    except HolotypeError as error:
        return str(error)
    return None


def _stage_faults(stage: Stage, stages: Mapping[str, Stage]) -> Iterator[str]:
    if stage.name == NONE and stage.single:
        yield f"The stage {NONE!r} holds any number of versions: it cannot be single."
    target = stage.replaced_to
    if target is None:
        return
    if not stage.single:
        yield f"The stage {stage.name!r} is not single, so nothing is replaced in it."
    if target not in stages:
        yield f"There is no stage {target[:80]!r} to which {stage.name!r} could send. {near(target, stages)}"
    elif target == stage.name or stages[target].single:
        yield f"The stage {stage.name!r} sends to {target!r}, which may hold a version already."


def _moves(whole: Text, given: list[object]) -> Iterator[Move]:
    faults, stages = whole.faults, whole.stages
    taken: set[tuple[str, str]] = set()
    for path, one in tables(faults, ("moves",), given, _MOST_MOVES):
        values = read_table(faults, path, one, policy_keys.MOVE)
        sources, target = values.get("from", []), values.get("to", "")
        if "from" in values and not sources:
            faults.add((*path, "from"), f"{spelt(path)} leads from nowhere.")
        unique(faults, (*path, "from"), sources)
        for place, name in enumerate(sources):
            _known(faults, (*path, "from", place), name, stages)
        if "to" in values:
            _known(faults, (*path, "to"), target, stages)
        for source in dict.fromkeys(sources):
            if source == target:
                faults.add((*path, "to"), f"{spelt(path)} leads from {source!r} to itself.")
            if (source, target) in taken and target:
                faults.add(path, f"A move from {source[:80]!r} to {target[:80]!r} is there already.")
            taken.add((source, target))
        yield Move(tuple(sources), target, read_rule(whole, path, values))


def _known(faults: Faults, path: Path, name: str, stages: Collection[str]) -> None:
    if name not in stages and stages:
        faults.add(path, f"There is no stage {name[:80]!r}. {near(name, stages)}")


def _aliases(whole: Text, given: list[object]) -> Iterator[AliasRule]:
    faults = whole.faults
    taken: set[str] = set()
    for path, one in tables(faults, ("aliases",), given, _MOST_ALIASES):
        values = read_table(faults, path, one, policy_keys.ALIAS)
        pattern = values.get("pattern", "*")
        if not _PATTERN.fullmatch(pattern):
            faults.add((*path, "pattern"), f"{pattern[:80]!r} matches no alias: it has letters, digits, '.', '_', '-'.")
        if pattern in taken:
            faults.add((*path, "pattern"), f"The pattern {pattern[:80]!r} is there already.")
        taken.add(pattern)
        yield AliasRule(pattern, read_rule(whole, path, values))


def _keys(faults: Faults, given: list[object], trust: Trust | None) -> Iterator[TrustedKey]:
    taken: set[str] = set()
    for path, one in tables(faults, ("keys",), given, _MOST_KEYS):
        values = read_table(faults, path, one, policy_keys.TRUSTED)
        name, public = values.get("name"), values.get("public")
        if name is not None:
            try:
                names.component(name, "key")
            except HolotypeError as error:
                faults.add((*path, "name"), str(error))
            if name in taken:
                faults.add((*path, "name"), f"There is a key {name[:80]!r} already.")
            taken.add(name)
        if public is not None and not _PEM.fullmatch(public.strip()):
            faults.add((*path, "public"), f"{spelt(path)}.public is no public key and no certificate in PEM form.")
        elif name is not None and public is not None:
            yield _trusted(faults, path, TrustedKey(name, public), trust)


def _trusted(faults: Faults, path: Path, key: TrustedKey, trust: Trust | None) -> TrustedKey:
    try:
        if trust is not None:
            trust(key)
    except Invalid as error:
        faults.add((*path, "public"), str(error))
    return key


def _emergency(faults: Faults, given: object) -> Emergency:
    if given is None:
        return Emergency()
    path: Path = ("emergency",)
    values = read_table(faults, path, given, policy_keys.EMERGENCY)
    usual = Emergency()
    among = selectors(faults, (*path, "from"), values["from"]) if "from" in values else usual.among
    return Emergency(among, values.get("longest", usual.longest))
