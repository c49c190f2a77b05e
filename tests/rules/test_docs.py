from __future__ import annotations

import subprocess
import sys

from tests.support.source import ROOT


def test_reference_pages_are_what_the_source_says() -> None:
    """A page of the reference that was not written anew after a change of the source is refused."""
    command = [sys.executable, "docs/generate.py", "--check"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")
