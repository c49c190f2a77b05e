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

from collections.abc import Mapping
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
from holotype.gateways.mlflow.reading import Reader

LONGEST = 60_000
"""An address has at most 65,534 bytes, so a filter in a query can be as long, where little of it is percent-encoded."""
MOST = 100
LONGEST_PATTERN = 250
_FURTHEST = 2**63
"""Whole numbers from here on are compared as what they are about: no database holds them."""
_LONGEST_NUMBER = 40
_OF_NUMBERS = frozenset("0123456789.eE+-")
_IN_ORDER = ("=", "!=", "<", "<=", ">", ">=", "LIKE", "ILIKE", "IN", "NOT IN", "IS NULL", "IS NOT NULL")
_OF_DATASETS = frozenset({"name", "digest", "context"})


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
    reader, found = Reader(text, "filter string"), list[Clause]()
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


def _clause(reader: Reader, grammar: Grammar) -> Clause:
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
    value = reader.text("a text in single or double quotes")
    if comparator in LIKENESSES and len(value) > LONGEST_PATTERN:
        raise reader.wrong(f"a pattern has at most {LONGEST_PATTERN:,} characters, not {len(value):,}")
    return Clause(kind, key, comparator, value)


def _identifier(reader: Reader, grammar: Grammar) -> tuple[str, str]:
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


def _comparator(reader: Reader) -> str:
    found = reader.sign() or reader.word().upper()
    if found == "NOT":
        found = f"NOT {reader.word().upper()}"
    elif found == "IS":
        nothing = "IS NOT NULL" if reader.keyword("NOT") else "IS NULL"
        found = nothing if reader.keyword("NULL") else "IS"
    if found not in _IN_ORDER:
        raise reader.wrong(f"{found!r} is no comparator" if found else "a comparator is missing")
    return found


def _texts(reader: Reader) -> tuple[str, ...]:
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


def _number(reader: Reader, grammar: Grammar, *, measured: bool) -> int | float:
    plain = reader.text("a number") if grammar.quoted and reader.quoted() else reader.digits()
    try:
        if len(plain) > _LONGEST_NUMBER or not _OF_NUMBERS.issuperset(plain):
            raise ValueError
        if measured or (not grammar.whole and not _is_whole(plain)):
            return float(plain)
        return int(plain) if abs(int(plain)) < _FURTHEST else float(plain)
    except ValueError:
        kind = "whole number" if grammar.whole else "number"
        raise reader.wrong(f"{plain[:_LONGEST_NUMBER]!r} is no {kind}" if plain else f"a {kind} is missing") from None


def _is_whole(plain: str) -> bool:
    return plain.removeprefix("-").isdecimal()
