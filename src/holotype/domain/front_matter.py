"""What does a model card say about itself before its text begins? YAML between two lines of three dashes.

    ---
    license: apache-2.0            plain and quoted scalars, | and > blocks
    tags: [risk, tabular]          lists and mappings, in flow
    base_model:                    and in block form
      - risk/base:3
    ---
    # The text

This is the part of YAML that cards are written in. Anchors, aliases, tags and everything else that lets a small text
become a large value, or a text become code, is refused: nothing here grows, nothing runs. ``no`` and ``on`` are words,
as in YAML 1.2, and so is a date.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from holotype.errors import Invalid

LARGEST, LINES, DEEPEST = 100_000, 5_000, 12
_EDGE = re.compile(r"\ufeff?---[ \t]*\r?\n")
_END = re.compile(r"^(?:---|\.\.\.)[ \t]*\r?$", re.MULTILINE)
_KEY = re.compile(
    r"""("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s"'\[\]{},&*!|>%@`#-][^#:]{0,250}?|-[^\s#:][^#:]{0,250}?)\s{0,20}:(?:\s+(.*))?"""
)
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,15})")
_FLOAT = re.compile(r"[-+]?(?:[0-9]{1,40}\.[0-9]{0,40}|\.[0-9]{1,40}|[0-9]{1,40})(?:[eE][-+]?[0-9]{1,3})?")
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None, "~": None, "": None}
_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\", "/": "/", "0": "\0", "r": "\r", " ": " ", "b": "\b", "f": "\f"}
_ESCAPED = re.compile(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)")
_QUOTED = re.compile(r"""(?:(?<=[\s\[{,:])|^)(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')""")
_BLOCK = re.compile(r"([|>])([-+]?)")


@dataclass(frozen=True, slots=True)
class Card:
    """A card, taken apart: what its front matter says, the text behind it, and why the front matter was not read."""

    values: Mapping[str, Any] = field(default_factory=dict)
    body: str = ""
    trouble: str | None = None

    def text(self, name: str) -> str | None:
        """Return a value of the front matter where it is a text that says something."""
        value = self.values.get(name)
        return value.strip() or None if isinstance(value, str) else None

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the texts of a value that may be one or a list."""
        value = self.values.get(name)
        found = value if isinstance(value, list) else [value]
        return tuple(one.strip() for one in found if isinstance(one, str) and one.strip())


def read(text: str) -> Card:
    """Take a card apart; front matter that is not read is said to be so, and the text stays what it was."""
    raw, body = split(text)
    if raw is None:
        return Card({}, body)
    try:
        return Card(parse(raw), body)
    except Invalid as error:
        return Card({}, body, error.detail)


def split(text: str) -> tuple[str | None, str]:
    """Return the front matter of a text, if it has any, and what is behind it."""
    begin = _EDGE.match(text)
    end = _END.search(text, begin.end()) if begin else None
    if begin is None or end is None:
        return None, text
    return text[begin.end() : end.start()], text[end.end() :].removeprefix("\n")


def parse(raw: str) -> dict[str, Any]:
    """Return the mapping that front matter is, or raise ``Invalid`` with the line that is not read."""
    if len(raw) > LARGEST or raw.count("\n") > LINES:
        raise Invalid(f"The front matter has more than {LARGEST:,} characters or {LINES:,} lines.")
    reader = _Reader(raw)
    found = reader.node(0, 0)
    if reader.left:
        raise reader.refuse("is not read")
    if not isinstance(found, dict):
        if found is None:
            return {}
        raise Invalid("The front matter is not a mapping.", hint="Write `license: apache-2.0` and the like.")
    return found


class _Reader:
    """The lines that are left; a line is its indent, its text and its number."""

    def __init__(self, raw: str) -> None:
        self._lines = raw.replace("\r\n", "\n").split("\n")
        self._at = 0
        self._skip()

    @property
    def left(self) -> bool:
        return self._at < len(self._lines)

    def refuse(self, why: str) -> Invalid:
        return Invalid(f"Line {self._at + 2} of the front matter {why}: {self._text()[:60]!r}.")

    def node(self, indent: int, depth: int) -> Any:
        """Read the value that begins at the present line, indented so far at least."""
        if not self.left or self._indent() < indent:
            return None
        if depth > DEEPEST:
            raise self.refuse("is nested too deeply")
        if self._text().startswith("- ") or self._text() == "-":
            return self._list(self._indent(), depth)
        if _KEY.fullmatch(self._plain()):
            return self._mapping(self._indent(), depth)
        return self._scalar(self._text(), indent - 1, depth)

    def _mapping(self, indent: int, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while self.left and self._indent() == indent:
            match = _KEY.fullmatch(self._plain())
            if match is None:
                raise self.refuse("is not read")
            key = str(self.quoted(match[1]) if match[1][0] in "\"'" else match[1])
            if key in found:
                raise self.refuse("gives a key twice")
            found[key] = self._value(match[2] or "", indent, depth)
        if self.left and self._indent() > indent:
            raise self.refuse("is indented in a way that is not read")
        return found

    def _list(self, indent: int, depth: int) -> list[Any]:
        found: list[Any] = []
        while self.left and self._indent() == indent and (self._text() == "-" or self._text().startswith("- ")):
            rest = self._text()[1:].lstrip(" ")
            if not rest or rest.startswith("#"):
                self._next()
                found.append(self.node(indent + 1, depth + 1))
            elif rest.startswith("- ") or _KEY.fullmatch(_uncommented(rest)):
                inner = indent + len(self._text()) - len(rest)
                self._lines[self._at] = " " * inner + rest  # the item, as if it stood on a line of its own
                found.append(self.node(inner, depth + 1))
            else:
                found.append(self._scalar(rest, indent, depth))
        return found

    def _value(self, rest: str, indent: int, depth: int) -> Any:
        """Read what follows a key: on its line, or indented below it (a list may stand under its key)."""
        if rest:
            return self._scalar(rest, indent, depth)
        self._next()
        if self.left and self._indent() == indent and self._text().startswith("-"):
            return self.node(indent, depth + 1)
        return self.node(indent + 1, depth + 1)

    def _scalar(self, rest: str, indent: int, depth: int) -> Any:
        """Read a scalar or a flow that begins with ``rest``, and go on to the line behind it."""
        block = _BLOCK.fullmatch(_uncommented(rest))
        if block is not None:
            return self._block(block[1], block[2], indent)
        if rest[0] in "&*!%@`|>":
            raise self.refuse("holds YAML that is not read")
        start = self._at
        text = _uncommented(self._gather(rest, indent))
        end, self._at = self._at, start  # what is refused is refused where it began
        if text[0] in "[{":
            value = _Flow(text, self, depth).whole()
        else:
            value = self.quoted(text) if text[0] in "\"'" else _plain(text)
        self._at = end
        return value

    def _gather(self, rest: str, indent: int) -> str:
        """Return a scalar or a flow with the lines that it goes on in, folded into one."""
        parts, flow, quote = [rest], rest[0] in "[{", rest[0] if rest[0] in "\"'" else ""
        opened = _opened(rest)
        self._next()
        while self.left and (opened > 0 if flow else self._indent() > indent and not _ended(parts, quote)):
            parts.append(self._text())
            opened += _opened(parts[-1])
            self._next()
        return " ".join(parts)

    def _block(self, style: str, chomp: str, indent: int) -> str:
        lines: list[str] = []
        self._at += 1
        while self.left and (not self._lines[self._at].strip() or self._indent() > indent):
            lines.append(self._lines[self._at])
            self._at += 1
        self._skip()
        margin = min((len(one) - len(one.lstrip(" ")) for one in lines if one.strip()), default=0)
        text = ("\n" if style == "|" else " ").join(one[margin:].rstrip() for one in lines)
        return text.rstrip() + ("" if chomp == "-" or not text.strip() else "\n")

    def quoted(self, text: str) -> str:
        if len(text) < 2 or text[-1] != text[0]:
            raise self.refuse("has a quotation that does not end")
        inner = text[1:-1]
        if text[0] == "'":
            if inner.replace("''", "").count("'"):
                raise self.refuse("has something behind a quotation")
            return inner.replace("''", "'")
        if re.search(r'(?<!\\)(?:\\\\)*"', inner):
            raise self.refuse("has something behind a quotation")
        return _ESCAPED.sub(self._escape, inner)

    def _escape(self, found: re.Match[str]) -> str:
        word = found[1]
        letter = chr(int(word[1:], 16)) if len(word) > 1 else _ESCAPES.get(word)
        if letter is None or "\ud800" <= letter <= "\udfff":
            raise self.refuse("has an escape that is not read")
        return letter if letter != "\0" else "\ufffd"

    def _indent(self) -> int:
        line = self._lines[self._at]
        return len(line) - len(line.lstrip(" "))

    def _text(self) -> str:
        return self._lines[self._at].strip() if self.left else ""

    def _plain(self) -> str:
        return _uncommented(self._text())

    def _next(self) -> None:
        self._at += 1
        self._skip()

    def _skip(self) -> None:
        """Pass over blank lines and comments."""
        while self.left and (not self._text() or self._text().startswith("#")):
            self._at += 1
        if self.left and "\t" in self._lines[self._at][: self._indent() + 1]:
            raise self.refuse("is indented with a tab")


class _Flow:
    """A value in flow form, on what is one line by now: ``[a, {b: c}]``."""

    def __init__(self, text: str, reader: _Reader, depth: int) -> None:
        self._text, self._reader, self._depth, self._at = text, reader, depth, 0

    def whole(self) -> Any:
        value = self._value(self._depth)
        if self._text[self._at :].strip():
            raise self._reader.refuse("has something behind a list")
        return value

    def _value(self, depth: int) -> Any:
        if depth > DEEPEST:
            raise self._reader.refuse("is nested too deeply")
        if self._peek() == "[":
            return [value for value, _ in self._items("]", depth)]
        if self._peek() == "{":
            pairs = list(self._items("}", depth))
            if len({str(key) for key, _ in pairs}) != len(pairs):
                raise self._reader.refuse("gives a key twice")
            return {str(key): value for key, value in pairs}
        return self._scalar()

    def _items(self, close: str, depth: int) -> Any:
        self._at += 1
        while self._peek() != close:
            item, value = self._value(depth + 1), None
            if close == "}":
                if self._peek() != ":":
                    raise self._reader.refuse("has a mapping that is not read")
                self._at += 1
                value = self._value(depth + 1)
            yield item, value
            if self._peek() == ",":
                self._at += 1
            elif self._peek() != close:
                raise self._reader.refuse("has a list that does not end")
        self._at += 1

    def _scalar(self) -> Any:
        rest = self._text[self._at :]
        if rest[:1] in ('"', "'"):
            found = re.match(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'", rest)
            if found is None:
                raise self._reader.refuse("has a quotation that does not end")
            self._at += found.end()
            return self._reader.quoted(found[0])
        found = re.match(r"(?:[^,\[\]{}:#]|:(?=[^\s,\]}]))*", rest)
        text = found[0] if found else ""
        if text.strip()[:1] in tuple("&*!%@`|>") and text.strip():
            raise self._reader.refuse("holds YAML that is not read")
        self._at += len(text)
        return _plain(text)

    def _peek(self) -> str:
        while self._at < len(self._text) and self._text[self._at] in " \t":
            self._at += 1
        return self._text[self._at] if self._at < len(self._text) else "\0"


def _opened(text: str) -> int:
    """Return how many more brackets a line opens than it closes; those in quotation marks do neither."""
    text = _QUOTED.sub("", text)
    return text.count("[") + text.count("{") - text.count("]") - text.count("}")


def _ended(parts: Sequence[str], quote: str) -> bool:
    """Say whether a quotation has ended, so that the lines below are none of it."""
    return bool(quote) and parts[-1].rstrip().endswith(quote) and (len(parts) > 1 or len(parts[0]) > 1)


def _uncommented(text: str) -> str:
    """Return a text without the comment behind it; a ``#`` inside quotation marks is none."""
    if "#" not in text:
        return text.rstrip()
    quote = ""
    for place, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'" and (place == 0 or text[place - 1] in " [{,:"):
            quote = letter
        elif letter == "#" and (place == 0 or text[place - 1] in " \t"):
            return text[:place].rstrip()
    return text.rstrip()


def _plain(text: str) -> Any:
    text = text.strip()
    if text.lower() in _WORDS and text in {text.lower(), text.upper(), text.capitalize()}:
        return _WORDS[text.lower()]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text
