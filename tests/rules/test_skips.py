"""Can a test be skipped without anybody noticing?"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.skips import ALLOWED
from tests.support.source import ROOT


def run(folder: Path, source: str) -> subprocess.CompletedProcess[str]:
    """Run one test module under the rule that holds for this project."""
    (folder / "test_specimen.py").write_text(source)
    command = [sys.executable, "-m", "pytest", "-p", "tests.support.skips", "-p", "no:cacheprovider", "-ra"]
    return subprocess.run(
        command, cwd=folder, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    "source",
    [
        "import pytest\ndef test_it(): pytest.skip('no time')",
        "import pytest\n@pytest.mark.skip(reason='no time')\ndef test_it(): pass",
        "import pytest\npytest.skip('no time', allow_module_level=True)",
    ],
    ids=["inside", "marked", "module"],
)
def test_a_skip_that_nobody_allowed_fails(tmp_path: Path, source: str) -> None:
    """The run fails, and the message says what was skipped and what to do."""
    result = run(tmp_path, source)
    assert result.returncode != 0
    assert "was skipped: no time" in result.stdout
    assert "tests/support/skips.py" in result.stdout


def test_an_allowed_skip_is_printed_at_the_end(tmp_path: Path) -> None:
    """What was not tested here is said aloud."""
    reason = next(iter(ALLOWED))
    result = run(tmp_path, f"import pytest\ndef test_it(): pytest.skip({reason!r})\n")
    assert result.returncode == 0
    assert "allowed skips: 1" in result.stdout
    assert f"test_specimen.py::test_it: {reason}" in result.stdout
