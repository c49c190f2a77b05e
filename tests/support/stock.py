"""What do filters of MLflow clients have to find? A small catalogue, and an evaluator that reads clauses as they do.

The evaluator works on plain rows, one by one, without a database: the oracle of both databases.
"""

from __future__ import annotations

import json
import operator
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cmp_to_key
from typing import Any

from holotype.catalogue import tables
from holotype.db import Database
from holotype.domain import titles
from holotype.domain.filters import Clause, Order

PROMPT = "mlflow.prompt.is_prompt"
START = 1_700_000_000_000_000
_NAMES = (
    "fraud",
    "Fraud",
    "FRAUD Model (EU)",
    "fraud_v2",
    "churn",
    "churn*",
    "x[1]?",
    "pricing",
    "詐欺",
    "prompt-a",
    "a\\b",
)
_RUNS = (None, "run-a", "run-b", "RUN-A", "0f" * 16)
_URIS = (None, "s3://lake/a", "s3://lake/A", "s3://lake/a_b%c", "models:/m-1", "runs:/run-a/model", "models:/fraud/1")
_TEAMS = (None, "risk", "Risk", "core", "r" * 70, "100%", "it''s")
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(slots=True)
class Row:
    """A version, or an intake, as a client sees it."""

    name: str
    number: int
    run_id: str | None
    source: str
    created: int
    changed: int
    tags: dict[str, str] = field(default_factory=dict)
    prompt: bool = False


@dataclass(slots=True)
class Model:
    """A model as a client sees it."""

    name: str
    changed: int
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Stock:
    """What is there of the namespace ``default``."""

    rows: list[Row]
    models: list[Model]


def fill(database: Database, each: int = 6) -> Stock:
    """Write models with versions and intakes, some of them deleted, some in another namespace; return what is seen."""
    chance, stock = random.Random(4), Stock([], [])
    with database.write() as tx:
        tx.execute(tables.namespaces.insert(), {"id": 900, "name": "other", "created_at": START})
        for i, name in enumerate((*_NAMES, "gone", *_NAMES[:2])):
            space = 900 if i > len(_NAMES) else 1
            tags = {"team": "risk"} if i % 2 else {"team": "core", "stage": "x"}
            tags |= {PROMPT: "true"} if name.startswith("prompt") else {}
            changed = START + chance.randrange(5)
            model_id = 1_000 + i
            tx.execute(
                tables.models.insert(),
                {
                    "id": model_id,
                    "namespace_id": space,
                    "name": titles.name_of(name),
                    "title": titles.title_of(name),
                    "next_number": 100,
                    "created_at": START,
                    "created_by": "ada",
                    "changed_at": changed,
                    "deleted_at": START if name == "gone" else None,
                },
            )
            tx.execute(
                tables.model_tags.insert(), [{"model_id": model_id, "key": k, "value": v} for k, v in tags.items()]
            )
            seen = space == 1 and name != "gone"
            if seen:
                stock.models.append(Model(name, changed, tags))
            for number in range(1, each + 1):
                row = _row(chance, name, number)
                kept = _write(tx, chance, row, space, model_id, deleted=name == "gone" or number == each // 2)
                if seen and kept:
                    stock.rows.append(row)
    return stock


def _row(chance: random.Random, name: str, number: int) -> Row:
    uri = chance.choice(_URIS)
    tags = {"team": team} if (team := chance.choice(_TEAMS)) else {}
    tags |= {"my key": "a b", "a.b": "1"} if number % 2 else {}
    tags |= {PROMPT: "true"} if name.startswith("prompt") else {}
    return Row(
        name,
        number,
        chance.choice(_RUNS),
        uri or f"models:/{name}/{number}",
        START + chance.randrange(4),
        START + chance.randrange(4),
        tags,
        name.startswith("prompt"),
    )


def _write(tx: Any, chance: random.Random, row: Row, space: int, model_id: int, *, deleted: bool) -> bool:
    if row.number % 3 == 0 and not deleted:
        _write_intake(tx, row, space, model_id)
        return True
    version_id = model_id * 100 + row.number
    tx.execute(
        tables.versions.insert(),
        {
            "id": version_id,
            "namespace_id": space,
            "model_id": model_id,
            "number": row.number,
            "digest": f"sha256:{version_id:064x}",
            "config_digest": "sha256:0",
            "size": 1,
            "file_count": 1,
            "stage": "none",
            "stage_changed_at": START,
            "created_at": row.created,
            "created_by": "ada",
            "changed_at": row.changed,
            "deleted_at": START if deleted else None,
        },
    )
    own = row.source == f"models:/{row.name}/{row.number}" and chance.random() < 0.5
    if not own or row.run_id:
        uri = None if row.source == f"models:/{row.name}/{row.number}" else row.source
        tx.execute(tables.sources.insert(), {"version_id": version_id, "uri": uri, "run_id": row.run_id})
    for key, value in row.tags.items():
        tx.execute(tables.version_tags.insert(), {"version_id": version_id, "key": key, "value": value})
    return not deleted


def _write_intake(tx: Any, row: Row, space: int, model_id: int) -> None:
    tx.execute(
        tables.intakes.insert(),
        {
            "namespace_id": space,
            "model_id": model_id,
            "number": row.number,
            "status": "pending",
            "created_at": row.created,
            "created_by": "ada",
            "changed_at": row.changed,
            "uri": row.source,
            "run_id": row.run_id,
            "registration": "0",
            "tags": json.dumps(row.tags),
        },
    )


def versions_matching(stock: Stock, clauses: Sequence[Clause], orders: Sequence[Order] = ()) -> list[tuple[str, int]]:
    """Return the name and number of each version that matches, in order."""
    rows = [row for row in stock.rows if _wanted(clauses, row.prompt) and _all(clauses, row.tags, _of_row(row))]
    total = list(orders) or [Order("last_updated_timestamp", descending=True)]
    total += [
        one
        for one in (Order("name"), Order("version_number", descending=True))
        if one.key not in {o.key for o in total}
    ]
    return [(row.name, row.number) for row in _sorted(rows, total, _key_of_row)]


def models_matching(stock: Stock, clauses: Sequence[Clause], orders: Sequence[Order] = ()) -> list[str]:
    """Return the name of each model that matches, in order."""
    rows = [
        one
        for one in stock.models
        if _wanted(clauses, PROMPT in one.tags) and _all(clauses, one.tags, {"name": one.name})
    ]
    total = [*orders, *([] if any(one.key == "name" for one in orders) else [Order("name")])]
    return [one.name for one in _sorted(rows, total, lambda row, key: row.name if key == "name" else row.changed)]


def like(text: str, pattern: str) -> bool:
    """Say whether a text is like a pattern, in which only ``%`` and ``_`` mean anything."""
    reached = {0}
    for letter in pattern:
        if letter == "%":
            reached = set(range(min(reached), len(text) + 1)) if reached else set()
        else:
            reached = {i + 1 for i in reached if i < len(text) and letter in ("_", text[i])}
    return len(text) in reached


def _wanted(clauses: Sequence[Clause], prompt: bool) -> bool:
    first = next((one for one in clauses if one.key == PROMPT), None)
    asked = first is not None and (first.comparator, str(first.value).lower()) in {("=", "true"), ("!=", "false")}
    return asked or not prompt


def _all(clauses: Sequence[Clause], tags: dict[str, str], attributes: dict[str, Any]) -> bool:
    asked = [one for one in clauses if one.key != PROMPT or _wanted(clauses, True)]
    return all(_holds(one, tags.get(one.key) if one.kind == "tag" else attributes[one.key]) for one in asked)


def _holds(clause: Clause, value: Any) -> bool:
    if value is None:
        return False
    if clause.comparator in {"LIKE", "ILIKE"}:
        pattern = str(clause.value)
        return like(_lower(value), _lower(pattern)) if clause.comparator == "ILIKE" else like(value, pattern)
    if clause.comparator in {"IN", "NOT IN"}:
        return (value in clause.value) == (clause.comparator == "IN")  # type: ignore[operator]
    return _COMPARE[clause.comparator](value, clause.value)


def _lower(text: str) -> str:
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)


def _of_row(row: Row) -> dict[str, Any]:
    return {"name": row.name, "run_id": row.run_id or "", "source_path": row.source, "version_number": row.number}


def _key_of_row(row: Row, key: str) -> Any:
    return {
        "name": row.name,
        "version_number": row.number,
        "creation_timestamp": row.created,
        "last_updated_timestamp": row.changed,
    }[key]


def _sorted(rows: Iterable[Any], orders: Sequence[Order], key_of: Callable[[Any, str], Any]) -> list[Any]:
    def compare(a: Any, b: Any) -> int:
        for order in orders:
            here, there = key_of(a, order.key), key_of(b, order.key)
            if here != there:
                return (-1 if here < there else 1) * (-1 if order.descending else 1)
        return 0

    return sorted(rows, key=cmp_to_key(compare))
