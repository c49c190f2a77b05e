"""Runs scenarios inside a client's own environment: one line of JSON in, one line out, until the input ends.

    {"scenario": "scenarios.registry:versions_are_numbered", "tag": "x1", "folder": "/…"}
    {"error": null}                                          or the traceback

This file and the scenarios import nothing of Holotype: they are what a user's program would be.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))


def main() -> None:
    """Answer until the input ends. What a client prints goes to the log."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    for line in sys.stdin:
        asked = json.loads(line)
        module, _, name = asked["scenario"].partition(":")
        error = None
        try:
            from scenarios.base import Scene  # noqa: PLC0415 - the path was set above

            scene = Scene(asked["tag"], Path(asked["folder"]), asked.get("given", {}))
            getattr(importlib.import_module(module), name)(scene)
        except BaseException:  # noqa: BLE001 - whatever it is, the test is told
            error = traceback.format_exc()
        answers.write(json.dumps({"error": error}) + "\n")


main()
