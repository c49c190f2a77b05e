from __future__ import annotations

import contextlib
import io
import json
import re
from collections.abc import Sequence

import pytest

from holotype.cli import output
from holotype.cli.output import Cell
from holotype.cli.tables import Column, Row, table

COLUMNS = (Column("NAME"), Column("SIZE", right=True), Column("NOTE", optional=True))
ROWS = [("a", "1", "first"), (Cell("模型", "bold"), "1200", "second")]


class Terminal(io.StringIO):
    """A terminal, as far as a program can tell."""

    def isatty(self) -> bool:
        """Say that it is one."""
        return True


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal of 80 columns that takes colour, whatever runs the tests."""
    for name, value in (("COLUMNS", "80"), ("TERM", "xterm")):
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("NO_COLOR", raising=False)


def on_terminal(columns: Sequence[Column], rows: Sequence[Row]) -> str:
    """Return what a table looks like on a terminal."""
    with contextlib.redirect_stdout(Terminal()) as stream:
        table(columns, rows)
    return stream.getvalue()


def test_columns_are_aligned_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a terminal there is no colour, no tab and nothing is cut off."""
    table(COLUMNS, ROWS)
    assert capsys.readouterr().out == "NAME  SIZE  NOTE\na        1  first\n模型  1200  second\n"


def test_columns_that_are_empty_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    """A column without a value in any row tells nothing."""
    table(COLUMNS, [("a", "", "x")])
    assert capsys.readouterr().out == "NAME  NOTE\na     x\n"


def test_a_terminal_gets_colour() -> None:
    """Styles become colour only there."""
    assert "\x1b[1m模型\x1b[0m" in on_terminal(COLUMNS, ROWS)


def test_no_color_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_COLOR takes all escape sequences away."""
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in on_terminal(COLUMNS, ROWS)


def test_a_narrow_terminal_does_without_optional_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is least needed goes first."""
    monkeypatch.setenv("COLUMNS", "20")
    monkeypatch.setenv("NO_COLOR", "1")
    shown = on_terminal(COLUMNS, [("a", "1", "a note that is longer than the terminal is wide")])
    assert shown == "NAME  SIZE\na        1\n"


def test_a_narrow_terminal_folds_what_it_cannot_leave_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """No character of a name is lost, and no line is wider than the terminal."""
    monkeypatch.setenv("COLUMNS", "24")
    monkeypatch.setenv("NO_COLOR", "1")
    name = "abcdefghij" * 5
    shown = on_terminal(COLUMNS, [(name, "1", "")])
    assert max(len(line) for line in shown.splitlines()) <= 24
    assert "".join(c for c in shown if c.islower()) == name


def test_folding_the_last_of_several_columns_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every character of a long last column is there, beside columns that keep their width."""
    monkeypatch.setenv("NO_COLOR", "1")
    text = "abcdefghij" * 9
    shown = on_terminal((Column("NAME"), Column("WHAT")), [("x" * 50, text), ("y", "-")])
    assert max(len(line) for line in shown.splitlines()) <= 80
    assert "".join(c for c in shown if c in "abcdefghij") == text
    monkeypatch.delenv("NO_COLOR")
    coloured = on_terminal((Column("NAME"), Column("WHAT")), [("x" * 50, text)])
    assert max(len(re.sub(r"\x1b\[[0-9;]*m", "", line)) for line in coloured.splitlines()) <= 80


def test_control_characters_never_reach_a_terminal() -> None:
    """What other people wrote cannot steer the terminal of the reader."""
    hostile = "\x1b]0;owned\x07\x9b31m\u202egnp.exe"
    with contextlib.redirect_stdout(Terminal()) as stream:
        table((Column("NAME"),), [(hostile,)])
        output.facts((("name", hostile),))
        output.say(Cell(hostile, "bold"))
    assert [c for c in ("\x1b]", "\x07", "\x9b", "\u202e") if c in stream.getvalue()] == []


def test_lists_are_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    """A program reads the items and the cursor of what follows."""
    output.page([{"a": 1}], "cursor")
    assert json.loads(capsys.readouterr().out) == {"items": [{"a": 1}], "next": "cursor"}


def test_facts_leave_out_what_is_not_known(capsys: pytest.CaptureFixture[str]) -> None:
    """Names are aligned, values of several lines as well."""
    output.facts((("stage", "none"), ("aliases", ""), ("data", "one\ntwo")))
    assert capsys.readouterr().out == "stage  none\ndata   one\n       two\n"


def test_an_error_is_one_line_and_its_hint_another(capsys: pytest.CaptureFixture[str]) -> None:
    """Line breaks in what a server says do not break that."""
    output.error("It\nfailed.", "Try\nagain.")
    assert capsys.readouterr().err == "error: It failed.\nhint: Try again.\n"


def test_an_error_that_points_at_a_place_keeps_its_indented_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """The caret stands below what it points at."""
    output.error("Expected a number, at character 3:\n  a>>1\n    ^", None)
    assert capsys.readouterr().err == "error: Expected a number, at character 3:\n  a>>1\n    ^\n"


def test_a_line_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """What somebody else wrote cannot add lines that look like ours."""
    output.say("default/a:1\nerror: pay here", Cell("b\nc", "dim"))
    assert capsys.readouterr().out == "default/a:1 error: pay here  b c\n"


def test_json_steers_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Control characters that JSON may hold as they are come escaped, and mean the same."""
    value = {"a": "\x1b[31m\x9b31m\x7f\u202e\u2066", "名": "ü"}
    output.document(value)
    shown = capsys.readouterr().out
    assert not any(c in shown for c in "\x1b\x9b\x7f\u202e\u2066")
    assert "名" in shown
    assert json.loads(shown) == value
