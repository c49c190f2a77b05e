from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from holotype.cli import origin, run, version
from holotype.errors import NotFound


def called(*arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Run a command in this process; return its exit code and what it said on standard error."""
    code = run.run(arguments)
    return code, capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["pull"], "error: REFERENCE needs a value.\nhint: `holotype pull --help` tells how.\n"),
        (["pul"], "error: There is no command 'pul'.\nhint: Did you mean `holotype pull`?\n"),
        (
            ["token", "crate"],
            "error: There is no command 'token crate'.\nhint: Did you mean `holotype token create`?\n",
        ),
        (["--nope"], "error: There is no option '--nope' here.\nhint: `holotype --help` tells how.\n"),
        (["whoami", "me"], "error: There is no place for 'me'.\nhint: `holotype whoami --help` tells how.\n"),
        (["edit", "m"], "error: There is nothing to change.\nhint: Give --description, --card, --tag or --untag.\n"),
        (
            ["resolve", "m", "--at", "May"],
            "error: --at 'May' is not a moment.\nhint: For example: --at 2026-05-01T09:30:00Z\n",
        ),
    ],
)
def test_a_command_line_without_sense_exits_with_2(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The error names the word, the hint says where to read on."""
    assert called(*arguments, capsys=capsys) == (2, said)


def test_a_refusal_exits_with_1(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """An error of the registry is told as it is."""
    monkeypatch.setattr(version.platform, "python_version", _raise(NotFound("There is no m:9.", hint="List them.")))
    assert called("version", "--json", capsys=capsys) == (1, "error: There is no m:9.\nhint: List them.\n")


def test_an_unforeseen_error_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A stack trace is for those who ask for it."""
    monkeypatch.setattr(version.platform, "python_version", _raise(ValueError("odd\nvalue")))
    code, said = called("version", "--json", capsys=capsys)
    assert (code, len(said.splitlines()), "ValueError: odd value" in said) == (1, 2, True)
    monkeypatch.setenv("HOLOTYPE_DEBUG", "1")
    assert "Traceback" in called("version", "--json", capsys=capsys)[1]


def test_a_file_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """An error of the operating system says which file."""
    code, said = called("model", "create", "m", "--card", str(tmp_path / "none.md"), capsys=capsys)
    assert (code, said) == (1, f"error: {tmp_path / 'none.md'}: No such file or directory.\n")


def test_an_interrupted_command_exits_with_130(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C ends with one line."""
    monkeypatch.setattr(origin.parsing, "metrics", _raise(KeyboardInterrupt()))
    assert called("push", ".", "m", capsys=capsys) == (130, "interrupted\n")


def test_a_reader_that_goes_away_is_no_error() -> None:
    """`holotype … | head` is quiet."""
    program = "from holotype.cli import main; main()"
    command = [sys.executable, "-c", program, "version"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == run.CLOSED_PIPE


def _raise(error: BaseException) -> object:
    def call(*_: object, **__: object) -> object:
        raise error

    return call
