"""What does a person see of a transfer, and what does a log?"""

from __future__ import annotations

import contextlib
import re
import time
from types import SimpleNamespace
from typing import Any

import pytest

from holotype.cli import transfers
from holotype.cli.progress import Transfer
from holotype.client.progress import Progress
from tests.unit.cli.test_output import Terminal

MIB = 2**20


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal has 120 columns and no colour here."""
    for name, value in (("COLUMNS", "120"), ("TERM", "xterm"), ("NO_COLOR", "1")):
        monkeypatch.setenv(name, value)


def test_a_terminal_shows_size_speed_and_time_left() -> None:
    """A bar a phase, with how much of how much, how fast, how long still, and which of the files."""
    with contextlib.redirect_stderr(Terminal()) as terminal, Transfer("push", "model") as transfer:
        for done in range(1, 6):
            transfer(Progress("upload", done * 10 * MIB, 100 * MIB, done, 20))
            time.sleep(0.12)
    drawn = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", terminal.getvalue())
    bar = next(line for line in re.split(r"[\r\n]", drawn) if "50.0/100.0 MiB" in line)
    assert bar.startswith("sending")
    assert re.search(r"[1-9][0-9.]* MiB/s", bar)
    assert re.search(r"\b00:0[0-9]\b", bar)
    assert "5/20 files" in bar
    assert re.search(r"push done in 0\.[0-9] s, 50\.0 MiB sent \([0-9.]+ [KMG]iB/s\)", drawn)


def test_a_log_gets_a_line_as_it_begins_and_one_after(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a terminal nothing is drawn, however often progress is told."""
    with Transfer("pull", "fraud:1") as transfer:
        for done in range(100):
            transfer(Progress("download", done * MIB, 99 * MIB, 0, 1))
    begun, ended = capsys.readouterr().err.splitlines()
    assert begun == "pull fraud:1"
    assert re.fullmatch(r"pull done in 0\.0 s, 99\.0 MiB fetched \(.*/s\)", ended)


@pytest.mark.parametrize("failure", [KeyboardInterrupt(), ValueError("no")], ids=["interrupted", "failed"])
def test_a_transfer_that_ends_early_does_not_say_that_it_is_done(failure: BaseException) -> None:
    """Who interrupts it is told that nothing is lost."""
    with (
        contextlib.redirect_stderr(Terminal()) as terminal,
        pytest.raises(type(failure)),
        Transfer("push", "model"),
    ):
        raise failure
    said = terminal.getvalue()
    assert "done" not in said
    assert ("goes on where this one stopped" in said) == isinstance(failure, KeyboardInterrupt)


def test_a_verification_claims_no_more_than_it_checked() -> None:
    """Of a version that was pulled in part, it says how many of the files those are."""
    version: Any = SimpleNamespace(file_count=3, size=4 * MIB)
    with contextlib.redirect_stderr(Terminal()), Transfer("verify", "out") as transfer:
        assert transfers._checked(version, transfer) == "3 files, 4.0 MiB"
        transfer(Progress("check", 12, 12, 1, 1))
    assert transfers._checked(version, transfer) == "1 of 3 files, 12 B"
