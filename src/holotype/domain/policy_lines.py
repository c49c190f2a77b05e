"""On which line of a TOML text does each key stand? ``tomllib`` reads values and forgets where they were.

A path is the way to a value: ``("moves", 0, "gates", 2, "at_least")``. The text was read by ``tomllib`` before, so this
has only to recognise what is there, not to refuse what should not be.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from typing import NamedTuple

Path = tuple[str | int, ...]

_TOKEN = re.compile(
    r'''(?P<text>"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')'''
    r"""|(?P<skip>[ \t\r]+|\#[^\n]*)|(?P<end>\n)|(?P<mark>[\[\]{},=.])|(?P<bare>[^\s\[\]{},=.\#"']+)""",
    re.DOTALL,
)


class _Token(NamedTuple):
    kind: str
    said: str
    line: int


def locate(text: str) -> Mapping[Path, int]:
    """Return the line, counted from 1, of every table, key and item of a text that is TOML."""
    finder = _Finder(text.replace("\r\n", "\n"))
    with suppress(IndexError, RecursionError):  # what was found until here is found
        finder.statements()
    return finder.found


def line_of(lines: Mapping[Path, int], path: Path) -> int:
    """Return the line of a path, or of what it lies in; 1 where nothing of it is known."""
    return next((lines[path[:size]] for size in range(len(path), 0, -1) if path[:size] in lines), 1)


class _Finder:
    """Walks over the tokens of a text once and notes where each path begins."""

    def __init__(self, text: str) -> None:
        self.found: dict[Path, int] = {}
        self._tokens = _tokens(text)
        self._at = 0
        self._several: dict[Path, int] = {}
        self._table: Path = ()

    def statements(self) -> None:
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            if token.kind == "end":
                self._at += 1
            elif token.said == "[":
                self._header(token.line)
            else:
                self._pair(self._table)

    def _header(self, line: int) -> None:
        several = self._tokens[self._at + 1].said == "["
        self._at += 2 if several else 1
        keys = self._keys()
        self._at += 2 if several else 1
        path: Path = ()
        for key in keys[:-1]:
            path = self._into((*path, key))
            self.found.setdefault(path, line)
        path = (*path, keys[-1])
        self.found.setdefault(path, line)
        if several:
            self._several[path] = self._several.get(path, 0) + 1
        self._table = self._into(path)
        self.found.setdefault(self._table, line)

    def _into(self, path: Path) -> Path:
        """Return the path of the last table of an array of tables; any other path as it is."""
        return (*path, self._several[path] - 1) if path in self._several else path

    def _pair(self, table: Path) -> None:
        line = self._tokens[self._at].line
        for key in self._keys():
            table = (*table, key)
            self.found.setdefault(table, line)
        self._at += 1  # the =
        self._value(table)

    def _keys(self) -> list[str]:
        keys = [self._key()]
        while self._tokens[self._at].said == ".":
            self._at += 1
            keys.append(self._key())
        return keys

    def _key(self) -> str:
        said = self._tokens[self._at].said
        self._at += 1
        if said[0] not in "\"'":
            return said
        return str(tomllib.loads(f"key = {said}")["key"]) if "\\" in said else said[1:-1]

    def _value(self, path: Path) -> None:
        said = self._tokens[self._at].said
        if said == "[":
            self._items(path)
        elif said == "{":
            self._inline(path)
        else:
            while self._tokens[self._at].kind != "end" and self._tokens[self._at].said not in {",", "]", "}"}:
                self._at += 1

    def _items(self, path: Path) -> None:
        self._at += 1
        place = 0
        while (token := self._tokens[self._at]).said != "]":
            if token.kind == "end" or token.said == ",":
                self._at += 1
                continue
            self.found.setdefault((*path, place), token.line)
            self._value((*path, place))
            place += 1
        self._at += 1

    def _inline(self, path: Path) -> None:
        self._at += 1
        while (token := self._tokens[self._at]).said != "}":
            if token.kind == "end" or token.said == ",":
                self._at += 1
            else:
                self._pair(path)
        self._at += 1


def _tokens(text: str) -> list[_Token]:
    line, found = 1, []
    for match in _TOKEN.finditer(text):
        kind, said = str(match.lastgroup), match.group()
        if kind != "skip":
            found.append(_Token(kind, said, line))
        line += said.count("\n")
    return found
