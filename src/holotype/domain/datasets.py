"""What is the address of a data set that a tracker describes? One text, that says which data it was.

{"uri": "s3://lake/train.csv"}                       s3://lake/train.csv
{"url": "https://example.org/wine.csv"}              https://example.org/wine.csv
{"path": "imdb", "revision": "a1b2", "split": …}     hf://datasets/imdb@a1b2 (split train)
{"delta_table_name": "main.risk", "…version": 3}     main.risk@v3
{"sql": "SELECT …"}                                  sql:SELECT …
{"tags": {"mlflow.source.name": "train.py"}}         code:train.py
anything else                                        dataset:<its name>
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from holotype.domain.runs import Input

Said = dict[str, Any]
_HUGGING_FACE = ("hugging_face", "huggingface")
_SHA256 = re.compile(r"(?:sha256:)?([0-9a-f]{64})")


def address_of(data: Input) -> str:
    """Return the address of a data set, made from what its source says as JSON."""
    said = _read(data.source)
    if data.kind in _HUGGING_FACE:
        return _hugging_face(said) or _named(data)
    found = (reading(said) for reading in _READINGS)
    return next(filter(None, found), None) or _named(data)


def digest_of(data: Input) -> str | None:
    """Return the digest of a data set where what the tracker noted is a SHA-256."""
    found = _SHA256.fullmatch(data.digest)
    return f"sha256:{found[1]}" if found else None


def _read(source: str) -> Said:
    try:
        said = json.loads(source)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _named(data: Input) -> str:
    return f"dataset:{data.name or data.digest or 'unknown'}"


def _text(said: Said, name: str) -> str:
    value = said.get(name)
    return value if isinstance(value, str) else ""


def _hugging_face(said: Said) -> str:
    path, revision = _text(said, "path"), said.get("revision")
    if not path:
        return ""
    parts = [f"{word} {said[key]}" for key, word in (("config_name", "config"), ("split", "split"))
             if said.get(key) not in (None, "", "None")]  # fmt: skip
    at = f"@{revision}" if isinstance(revision, str) and revision else ""
    return f"hf://datasets/{path}{at}" + (f" ({', '.join(parts)})" if parts else "")


def _delta(said: Said) -> str:
    where, version = _text(said, "path") or _text(said, "delta_table_name"), said.get("delta_table_version")
    return f"{where}@v{version}" if where and isinstance(version, int | str) and version != "" else where


def _code(said: Said) -> str:
    tags = said.get("tags")
    name = _text(tags, "mlflow.source.name") if isinstance(tags, dict) else ""
    return f"code:{name}" if name else ""


def _after(prefix: str, name: str) -> Callable[[Said], str]:
    return lambda said: f"{prefix}{value}" if (value := _text(said, name)) else ""


_READINGS: tuple[Callable[[Said], str], ...] = (
    _after("", "uri"),
    _after("", "url"),
    _delta,
    _after("table:", "table_name"),
    _after("sql:", "sql"),
    _after("dataset:", "dataset_id"),
    _code,
)
