"""What did the server find out about a version, in a line each?"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from holotype.cli import formats
from holotype.cli.output import Cell

if TYPE_CHECKING:
    from holotype.client.api import Client
    from holotype.wire.evidence import Evidence

_SERVER = "holotype"
_TOLD, _KINDS = 3, 4


def facts(client: Client, reference: str, evidence: Sequence[Evidence]) -> Iterable[tuple[str, str | Cell]]:
    """Return what is in the files and what the scan says; ``evidence`` is the last of it, the newest first."""
    found = {one.type: one for one in reversed(evidence) if one.created_by == _SERVER}
    if "inspection" in found:
        inspection = _payload(client, reference, found["inspection"])
        yield "contents", _contents(inspection)
        yield "flavours", _flavours(inspection)
    if "scan" in found:
        yield "scan", _scan(_payload(client, reference, found["scan"]))
    else:
        yield "scan", "not yet"


def _payload(client: Client, reference: str, piece: Evidence) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(client.evidence_payload(reference, piece.id))
    return found


def _contents(inspection: dict[str, Any]) -> str:
    files = inspection["files"]
    kinds = Counter(one["format"] for one in files if one["format"])
    tensors = sum(one.get("tensors", 0) for one in files)
    precision: Counter[str] = Counter()
    for one in files:
        precision.update(one.get("precision", {}))
    words = [f"{count} {kind}" for kind, count in kinds.most_common(_KINDS)]
    if tensors:
        words.append(formats.plural(tensors, "tensor"))
    if inspection.get("parameters"):
        words.append(formats.plural(inspection["parameters"], "parameter"))
    words += [kind for kind, _ in precision.most_common(_KINDS)]
    words += [f"opset {one['opset']['ai.onnx']}" for one in files if "ai.onnx" in one.get("opset", {})][:1]
    lines = [", ".join(words) or "no format that is known"]
    lines += [f"{one['path']}: {one['unreadable']}" for one in files if "unreadable" in one][:_TOLD]
    lines += [f"{one['path']} is {one['format'] or 'unknown'}, announced as {one['announced']}" for one in files
              if one.get("announced")][:_TOLD]  # fmt: skip
    return "\n".join(lines)


def _flavours(inspection: dict[str, Any]) -> str:
    """Return what the MLmodel files say: how MLflow loads the model."""
    return "\n".join(
        f"{', '.join(one['flavours'])} of MLflow {one.get('mlflow_version', '')}".removesuffix(" of MLflow ")
        for one in inspection["files"]
        if one.get("flavours")
    )


def _scan(scan: dict[str, Any]) -> str | Cell:
    if scan["clean"]:
        return Cell(f"clean, {formats.plural(scan['files'], 'file')}", "green")
    told = [f"{one['severity']}: {one['name']} in {one['path']}" for one in scan["findings"]]
    told += [f"{one['path']}: {one['reason']}".removeprefix(": ") for one in scan["errors"]]
    more = [f"and {len(told) - _TOLD} more"] if len(told) > _TOLD else []
    return Cell("\n".join(["not clean", *told[:_TOLD], *more]), "red")
