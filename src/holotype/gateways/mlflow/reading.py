"""How are the small languages of MLflow read? Letter by letter, forwards only, in time that grows with their length."""

from __future__ import annotations

from collections.abc import Callable

from holotype.errors import Invalid

_SHOWN = 120
_ESCAPED = ("\\", "'", '"')


class Reader:
    """A place in the text, moving forwards only."""

    def __init__(self, text: str, what: str) -> None:
        """Begin a text; ``what`` it is, errors say."""
        if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
            raise Invalid(f"Invalid {what}: it is no text, or has a NUL.")
        self._text, self._what = text, what
        self._at, self._start, self._clause = 0, 0, 1

    def begin(self, clause: int) -> None:
        """Remember where a clause begins, for the errors about it."""
        self._space()
        self._start, self._clause = self._at, clause

    def wrong(self, why: str) -> Invalid:
        """Return the error about the clause at hand."""
        end = min(max(self._at, self._start) + _SHOWN // 2, self._start + _SHOWN)
        shown = self._text[self._start : end] + ("…" if end < len(self._text) else "")
        return Invalid(f"Invalid clause(s) in {self._what}: clause {self._clause}, {shown!r}: {why}.")

    def at_end(self) -> bool:
        """Pass over white space and say whether nothing follows."""
        self._space()
        return self._at == len(self._text)

    def rest(self) -> str:
        """Return what follows, shortened."""
        return self._text[self._at : self._at + _SHOWN // 4]

    def take(self, sign: str, *, spaced: bool = False) -> bool:
        """Pass over a sign, if it is next."""
        if spaced:
            self._space()
        if not self._text.startswith(sign, self._at):
            return False
        self._at += len(sign)
        return True

    def word(self, more: str = "") -> str:
        """Return the letters, digits and underscores that follow."""
        self._space()
        return self._while(lambda letter: letter.isalnum() or letter == "_" or letter in more)

    def keyword(self, wanted: str) -> bool:
        """Pass over a word, if it is next."""
        before = self._at
        if self.word().upper() == wanted:
            return True
        self._at = before
        return False

    def sign(self) -> str:
        """Return the signs of comparison that follow."""
        self._space()
        return self._while(lambda letter: letter in "<>=!~")

    def digits(self) -> str:
        """Return what may be a number."""
        self._space()
        return self._while(lambda letter: letter.isalnum() or letter in "+-._")

    def name(self) -> str:
        """Return the word that a clause begins with, or what stands in its quotes."""
        self._space()
        found = self._between(self._next()) if self._next() in '`"' else self.word()
        if not found:
            raise self.wrong("a name is missing")
        return found

    def key(self) -> str:
        """Return what stands behind the dot of an identifier."""
        if self._next() in "`\"'":
            return self._between(self._next())
        found = "" if self._next().isspace() else self.word(more=".")
        if not found:
            raise self.wrong("a name is missing behind the dot; put one with other letters in backticks")
        return found

    def quoted(self) -> bool:
        """Say whether a text in quotes follows."""
        self._space()
        return self._next() in "'\""

    def text(self, wanted: str) -> str:
        """Return what stands between the quotes that follow, as it is."""
        if not self.quoted():
            raise self.wrong(f"{self.rest()!r} stands where {wanted} is expected")
        return self._between(self._next())

    def literal(self, wanted: str) -> str:
        """Return the text that Python would read."""
        if not self.quoted():
            raise self.wrong(f"{self.rest()!r} stands where {wanted} are expected")
        quote, found = self._next(), list[str]()
        self._at += 1
        while self._at < len(self._text):
            letter = self._text[self._at]
            if letter == quote:
                self._at += 1
                return "".join(found)
            if letter == "\\" and self._text[self._at + 1 : self._at + 2] in _ESCAPED:
                self._at += 1
                letter = self._text[self._at]
            found.append(letter)
            self._at += 1
        raise self.wrong(f"the quote {quote} is not closed")

    def _between(self, quote: str) -> str:
        """Return what stands between a quote and its like, which is neither doubled nor behind a backslash.

        A backslash before the last quote there is escapes nothing: nothing could close the text then.
        """
        start = place = self._at + 1
        last = -1
        while (place := self._text.find(quote, place)) >= 0:
            doubled = self._text.startswith(quote, place + 1)
            escaped = quote != "`" and place > start and self._text[place - 1] == "\\"
            if not doubled and not escaped:
                break
            last = place
            place += 1 if escaped else 2
        end = place if place >= 0 else last
        if end < 0:
            self._at = start
            raise self.wrong(f"the quote {quote} is not closed")
        self._at = end + 1
        return self._text[start:end]

    def _next(self) -> str:
        return self._text[self._at : self._at + 1] or " "

    def _space(self) -> None:
        self._while(str.isspace)

    def _while(self, wanted: Callable[[str], bool]) -> str:
        start, text = self._at, self._text
        while self._at < len(text) and wanted(text[self._at]):
            self._at += 1
        return text[start : self._at]
