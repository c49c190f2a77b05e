"""Which names are allowed?

Namespaces and models follow the grammar of an OCI repository component, labels that of an OCI tag, because a
version *is* an OCI artifact and a reference *is* an OCI reference. Names are checked when written, never when read.
"""

from __future__ import annotations

import re
import unicodedata

from holotype.errors import InvalidName

DEFAULT_NAMESPACE = "default"
LATEST = "latest"

_COMPONENT = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*")
_PRINCIPAL = re.compile(r"[a-z0-9]+(?:[._@+-]+[a-z0-9]+)*")
_LABEL = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
_COMPONENT_LIMIT = 128
_KEY_LIMIT, _KEY_BYTES = 250, 750
_TEXT_LIMIT = 5_000
TAG_VALUE_LIMIT = 100_000
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""What turns the direction of the text behind it, so that a name reads as another one (gnp.exe as exe.png)."""


def component(value: str, what: str) -> str:
    """Return a namespace's or model's name unchanged, or raise ``InvalidName``."""
    if not is_component(value):
        raise InvalidName(
            f"{value[:80]!r} is not a {what} name.",
            hint="Use lower-case letters and digits, separated by '.', '_' or '-' (at most 128 characters).",
        )
    return value


def principal(value: str, what: str = "user") -> str:
    """Return the name of a user or service account unchanged: a word, or an address such as ada@example.org."""
    if len(value) > _COMPONENT_LIMIT or not _PRINCIPAL.fullmatch(value):
        raise InvalidName(
            f"{value[:80]!r} is not a {what} name.",
            hint="Use lower-case letters and digits, separated by '.', '_', '-', '+' or '@' (at most 128 characters).",
        )
    return value


def is_component(value: str) -> bool:
    """Say whether a text has the form of the name of a namespace, a model or a stage."""
    return len(value) <= _COMPONENT_LIMIT and _COMPONENT.fullmatch(value) is not None


def label(value: str) -> str:
    """Return a label (number, stage, alias, ``latest``) unchanged, or raise ``InvalidName``."""
    if not _LABEL.fullmatch(value):
        raise InvalidName(
            f"{value[:80]!r} cannot follow the colon of a reference.",
            hint="A label has letters, digits, '.', '_' and '-', starts with a letter, digit or '_', at most 128.",
        )
    return value


def alias(value: str, stages: frozenset[str]) -> str:
    """Return an alias unchanged; one that reads as a number, a stage or ``latest`` would be ambiguous."""
    label(value)
    if value.isdigit() or value.lower() == LATEST or value.lower() in stages:
        raise InvalidName(
            f"{value!r} cannot be an alias: it already means a version number, a stage or the latest version.",
            hint="Choose another word, for example 'champion'.",
        )
    return value


def key(value: str, what: str) -> str:
    """Return the key of a tag, parameter or metric unchanged: printable, 1 to 250 characters, no outer blanks.

    At most 750 bytes too: three of them stand in one row of an index, and PostgreSQL limits those to 2,704 bytes.
    """
    usable = 0 < len(value) <= _KEY_LIMIT and value == value.strip() and printable(value)
    if not usable or (not value.isascii() and len(value.encode()) > _KEY_BYTES):
        raise InvalidName(
            f"{value[:80]!r} is not a {what} name.",
            hint="Use 1 to 250 printable characters (750 bytes) that neither start nor end with a blank.",
        )
    return value


def text(value: str, what: str, limit: int = _TEXT_LIMIT) -> str:
    """Return a value that a person wrote: at most ``limit`` characters, no NUL, no lone surrogates."""
    if len(value) > limit or "\0" in value or not _encodable(value):
        raise InvalidName(
            f"The {what} is too long or holds characters that are not text.", hint=f"At most {limit:,} characters."
        )
    return value


def printable(value: str) -> bool:
    """Say whether a string holds only visible characters and blanks, in any script."""
    if value.isascii():
        return value.isprintable()
    return _encodable(value) and not any(
        unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} or c in _TURNING for c in value
    )


def _encodable(value: str) -> bool:
    if value.isascii():
        return True
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
