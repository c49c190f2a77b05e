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

from holotype.domain.filters import ATTRIBUTE, DATASET, METRIC, PARAMETER, TAG, Clause

LONGEST = 64_000
MOST = 100


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
    raise NotImplementedError
