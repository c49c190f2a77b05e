"""What is a query, once it has been read? A tree of frozen values that can be written out again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

_PLAIN_WORD = re.compile(r'[^\s()":<>=*]+')
_PLAIN_KEY = re.compile(r'[^\s()":<>=!@]+')
_PLAIN_VALUE = re.compile(r'[^\s()"<>=!*:][^\s()"*]*')
_KEYWORDS = frozenset({"AND", "OR", "NOT"})


@dataclass(frozen=True, slots=True)
class Moment:
    """A stretch of time in microseconds since 1970: from ``start`` until before ``end``."""

    start: int
    end: int
    written: str


@dataclass(frozen=True, slots=True)
class Age:
    """How long ago, in microseconds."""

    micros: int
    written: str


@dataclass(frozen=True, slots=True)
class Size:
    """A number of bytes and the way it was written."""

    size: int
    written: str


@dataclass(frozen=True, slots=True)
class Number:
    """A number and the way it was written."""

    value: float
    written: str


@dataclass(frozen=True, slots=True)
class Prefix:
    """The beginning of a text."""

    start: str


@dataclass(frozen=True, slots=True)
class Anything:
    """Any value: the key is there."""


Value: TypeAlias = str | Number | Size | Moment | Age | Prefix | Anything


@dataclass(frozen=True, slots=True)
class Text:
    """A word or phrase to find in names, descriptions and cards; with ``prefix`` the beginning of a word will do."""

    words: str
    prefix: bool = False
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """A field, its operator and the value; ``dataset`` and ``slice`` narrow a metric."""

    field: str
    operator: str
    value: Value
    key: str | None = None
    dataset: str | None = None
    slice: str | None = None


@dataclass(frozen=True, slots=True)
class Not:
    """What does not match."""

    child: Node


@dataclass(frozen=True, slots=True)
class And:
    """What matches each of them; an empty one matches everything."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """What matches any of them."""

    children: tuple[Node, ...]


Node: TypeAlias = Text | Term | Not | And | Or
EVERYTHING = And(())


def write(node: Node) -> str:
    """Return a query as text, in one fixed form: reading it gives an equal tree."""
    if isinstance(node, And):
        return " ".join(_inside(child, (Or,)) for child in node.children)
    if isinstance(node, Or):
        return " OR ".join(_inside(child, ()) for child in node.children)
    if isinstance(node, Not):
        return f"NOT {_inside(node.child, (And, Or))}"
    return _text(node) if isinstance(node, Text) else _term(node)


def _inside(child: Node, wrapped: tuple[type, ...]) -> str:
    return f"({write(child)})" if isinstance(child, wrapped) else write(child)


def _text(node: Text) -> str:
    if node.quoted or node.words in _KEYWORDS or not _PLAIN_WORD.fullmatch(node.words):
        return quote(node.words) + ("*" if node.prefix and not node.quoted else "")
    return node.words + ("*" if node.prefix else "")


def _term(node: Term) -> str:
    name = node.field
    if node.key is not None:
        name += "." + _plain(node.key, _PLAIN_KEY)
    if node.dataset is not None:
        name += "@" + _part(node.dataset)
    if node.slice is not None:
        name += "/" + _part(node.slice)
    return f"{name}{node.operator}{_value(node.value)}"


def _part(value: str) -> str:
    return quote(value) if "/" in value else _plain(value, _PLAIN_KEY)


def _value(value: Value) -> str:
    if isinstance(value, Anything):
        return "*"
    if isinstance(value, Prefix):
        return _plain(value.start, _PLAIN_VALUE) + "*"
    return _plain(value if isinstance(value, str) else value.written, _PLAIN_VALUE)


def _plain(value: str, pattern: re.Pattern[str]) -> str:
    return value if pattern.fullmatch(value) else quote(value)


def quote(value: str) -> str:
    """Return a text in double quotes, with what is special inside them escaped."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def spelled(value: str) -> str:
    """Return a value or a key as people write it in a query: in quotes only where it is more than a word."""
    return value if _PLAIN_VALUE.fullmatch(value) and _PLAIN_KEY.fullmatch(value) else quote(value)
