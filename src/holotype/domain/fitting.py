"""How does what a tracker knows fit into a record with stricter rules? It is shortened or left out, and that is noted.

A name that is too long or has odd characters keeps what is usual in it and gets eight digits of its SHA-256, so that
two names stay two; a text keeps its beginning. Nothing is refused: a registration never fails for what a run logged.
"""

from __future__ import annotations

import hashlib
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from holotype.domain import names
from holotype.domain.provenance import ADDRESS_BYTES
from holotype.errors import InvalidName

NOTES, _NOTE = 50, 300
TEXT = 5_000
BUDGET = 4 * 2**20
_KEY_CHARACTERS, _KEY_BYTES = 200, 700
_SECRETS = ("signature", "credential", "token", "sig", "key", "password", "secret", "accesskeyid")


class Fitting:
    """What is on its way into a record; ``left_out`` says in sentences what did not come along as it was."""

    def __init__(self, budget: int = BUDGET) -> None:
        """Begin with nothing left out; ``budget`` bounds the characters of all texts together."""
        self._left = budget
        self._notes: list[str] = []
        self._more = self._crowded = 0

    @property
    def left_out(self) -> list[str]:
        """The sentences; the last ones count what there was too much of."""
        more = [f"And {self._more:,} things more."] if self._more else []
        crowded = [f"There was no room for {self._crowded:,} texts more."] if self._crowded else []
        return [*self._notes, *more, *crowded]

    def note(self, sentence: str) -> None:
        """Say that something is not on record as it was."""
        if len(self._notes) < NOTES:
            self._notes.append(plain(sentence)[:_NOTE])
        else:
            self._more += 1

    def key(self, value: str, what: str) -> str:
        """Return the name of a parameter, metric, data set or role as it can stand here."""
        try:
            return names.key(value, what)
        except InvalidName:
            kept = f"{_cut(plain(value).strip(), _KEY_CHARACTERS, _KEY_BYTES).strip() or what}~{_mark(value)}"
        self.note(f"The {what} {_quoted(value)} is on record as {kept!r}.")
        return kept

    def text(self, value: str, what: str, longest: int = TEXT) -> str | None:
        """Return a text as it can stand here; nothing where there is no room left for any more."""
        fitted = plain(value, lines=True)
        if fitted != value:
            self.note(f"Of {what} characters that are no text were replaced.")
        if len(fitted) > longest:
            self.note(f"Of {what} the first {longest:,} of {len(fitted):,} characters are on record.")
            fitted = fitted[: longest - 1] + "…"
        if len(fitted) > self._left:
            self._crowded += 1
            return None
        self._left -= len(fitted)
        return fitted

    def address(self, value: str, what: str) -> str:
        """Return an address as it can stand here, without the credentials that it may hold."""
        cleaned = without_secrets(value)
        if cleaned != value:
            self.note(f"The credentials in {what} are not on record.")
        fitted = plain(cleaned).strip()
        if fitted != cleaned or not fitted or len(fitted.encode()) > ADDRESS_BYTES:
            fitted = f"{_cut(fitted, ADDRESS_BYTES, ADDRESS_BYTES - 20) or 'unknown'}~{_mark(cleaned)}"
            self.note(f"{what[0].upper()}{what[1:]} is too long or not printable, and on record as a part of it.")
        return fitted


def plain(value: str, *, lines: bool = False) -> str:
    """Return a text with ``�`` in the place of what is no text; what breaks lines may be left in it."""
    if names.printable(value):
        return value
    if lines:
        return value.replace("\0", "�").encode("utf-8", "replace").decode()
    return "".join(sign if names.printable(sign) else "�" for sign in value)


def without_secrets(address: str) -> str:
    """Return an address without user name, password, and query parameters that are credentials."""
    try:
        parts = urlsplit(address)
        if not parts.scheme or not (parts.netloc or parts.query):
            return address
        names_of = [name.lower().replace("-", "").replace("_", "") for name, _ in parse_qsl(parts.query)]
    except ValueError:
        return address.rpartition("@")[2]
    user, at, host = parts.netloc.rpartition("@")
    secret = any(name.endswith(_SECRETS) for name in names_of)
    if secret or (at and (":" in user or parts.scheme.removeprefix("git+").startswith("http"))):
        return urlunsplit(parts._replace(netloc=host, query="" if secret else parts.query))
    return address


def _cut(value: str, characters: int, size: int) -> str:
    return value[:characters].encode()[:size].decode(errors="ignore")


def _mark(value: str) -> str:
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def _quoted(value: str) -> str:
    shown = plain(value)
    return repr(shown if len(shown) <= 60 else f"{shown[:60]}…")
