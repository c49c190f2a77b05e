from __future__ import annotations

import contextlib
import io
import re
from datetime import UTC, datetime

import pytest

from holotype.cli import policies, promotions
from holotype.cli.options import Common
from holotype.wire.shapes import Promotion, Verdict, Version

MOMENT = datetime(2026, 5, 1, tzinfo=UTC)
VERSION = Version(
    reference="risk/fraud:3",
    namespace="risk",
    model="fraud",
    number=3,
    digest="sha256:" + "0a" * 32,
    stage="staging",
    stage_changed_at=MOMENT,
    aliases=[],
    tags={},
    description="",
    size=4096,
    file_count=1,
    created_at=MOMENT,
    created_by="ada",
)
VERDICTS = [
    Verdict(gate="scan-clean", status="passed", reason="Clean."),
    Verdict(
        gate="evidence",
        status="missing",
        reason="There is no evaluation.",
        remedy="Attach it: `holotype attest risk/fraud:3 --type evaluation FILE`.",
    ),
]


class Terminal(io.StringIO):
    """A terminal, as far as a program can tell."""

    def isatty(self) -> bool:
        """Say that it is one."""
        return True


def told(status: str, verdicts: list[Verdict] = VERDICTS) -> str:
    """Return what a terminal of 80 columns shows of a promotion, without colour."""
    found = Promotion(status, VERSION, "staging", "production", replaced="risk/fraud:1", verdicts=verdicts)
    with contextlib.redirect_stdout(Terminal()) as stream, pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "80")
        patch.setenv("TERM", "xterm")
        patch.delenv("NO_COLOR", raising=False)
        promotions.report(found, Common())
    return re.sub("\x1b\\[[0-9;]*m", "", stream.getvalue())


def test_what_to_do_fits_a_terminal_of_80_columns() -> None:
    """The command that helps stands in one line and is never left out."""
    lines = told("refused").splitlines()
    assert "evidence  Attach it: `holotype attest risk/fraud:3 --type evaluation FILE`." in lines
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize(
    ("status", "words"),
    [("applied", "risk/fraud:1  left"), ("pending", "risk/fraud:1  would leave"), ("refused", None), ("expired", None)],
)
def test_nothing_is_said_to_have_left_that_did_not(status: str, words: str | None) -> None:
    """Only a move that happened, or may yet, replaces another version."""
    said = told(status)
    assert (words in said) if words else ("replaced" not in said)


def test_an_overridden_gate_is_shown_on_a_terminal() -> None:
    """Its colour exists."""
    verdict = Verdict(gate="signed", status="overridden", reason="It needs a signature.", remedy="Sign.", override=4)
    assert "overridden by 4" in told("applied", [verdict])
    assert "WHAT TO DO" not in told("applied", [verdict])


def test_a_policy_that_nothing_can_pass_is_pointed_out(capsys: pytest.CaptureFixture[str]) -> None:
    """Who asks for signatures and names no key is told so."""
    gate = '[[moves]]\nfrom = ["none"]\nto = "staging"\n[[moves.gates]]\ngate = "signed"\n'
    policies._warn(gate)
    assert "no [[keys]]" in capsys.readouterr().err
    policies._warn(gate + '[[keys]]\nname = "release"\npublic = ""\n')
    assert capsys.readouterr().err == ""
