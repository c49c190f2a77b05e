"""Which clauses does a filter of MLflow have? Its grammar, read from left to right, each letter once.

    filter      = [clause {AND clause}]
    clause      = identifier comparator value | identifier IS [NOT] NULL
    identifier  = [kind "."] key         the key bare, or in backticks, double or (behind a kind) single quotes
    value       = 'text' | "text" | number | (text, text …)        the list behind IN and NOT IN

Keywords are read in any case; names of kinds and attributes are not. What stands between two quotes is the value as it
is: a doubled quote, or one behind a backslash, ends no text and stays as it was written. Only in lists a backslash
escapes, as in Python. A ``Grammar`` says what can be asked of a noun.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from holotype.domain.filters import (
    ATTRIBUTE,
    DATASET,
    EQUALITIES,
    INEQUALITIES,
    LIKENESSES,
    LISTS,
    METRIC,
    NULLS,
    PARAMETER,
    TAG,
    Clause,
)
from holotype.errors import Invalid

LONGEST = 64_000
MOST = 100
_LONGEST_NUMBER = 40
_OF_NUMBERS = frozenset("0123456789.eE+-")
_SHOWN = 120
_IN_ORDER = ("=", "!=", "<", "<=", ">", ">=", "LIKE", "ILIKE", "IN", "NOT IN", "IS NULL", "IS NOT NULL")
_OF_DATASETS = frozenset({"name", "digest", "context"})
_ESCAPED = ("\\", "'", '"')


@dataclass(frozen=True, slots=True)
class Grammar:
    """What a filter can ask of a noun.

    ``kinds`` are the words before a dot, ``texts`` and ``numbers`` the attributes, ``lists`` those that can be compared
    with a list; ``nulls`` are the kinds whose absence can be asked for; ``renamed`` are other words for attributes.
    ``quoted`` says that a number may stand in quotes, ``whole`` that it has no fraction.
    """

    noun: str
    kinds: Mapping[str, str]
    texts: frozenset[str]
    numbers: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()
    nulls: frozenset[str] = frozenset()
    renamed: Mapping[str, str] = field(default_factory=dict)
    quoted: bool = False
    whole: bool = False


_TAGS = {"tag": TAG, "tags": TAG}
_ATTRIBUTES = dict.fromkeys(("attribute", "attributes", "attr", "run"), ATTRIBUTE)
_METRICS = dict.fromkeys(("metric", "metrics"), METRIC)
_PARAMETERS = dict.fromkeys(("parameter", "parameters", "param", "params"), PARAMETER)
_DATASETS = dict.fromkeys(("dataset", "datasets"), DATASET)
_TIMES = ("creation_timestamp", "last_updated_timestamp")

MODELS = Grammar("registered models", {"attribute": ATTRIBUTE, **_TAGS}, frozenset({"name"}), lists=frozenset({"name"}))
VERSIONS = Grammar(
    "model versions",
    {"attribute": ATTRIBUTE, **_TAGS},
    frozenset({"name", "run_id", "source_path"}),
    frozenset({"version_number"}),
    lists=frozenset({"name", "run_id"}),
    quoted=True,
    whole=True,
)
RUNS = Grammar(
    "runs",
    {**_ATTRIBUTES, **_TAGS, **_METRICS, **_PARAMETERS, **_DATASETS},
    frozenset({"run_id", "run_name", "user_id", "status", "artifact_uri"}),
    frozenset({"start_time", "end_time"}),
    lists=frozenset({"run_id"}),
    nulls=frozenset({TAG, PARAMETER}),
    renamed={"created": "start_time", "Created": "start_time"}
    | dict.fromkeys(("run name", "Run name", "Run Name"), "run_name"),
)
LOGGED_MODELS = Grammar(
    "logged models",
    {**_ATTRIBUTES, **_TAGS, **_METRICS, **_PARAMETERS},
    frozenset({"name", "model_id", "model_type", "status", "source_run_id"}),
    frozenset({*_TIMES, "creation_time", "last_updated_time"}),
    lists=frozenset({"name", "model_id", "model_type", "status", "source_run_id"}),
    renamed={"creation_time": "creation_timestamp", "last_updated_time": "last_updated_timestamp"},
)
EXPERIMENTS = Grammar(
    "experiments",
    {**_ATTRIBUTES, **_TAGS},
    frozenset({"name", "experiment_id"}),
    frozenset({"creation_time", "last_update_time"}),
    lists=frozenset({"experiment_id"}),
    nulls=frozenset({TAG}),
)


def parse(text: str | None, grammar: Grammar) -> tuple[Clause, ...]:
    """Return the clauses of a filter, or raise ``Invalid`` with a sentence that names the clause."""
    if not text:
        return ()
    if len(text) > LONGEST:
        raise Invalid(f"A filter has at most {LONGEST:,} characters, not {len(text):,}.")
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise Invalid("A filter is text, without NUL.")
    reader, found = _Reader(text), []
    while not reader.at_end() or found:
        if len(found) == MOST:
            raise Invalid(f"A filter has at most {MOST} clauses.", hint="List names or run ids with IN ('…', '…').")
        reader.begin(len(found) + 1)
        found.append(_clause(reader, grammar))
        if reader.at_end():
            break
        if not reader.keyword("AND"):
            raise reader.wrong(f"{reader.rest()!r} follows where the filter could go on with AND")
    return tuple(found)


def _clause(reader: _Reader, grammar: Grammar) -> Clause:
    kind, key = _identifier(reader, grammar)
    comparator = _comparator(reader)
    if comparator in NULLS:
        if kind not in grammar.nulls:
            raise reader.wrong(f"IS NULL and IS NOT NULL cannot be asked of this in a search of {grammar.noun}")
        return Clause(kind, key, comparator)
    numeric = kind == METRIC or (kind == ATTRIBUTE and key in grammar.numbers)
    listed = kind == DATASET or (kind == ATTRIBUTE and key in grammar.lists)
    usable = EQUALITIES | (INEQUALITIES if numeric else LIKENESSES | (LISTS if listed else frozenset()))
    if comparator not in usable:
        ways = ", ".join(one for one in _IN_ORDER if one in usable)
        raise reader.wrong(f"{comparator} does not compare {kind} {key!r}; {ways} do")
    if comparator in LISTS:
        return Clause(kind, key, comparator, _texts(reader))
    if numeric:
        return Clause(kind, key, comparator, _number(reader, grammar, measured=kind == METRIC))
    return Clause(kind, key, comparator, reader.text("a text in single or double quotes"))


def _identifier(reader: _Reader, grammar: Grammar) -> tuple[str, str]:
    word = reader.name()
    if not reader.take("."):
        kind, key = ATTRIBUTE, word
    elif word not in grammar.kinds:
        raise reader.wrong(f"{word!r} is none of {', '.join(grammar.kinds)}")
    else:
        kind, key = grammar.kinds[word], reader.key()
    if kind == ATTRIBUTE:
        key = grammar.renamed.get(key, key)
        if key not in grammar.texts | grammar.numbers:
            known = ", ".join(sorted(grammar.texts | grammar.numbers))
            raise reader.wrong(f"{key!r} is no attribute of {grammar.noun}; those are {known}")
    if kind == DATASET and key not in _OF_DATASETS:
        raise reader.wrong(f"{key!r} is nothing that can be asked of a data set; name, digest and context are")
    return kind, key


def _comparator(reader: _Reader) -> str:
    found = reader.sign() or reader.word().upper()
    if found == "NOT":
        found = f"NOT {reader.word().upper()}"
    elif found == "IS":
        nothing = "IS NOT NULL" if reader.keyword("NOT") else "IS NULL"
        found = nothing if reader.keyword("NULL") else "IS"
    if found not in _IN_ORDER:
        raise reader.wrong(f"{found!r} is no comparator" if found else "a comparator is missing")
    return found


def _texts(reader: _Reader) -> tuple[str, ...]:
    """Read a list. Python reads those of MLflow: texts side by side are one, and a backslash escapes."""
    wanted = "texts in quotes between parentheses, with commas between them"
    found: list[str] = []
    if not reader.take("(", spaced=True):
        raise reader.wrong(f"IN needs {wanted}")
    while True:
        item = reader.literal(wanted)
        while reader.quoted():
            item += reader.literal(wanted)
        found.append(item)
        comma = reader.take(",", spaced=True)
        if reader.take(")", spaced=True):
            return tuple(found)
        if not comma:
            raise reader.wrong(f"IN needs {wanted}")


def _number(reader: _Reader, grammar: Grammar, *, measured: bool) -> int | float:
    plain = reader.text("a number") if grammar.quoted and reader.quoted() else reader.digits()
    try:
        if len(plain) > _LONGEST_NUMBER or not _OF_NUMBERS.issuperset(plain):
            raise ValueError
        return float(plain) if measured or (not grammar.whole and not _is_whole(plain)) else int(plain)
    except ValueError:
        kind = "whole number" if grammar.whole else "number"
        raise reader.wrong(f"{plain[:_LONGEST_NUMBER]!r} is no {kind}" if plain else f"a {kind} is missing") from None


def _is_whole(plain: str) -> bool:
    return plain.removeprefix("-").isdecimal()


class _Reader:
    """A place in the text, moving forwards only."""

    def __init__(self, text: str) -> None:
        self._text, self._at, self._start, self._clause = text, 0, 0, 1

    def begin(self, clause: int) -> None:
        """Remember where a clause begins, for the errors about it."""
        self._space()
        self._start, self._clause = self._at, clause

    def wrong(self, why: str) -> Invalid:
        """Return the error about the clause at hand."""
        end = min(max(self._at, self._start) + _SHOWN // 2, self._start + _SHOWN)
        shown = self._text[self._start : end] + ("…" if end < len(self._text) else "")
        return Invalid(f"Invalid clause(s) in filter string: clause {self._clause}, {shown!r}: {why}.")

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
        quote, found = self._next(), []
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
