"""What does an MLmodel file say? Its flavours and its signature, from its lines: YAML is not loaded."""

from __future__ import annotations

import json
import re
from typing import Any

from holotype.inspect.head import Head

_READ = 2**18
_KEY = re.compile(r"([ ]*)([\w.-]{1,80}):[ ]*(.*)")
_PLAIN = ("mlflow_version", "model_uuid", "run_id", "utc_time_created", "model_size_bytes")
_SIDES = ("inputs", "outputs")
_MOST = 64


def describe(head: Head) -> dict[str, Any]:
    """Return flavours, what was noted about the model, and the columns or tensors of its signature."""
    lines = head.read(0, _READ).decode("utf-8", "replace").splitlines()
    told: dict[str, Any] = {"flavours": []}
    section = ""
    for place, line in enumerate(lines):
        found = _KEY.fullmatch(line)
        if found is None:
            continue
        depth, key, value = len(found[1]), found[2], found[3]
        if depth == 0:
            section = key
            if key in _PLAIN:
                told[key] = value.strip("'\"")[:100]
        elif depth == 2 and section == "flavors" and not value:
            told["flavours"] = [*told["flavours"], key][:_MOST]
        elif depth == 2 and section == "signature" and key in _SIDES:
            told[key] = _columns(value, lines[place + 1 :])
    return told


def _columns(value: str, following: list[str]) -> Any:
    """Return the JSON that a quoted value of one or several lines holds, or nothing where it is none."""
    text = value
    for line in following:
        if _KEY.fullmatch(line) or len(text) > _READ:
            break
        text += " " + line.strip()
    quote = text[:1]
    if quote not in ("'", '"') or not text.endswith(quote):
        return None
    inner = text[1:-1].replace("''", "'") if quote == "'" else text[1:-1].replace('\\"', '"')
    try:
        found = json.loads(inner)
    except (ValueError, RecursionError):
        return None
    return found[:_MOST] if isinstance(found, list) else None
