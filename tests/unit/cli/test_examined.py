"""Does `holotype show` tell what the server found, in a line each?"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any, cast

from holotype.cli import examined
from holotype.cli.output import Cell
from holotype.client.api import Client
from holotype.wire.evidence import Evidence

INSPECTION = {
    "files": [
        {"path": "m.onnx", "format": "onnx", "tensors": 2, "precision": {"float32": 16}, "opset": {"ai.onnx": 21}},
        {"path": "x.bin", "format": "pickle", "announced": "safetensors", "unreadable": "It ends in the middle."},
    ],
    "parameters": 16,
}
SCAN = {
    "clean": False,
    "files": 2,
    "findings": [{"path": "x.bin", "name": "os.system", "severity": "dangerous"}],
    "errors": [{"path": "x.bin", "reason": "It ends in the middle."}],
}


class Payloads:
    """A client that knows the payloads of evidence 1 and 2."""

    def evidence_payload(self, _reference: str, number: int) -> bytes:
        """Return the payload."""
        return json.dumps([INSPECTION, SCAN][number - 1]).encode()


def piece(number: int, kind: str, by: str = "holotype") -> Evidence:
    """Return evidence as a list gives it."""
    moment = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    return Evidence(number, "risk/fraud:1", "sha256:0", kind, "application/json", "sha256:1", 1, moment, by)


def told(*pieces: Evidence) -> dict[str, Any]:
    """Return the lines by their titles, the text of cells alone."""
    found = examined.facts(cast(Client, Payloads()), "risk/fraud:1", pieces)
    return {title: value.text if isinstance(value, Cell) else value for title, value in found}


def test_contents_and_scan_are_told() -> None:
    """Formats, tensors, parameters and precision; what is dangerous, and what could not be read."""
    found = told(piece(2, "scan"), piece(1, "inspection"))
    assert found["contents"].splitlines() == [
        "1 onnx, 1 pickle, 2 tensors, 16 parameters, float32, opset 21",
        "x.bin: It ends in the middle.",
        "x.bin is pickle, announced as safetensors",
    ]
    assert found["scan"].splitlines() == [
        "not clean",
        "dangerous: os.system in x.bin",
        "x.bin: It ends in the middle.",
    ]


def test_somebody_else_s_scan_is_not_the_server_s() -> None:
    """Until the server looked, it says so."""
    assert told(piece(2, "scan", by="ada")) == {"scan": "not yet"}
