r"""What does ``stage:production metric.auc>0.9`` mean? The one query language for models and versions.

    query   = or
    or      = and ("OR" and)*
    and     = not ("AND"? not)*
    not     = "NOT" not | "(" or ")" | term | word | "quoted phrase"
    term    = field ["." key] ["@" dataset ["/" slice]] operator value
    key, dataset, slice, value may stand in double quotes, with \" and \\ inside them

The fields are in ``query_fields``; the tree that is read is in ``query_tree``. Anything else is an ``InvalidQuery``
that points at the character and says what was expected there.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import replace

from holotype.domain import names, query_values
from holotype.domain.query_fields import NAMES, Field
from holotype.domain.query_tree import EVERYTHING, And, Node, Not, Or, Term, Text, write
from holotype.errors import InvalidQuery

LENGTH_LIMIT, TERM_LIMIT, DEPTH_LIMIT = 4_000, 100, 40

_BLANK = re.compile(r"\s*")
_FIELD = re.compile(r"[a-z]+")
_KEY = re.compile(r'[^\s()":<>=!@]+')
_SLICE = re.compile(r'[^\s()":<>=!]+')
_DATASET = re.compile(r'[^\s()":<>=!@/]+')
_OPERATOR = re.compile(r":|\s*(?:>=|<=|!=|[=<>])\s*")
_WORD = re.compile(r'[^\s()"]+')
_VALUE = re.compile(r'[^\s()"*]+')
_QUOTED = re.compile(r'"((?:[^"\\]|\\["\\])*)"')
_ESCAPE = re.compile(r'\\(["\\])')
_KEYWORDS = frozenset({"AND", "OR", "NOT"})

__all__ = ["DEPTH_LIMIT", "EVERYTHING", "LENGTH_LIMIT", "TERM_LIMIT", "parse", "write"]


def parse(text: str) -> Node:
    """Read a query; raise ``InvalidQuery`` with the position and what was expected. Blank means everything."""
    if len(text) > LENGTH_LIMIT:
        raise InvalidQuery(f"The query has {len(text):,} characters; {LENGTH_LIMIT:,} are allowed.")
    reader = _Reader(text)
    if not names.printable(_BLANK.sub("", text)):
        raise InvalidQuery("The query holds characters that are not text.", hint="Leave control characters out.")
    reader.skip()
    if reader.at == len(text):
        return EVERYTHING
    tree = reader.alternatives()
    if reader.at < len(text):
        raise reader.expected("a term, AND, OR or the end; this parenthesis closes nothing")
    return _last_word_is_prefix(tree)[0]


class _Reader:
    """A position in the text of a query; each method reads one rule of the grammar."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0
        self.terms = 0

    def alternatives(self) -> Node:
        """Read ``and ("OR" and)*``."""
        children = [self.together()]
        while self.keyword("OR"):
            children.append(self.together())
        return children[0] if len(children) == 1 else Or(_flat(children, Or))

    def together(self) -> Node:
        """Read ``not ("AND"? not)*``."""
        children = [self.negated()]
        while self.keyword("AND") or not self.stops():
            children.append(self.negated())
        return children[0] if len(children) == 1 else And(_flat(children, And))

    def negated(self) -> Node:
        """Read ``"NOT" not``, a parenthesis, a term, a word or a phrase."""
        self.depth += 1
        if self.depth > DEPTH_LIMIT:
            raise self.problem(f"NOT and parentheses are nested more than {DEPTH_LIMIT} deep")
        if self.keyword("NOT"):
            found: Node = Not(self.negated())
        elif self.text.startswith("(", self.at):
            found = self.parenthesis()
        else:
            found = self.leaf()
        self.depth -= 1
        return found

    def parenthesis(self) -> Node:
        """Read ``"(" or ")"``."""
        start = self.at
        self.at += 1
        self.skip()
        found = self.alternatives()
        if not self.text.startswith(")", self.at):
            self.at = start
            raise self.expected("a ')' for this '('")
        self.at += 1
        self.skip()
        return found

    def leaf(self) -> Node:
        """Read a term, a word or a phrase."""
        if self.at == len(self.text) or self.text[self.at] == ")" or self.peek_keyword():
            raise self.expected("a term or a word")
        self.terms += 1
        if self.terms > TERM_LIMIT:
            raise self.problem(f"The query has more than {TERM_LIMIT} terms")
        found = self.term()
        if found is None:
            found = self.phrase() if self.text[self.at] == '"' else self.word()
        self.skip()
        return found

    def term(self) -> Node | None:
        """Read a term, where a field and what belongs behind it stand here."""
        start = self.at
        match = _FIELD.match(self.text, self.at)
        field = NAMES.get(match[0]) if match else None
        if match is None or field is None:
            return None
        self.at = match.end()
        if field.keyed:
            if not self.text.startswith(".", self.at):
                self.at = start
                return None
            return self.keyed(field)
        operator = _OPERATOR.match(self.text, self.at)
        if operator is None:
            self.at = start
            return None
        return self.compared(Term(field.name, "", ""), field)

    def keyed(self, field: Field) -> Node:
        """Read ``.key[@dataset[/slice]]`` and what follows."""
        self.at += 1
        term = Term(field.name, "", "", self.name(_KEY if field.name == "metric" else _SLICE, "a name"))
        if field.name == "metric" and self.text.startswith("@", self.at):
            self.at += 1
            term = replace(term, dataset=self.name(_DATASET, "a data set"))
            if self.text.startswith("/", self.at):
                self.at += 1
                term = replace(term, slice=self.name(_SLICE, "a slice"))
        return self.compared(term, field)

    def compared(self, term: Term, field: Field) -> Term:
        """Read the operator and the value of a term."""
        match = _OPERATOR.match(self.text, self.at)
        operator = "" if match is None else match[0].strip().replace(":", "=")
        if match is None or operator not in field.operators:
            allowed = " ".join((":", *field.operators))
            raise self.expected(f"one of {allowed} behind {field.written}")
        self.at = match.end()
        start, quoted = self.at, self.text.startswith('"', self.at)
        text = self.quoted() if quoted else self.run(_VALUE)
        starred = self.text.startswith("*", self.at)
        self.at += starred
        value = query_values.read(field, operator, text, quoted=quoted, starred=starred) if self.ends() else None
        if value is None:
            self.at = start
            raise self.expected(query_values.EXPECTED[field.kind])
        return replace(term, operator=operator, value=value)

    def phrase(self) -> Text:
        """Read a quoted phrase."""
        start = self.at
        words = self.quoted()
        starred = self.text.startswith("*", self.at)
        self.at += starred
        return self.sought(Text(words, prefix=starred, quoted=not starred), start)

    def word(self) -> Text:
        """Read a free word; a ``*`` at its end makes it the beginning of a word."""
        start = self.at
        word = self.run(_WORD)
        sign = next((i for i, c in enumerate(word) if c in ":<>="), None)
        if sign is not None:
            self.at = start
            raise self.unknown(word[:sign])
        if "*" in word[:-1]:
            self.at = start + word.index("*")
            raise self.expected("a '*' only at the end of a word")
        return self.sought(Text(word.removesuffix("*"), prefix=word.endswith("*")), start)

    def sought(self, text: Text, start: int) -> Text:
        """Return a text that has something to look for."""
        if not any(c.isalnum() for c in text.words):
            self.at = start
            raise self.expected("letters or digits to look for")
        return text

    def name(self, pattern: re.Pattern[str], what: str) -> str:
        """Read a key, data set or slice, quoted or not."""
        found = self.quoted() if self.text.startswith('"', self.at) else self.run(pattern)
        if not found:
            raise self.expected(what)
        return found

    def quoted(self) -> str:
        """Read a text in double quotes."""
        match = _QUOTED.match(self.text, self.at)
        if match is None:
            raise self.expected('a closing " for this one (write \\" for a quote inside it, \\\\ for a backslash)')
        self.at = match.end()
        return _ESCAPE.sub(r"\1", match[1])

    def run(self, pattern: re.Pattern[str]) -> str:
        """Read what a pattern takes, perhaps nothing."""
        match = pattern.match(self.text, self.at)
        if match is None:
            return ""
        self.at = match.end()
        return match[0]

    def keyword(self, word: str) -> bool:
        """Read a keyword, if it stands here."""
        if self.peek_keyword() != word:
            return False
        self.at += len(word)
        self.skip()
        return True

    def peek_keyword(self) -> str | None:
        """Return the keyword that stands here."""
        match = _WORD.match(self.text, self.at)
        return match[0] if match and match[0] in _KEYWORDS else None

    def stops(self) -> bool:
        """Say whether nothing that could be joined by AND stands here."""
        return self.at == len(self.text) or self.text[self.at] == ")" or self.peek_keyword() in {"AND", "OR"}

    def ends(self) -> bool:
        """Say whether a term may end here."""
        return self.at == len(self.text) or self.text[self.at].isspace() or self.text[self.at] in "()"

    def skip(self) -> None:
        """Pass over blanks."""
        match = _BLANK.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def unknown(self, name: str) -> InvalidQuery:
        """Return the error for a word that looks like a term of a field that there is not."""
        field, dot, key = name[:40].partition(".")
        close = difflib.get_close_matches(field, NAMES, 1)
        guess = f"did you mean {close[0] + dot + key!r}? Or put" if close else "put"
        return self.problem(f"There is no field {name[:40]!r}; {guess} the text in double quotes to search for it")

    def expected(self, what: str) -> InvalidQuery:
        """Return the error that something else was expected here."""
        return self.problem(f"Expected {what}")

    def problem(self, sentence: str) -> InvalidQuery:
        """Return an error that points at this position."""
        start = max(0, self.at - 60)
        shown = re.sub(r"\s", " ", self.text[start : self.at + 40])
        place = f"at character {self.at + 1} of the query:\n  {shown}\n  {' ' * (self.at - start)}^"
        return InvalidQuery(f"{sentence}, {place}", hint="See docs/reference/query.md.")


def _flat(children: list[Node], kind: type[And | Or]) -> tuple[Node, ...]:
    """Return the children with those of the same kind opened up: ``a (b c)`` is ``a b c``."""
    found: list[Node] = []
    for child in children:
        found.extend(child.children if isinstance(child, kind) else (child,))
    return tuple(found)


def _last_word_is_prefix(node: Node) -> tuple[Node, bool]:
    """Return the tree in which the last free word is taken as a beginning, and whether a word was found."""
    if isinstance(node, Text):
        return (node if node.quoted else replace(node, prefix=True)), True
    if isinstance(node, Not):
        child, found = _last_word_is_prefix(node.child)
        return Not(child), found
    if isinstance(node, And | Or):
        for i in reversed(range(len(node.children))):
            child, found = _last_word_is_prefix(node.children[i])
            if found:
                return type(node)((*node.children[:i], child, *node.children[i + 1 :])), True
    return node, False
