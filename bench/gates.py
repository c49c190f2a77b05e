"""How long does it take to ask all gates for one promotion? With 20,000 files and 100 pieces of evidence."""

from __future__ import annotations

import hashlib
import json
import statistics
import time
from collections.abc import Mapping
from typing import Any

from bench import budgets
from bench.options import Options
from bench.servers import place
from bench.table import Row, verdict
from holotype import db
from holotype.artifacts.store import open_store
from holotype.artifacts.tables import blobs, holdings
from holotype.domain import digest
from holotype.domain.entities import Actor, Version
from holotype.domain.manifest import File
from holotype.domain.permissions import Permission
from holotype.domain.policy import ApprovalRule, GateUse, Rule
from holotype.domain.provenance import Code, Column, Data, Metric, Parent, Provenance, Run, Schema
from holotype.domain.references import parse
from holotype.governance import evidence, policies
from holotype.operations import asking, expressions, facts
from holotype.operations.call import Call, Registry
from holotype.operations.create_namespace import create_namespace
from holotype.operations.migrate import migrate
from holotype.operations.register import Content, register
from holotype.settings import Settings

FILES, PIECES, _TIMES = 20_000, 100, 30
_SETTINGS: Mapping[str, Mapping[str, object]] = {
    "metric": {"name": "auc", "at_least": 0.9},
    "better-than-incumbent": {"name": "auc", "direction": "higher"},
    "evidence": {"type": "test-report", "not_older_than": "30d"},
    "card-complete": {"fields": ["license"], "headings": ["Use"]},
    "licence-allowed": {"allow": ["mit"]},
    "size-limit": {"files": 20_000},
    "soak-time": {"at_least": "1s"},
    "expression": {"when": "evidence.exists(e, e.type == 'evaluation')"},
}
ORIGIN = Provenance(
    metrics=[Metric(f"m{i}", i / 7) for i in range(50)],
    data=[Data("s3://lake/train")],
    code=Code("abc", dirty=False),
    run=Run("1"),
    parents=[Parent("base:1")],
    schema=Schema([Column("x", "float")], [Column("y", "float")]),
)


def measure(options: Options) -> list[Row]:
    """Gather the facts and ask every gate, in one process, and time both."""
    from holotype import gates  # noqa: PLC0415 - the name of this module too

    uses = tuple(GateUse(name, _SETTINGS.get(name, {})) for name in gates.all() if name != asking.APPROVALS)
    rule = Rule(uses, (ApprovalRule(2, ("role:reviewer",)),))
    with place() as folder:
        database = db.connect(f"sqlite:///{folder / 'gates.db'}")
        migrate(database)
        call = Call(
            Registry(database, open_store(folder / "blobs"), Settings()), Actor("bench", 1, frozenset(Permission))
        )
        rows = [
            _row(call, _version(call, name, count), rule, options) for name, count in (("few", 20), ("many", FILES))
        ]
        database.close()
    expressions.stop()
    return rows


def _version(call: Call, model: str, count: int) -> Version:
    create = call.registry.database
    if model == "few":
        create_namespace(call, "default")
    files = [
        File(f"part-{i:05}.safetensors", "sha256:" + hashlib.sha256(b"%d" % i).hexdigest(), 10, format="safetensors")
        for i in range(count)
    ]
    base = File("base.bin", digest.of(model.encode()), 1)
    with create.write() as tx:
        there = {row.digest for row in tx.execute(blobs.select())}
        new = [one for one in [*files, base] if one.digest not in there]
        tx.execute(blobs.insert(), [{"digest": one.digest, "size": one.size, "created_at": 0} for one in new])
        tx.execute(holdings.insert(), [{"namespace_id": 1, "digest": one.digest, "touched_at": 0} for one in new])
    register(call, parse("base"), Content([base], card="---\nlicense: mit\n---\n"))
    made = register(call, parse(model), Content(files, ORIGIN, card="---\nlicense: mit\n---\n# Use\nx"))[0]
    metrics: list[dict[str, Any]] = [{"name": f"m{i}", "value": i / 3} for i in range(20)]
    with create.write() as tx:
        for i in range(PIECES):
            told = {"metrics": [{"name": "auc", "value": 0.9 + i / 2000}, *metrics]}
            evidence.insert(
                tx,
                made,
                type="evaluation",
                media_type="application/json",
                payload=json.dumps(told).encode(),
                signed_by=None,
                by="ci",
                now=call.now,
            )
    return made


def _row(call: Call, version: Version, rule: Rule, options: Options) -> Row:
    taken, asked = [], []
    for _ in range(max(_TIMES, 10 * options.runs)):
        with call.registry.database.read() as tx:
            began = time.process_time()
            policy = policies.in_force(tx, version.namespace_id)
            found = facts.gather(tx, call, version, source="staging", target="production", policy=policy, rule=rule)
            gathered = time.process_time()
            asking.ask(found, rule)
            ended = time.process_time()
        taken.append((ended - began) * 1000)
        asked.append((ended - gathered) * 1000)
    middle = statistics.median(taken)
    return Row(
        f"ask all {len(rule.gates) + 1} gates, {version.file_count:,} files, {PIECES} pieces of evidence",
        f"{middle:.1f} ms",
        f"the gates alone: {statistics.median(asked):.1f} ms",
        "",
        f"≤ {budgets.GATES_MS:g} ms",
        verdict(middle <= budgets.GATES_MS),
    )
