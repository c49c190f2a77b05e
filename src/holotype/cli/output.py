"""How do results, hints and errors reach the person or the program that asked?

Results go to standard output; hints, errors and progress to standard error. Colour and hints are for terminals.
What other people wrote may hold control characters: none of them reaches a terminal.
"""

from __future__ import annotations

import io
import os
import re
import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TextIO

_STEERING = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "magenta": "35", "cyan": "36"}


def prepare() -> None:
    """Make sure that no character can be unprintable, whatever the terminal's encoding is."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def terminal(stream: TextIO | None = None) -> bool:
    """Say whether a stream (standard output) is a terminal."""
    return (stream or sys.stdout).isatty()


def coloured(stream: TextIO | None = None) -> bool:
    """Say whether a stream takes colour: a terminal that is not dumb, and nobody set ``NO_COLOR``."""
    return terminal(stream) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def clean(text: str) -> str:
    """Return a text without the control characters that could steer a terminal; lines and tabs stay."""
    return "".join(
        c if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cf"} or c == "\u200d" else "\ufffd" for c in text
    )


def paint(text: str, *styles: str, stream: TextIO | None = None) -> str:
    """Return a text in colour where the stream takes it."""
    if not styles or not coloured(stream):
        return text
    return f"\x1b[{';'.join(_STYLES[style] for style in styles)}m{text}\x1b[0m"


@dataclass(frozen=True, slots=True)
class Cell:
    """A text with a style of its own, such as ``bold``; ``short`` stands for it where a terminal is narrow."""

    text: str
    style: str = ""
    short: str = ""


def say(*parts: str | Cell) -> None:
    """Print one line of the result, its parts two blanks apart, whatever lines a part has in it."""
    print("  ".join(styled(part) for part in parts).replace("\n", " "))


def prose(text: str) -> None:
    """Print a text of many lines, such as a model card."""
    print(clean(text))


def styled(part: str | Cell) -> str:
    """Return a part of a line, cleaned and in its colour."""
    if isinstance(part, str):
        return clean(part)
    return paint(clean(part.text), *((part.style,) if part.style else ()))


def facts(rows: Sequence[tuple[str, str | Cell]]) -> None:
    """Print names and values in two columns, leaving out those without a value."""
    kept = [(name, value) for name, value in rows if (value if isinstance(value, str) else value.text)]
    width = max((len(name) for name, _ in kept), default=0)
    for name, value in kept:
        first, *more = styled(value).split("\n")
        print(f"{paint(name.ljust(width), 'dim')}  {first}".rstrip())
        for line in more:
            print(f"{' ' * width}  {line}".rstrip())


def note(text: str) -> None:
    """Print a line beside the result."""
    print(clean(text), file=sys.stderr)


def hint(text: str) -> None:
    """Tell a person at a terminal what could be done next."""
    if terminal(sys.stderr):
        print(paint(f"hint: {clean(text)}", "dim", stream=sys.stderr), file=sys.stderr)


def error(detail: str, hint_text: str | None) -> None:
    """Say what went wrong and what to do about it."""
    print(paint("error:", "bold", "red", stream=sys.stderr), _lines(detail), file=sys.stderr)
    if hint_text:
        print(paint("hint:", "bold", stream=sys.stderr), _line(hint_text), file=sys.stderr)


def document(value: object) -> None:
    """Print one JSON document; what could steer a terminal is escaped, which no reader of JSON notices."""
    import msgspec  # noqa: PLC0415 - `--help` needs no codec

    text = msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
    sys.stdout.flush()
    _write(_STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text).encode() + b"\n")


def raw(content: bytes) -> None:
    """Print a document byte for byte; to a terminal without what could steer it."""
    sys.stdout.flush()
    if terminal():
        prose(content.decode("utf-8", "replace").rstrip("\n"))
    else:
        sys.stdout.buffer.write(content)


def page(items: Sequence[object], following: str | None = None) -> None:
    """Print a list as one JSON document, with the cursor of what follows."""
    document({"items": items, "next": following})


def _write(content: bytes) -> None:
    binary = getattr(sys.stdout, "buffer", None)
    if binary is None:
        sys.stdout.write(content.decode())
    else:
        binary.write(content)


def _lines(text: str) -> str:
    """Return a text as one line, but for lines that are indented: they show a place, and cannot look like ours."""
    first, *more = clean(text).split("\n")
    told = [" ".join(first.split())]
    for line in more:
        if line.startswith("  "):
            told.append(line.rstrip())
        else:
            told[-1] += " " + " ".join(line.split())
    return "\n".join(told)


def _line(text: str) -> str:
    return " ".join(clean(text).split())
