"""How do words of the command line become parameters, metrics, data references and parents?

--param   NAME=VALUE                      depth=6  early=true  note="6" (quoted: a text)
--metric  NAME[@DATASET[/SLICE]]=NUMBER   auc=0.93  auc@holdout/adults=0.9  recall@10=0.8
--data    [ROLE=]URI[@sha256:…]           s3://bucket/train.csv  validation=s3://bucket/valid.csv
--parent  REFERENCE[=RELATION]            bert:3=fine-tuned
--run     [TRACKER:]ID[=LINK]             mlflow:8c2f=https://tracker.example/8c2f
--tag     KEY=VALUE
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from holotype.cli.usage import UsageError

if TYPE_CHECKING:
    from holotype.domain.provenance import Data, Metric, Parent, Run, Schema

_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_WORDS = {"true": True, "false": False}
_LARGEST = 2**53
_ROLE = re.compile(r"([a-z][a-z-]*)=(.+)", re.DOTALL)
_DIGEST = re.compile(r"(.+)@(sha256:[0-9a-f]{64})", re.DOTALL)


def tags(words: Iterable[str]) -> dict[str, str]:
    """Read ``KEY=VALUE`` words."""
    return dict(_split(word, "--tag", "KEY=VALUE") for word in words)


def params(words: Iterable[str]) -> dict[str, str | int | float | bool]:
    """Read ``NAME=VALUE`` words; numbers and ``true``/``false`` become what they say, quotes keep a text a text."""
    return {name: value_of(text) for name, text in (_split(word, "--param", "NAME=VALUE") for word in words)}


def value_of(text: str) -> str | int | float | bool:
    """Return the number, truth value or text that a word says."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text) and abs(int(text)) < _LARGEST:
        return int(text)
    if _FLOAT.fullmatch(text) and not _INTEGER.fullmatch(text) and abs(float(text)) != float("inf"):
        return float(text)
    if len(text) > 1 and text[0] == text[-1] == '"':
        try:
            return str(json.loads(text))
        except ValueError:
            return text
    return text


def metrics(words: Iterable[str], lower: Iterable[str] = (), higher: Iterable[str] = ()) -> list[Metric]:
    """Read metrics; ``lower`` and ``higher`` name those for which that is better."""
    from holotype.domain.provenance import Metric  # noqa: PLC0415

    directions = {**dict.fromkeys(lower, "lower"), **dict.fromkeys(higher, "higher")}
    found = []
    for word in words:
        left, equals, number = word.rpartition("=")
        if not equals or not left:
            raise UsageError(f"--metric {word!r} is not NAME=NUMBER.", "For example: --metric auc@holdout=0.93")
        name, dataset, part = _place(left)
        found.append(Metric(name, _number(number, word), dataset, part, directions.get(name)))
    _all_used(directions, {metric.name for metric in found})
    return found


def _place(text: str) -> tuple[str, str | None, str | None]:
    """Split ``auc@holdout/adults``; what follows the last @ is a data set unless it starts with a digit (recall@10)."""
    name, at, place = text.rpartition("@")
    if not at or not name or not place or place[0].isdigit():
        return text, None, None
    dataset, _, part = place.partition("/")
    return name, dataset, part or None


def _number(text: str, word: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise UsageError(f"--metric {word!r} does not end in a number.", "For example: --metric auc=0.93") from None


def _all_used(directions: Iterable[str], names: set[str]) -> None:
    for name in directions:
        if name not in names:
            raise UsageError(f"There is no metric {name!r} to say a direction for.", f"Add --metric {name}=NUMBER.")


def data(words: Iterable[str]) -> list[Data]:
    """Read data references."""
    from holotype.domain.provenance import Data  # noqa: PLC0415

    found = []
    for word in words:
        with_role = _ROLE.fullmatch(word)
        role, rest = (with_role[1], with_role[2]) if with_role else ("training", word)
        with_digest = _DIGEST.fullmatch(rest)
        uri, digest = (with_digest[1], with_digest[2]) if with_digest else (rest, None)
        found.append(Data(uri, digest, role))
    return found


def parents(words: Iterable[str]) -> list[Parent]:
    """Read references of parents, each with an optional relation."""
    from holotype.domain.provenance import Parent  # noqa: PLC0415

    split = (word.partition("=") for word in words)
    return [Parent(reference, relation or "derived") for reference, _, relation in split]


def run(word: str | None) -> Run | None:
    """Read the run of a tracker."""
    from holotype.domain.provenance import Run  # noqa: PLC0415

    if word is None:
        return None
    identity, _, link = word.partition("=")
    tracker, colon, identifier = identity.partition(":")
    return Run(identifier, tracker, link or None) if colon else Run(identity, None, link or None)


def schema(file: Path | None) -> Schema | None:
    """Read a schema from a JSON file: ``{"inputs": [{"name", "type", "shape"}], "outputs": […]}``."""
    if file is None:
        return None
    import msgspec  # noqa: PLC0415

    from holotype.domain.provenance import Schema  # noqa: PLC0415
    from holotype.wire.provenance import Schema as Shape  # noqa: PLC0415

    try:
        shape = msgspec.json.decode(text_of(file), type=Shape)
    except msgspec.DecodeError as error:
        form = '{"inputs": [{"name": "age", "type": "float", "shape": [-1]}], "outputs": […]}'
        raise UsageError(f"--schema {file}: {error}.", f"A schema looks like this: {form}") from None
    converted: Any = msgspec.convert(msgspec.to_builtins(shape), Schema)
    return converted if isinstance(converted, Schema) else None


def moment(option: str, text: str | None) -> str | None:
    """Return a moment in the form of the wire; one without a zone is in UTC."""
    from datetime import datetime  # noqa: PLC0415

    from holotype.domain import times  # noqa: PLC0415

    if text is None:
        return None
    try:
        return times.text(times.from_micros(times.to_micros(datetime.fromisoformat(text))))
    except (ValueError, OverflowError):
        raise UsageError(f"{option} {text!r} is not a moment.", f"For example: {option} 2026-05-01T09:30:00Z") from None


def text_of(file: Path | None) -> str:
    """Return the text of a file, of standard input for ``-``, or nothing for no file."""
    if file is None:
        return ""
    if str(file) == "-":
        return sys.stdin.read()
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise UsageError(f"{file} is not UTF-8 text.") from None


def bytes_of(file: Path) -> bytes:
    """Return the bytes of a file, or of standard input for ``-``."""
    return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()


def _split(word: str, option: str, form: str) -> tuple[str, str]:
    key, equals, value = word.partition("=")
    if not equals or not key:
        raise UsageError(f"{option} {word!r} is not {form}.", f"For example: {option} {key or 'name'}=value")
    return key, value
