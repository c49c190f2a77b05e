"""How do tests of gates come by facts? A version with everything that a gate can want, of which tests change a part."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import structs

from holotype import gates
from holotype.domain import digest
from holotype.domain.entities import Approval, Evidence, Verdict, Version
from holotype.domain.policy import GateUse
from holotype.domain.provenance import Code, Column, Data, Environment, Metric, Parent, Provenance, Run, Schema
from holotype.gates.facts import Dossier, Facts

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ORIGIN = Provenance(
    parameters={"depth": 6},
    metrics=[Metric("auc", 0.91, direction="higher"), Metric("loss", 0.2)],
    data=[Data("s3://lake/train", digest.of(b"data"))],
    code=Code("abc123", dirty=False),
    run=Run("17"),
    parents=[Parent("risk/base:1")],
    environment=Environment("3.12"),
    schema=Schema([Column("x", "float", [-1, 3])], [Column("y", "float", [-1])]),
)
CARD = "---\nlicense: mit\n---\n# Intended use\n\nScores.\n\n## Limits\n"


def version(number: int = 7, **changes: Any) -> Version:
    """Return a version of risk/fraud."""
    made = Version(
        id=number,
        model_id=1,
        namespace_id=1,
        namespace="risk",
        model="fraud",
        number=number,
        digest=digest.of(b"%d" % number),
        size=3 * 2**20,
        file_count=2,
        stage="staging",
        stage_changed_at=NOW - timedelta(days=2),
        description="",
        created_at=NOW - timedelta(days=9),
        created_by="ada",
        examined=True,
    )
    return structs.replace(made, **changes)


def paper(
    type_: str, payload: object, *, id_: int = 1, by: str = "ci", days: float = 1, of: int = 7, **changes: Any
) -> Evidence:
    """Return evidence about a version; a payload of bytes is taken as it is."""
    content = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    made = Evidence(
        id=id_,
        version_id=of,
        subject=digest.of(b"%d" % of),
        type=type_,
        media_type="application/json",
        digest=digest.of(content),
        size=len(content),
        created_at=NOW - timedelta(days=days),
        created_by=by,
        payload=content,
    )
    return replace(made, **changes)


def evaluation(value: object, name: str = "auc", *, id_: int = 1, of: int = 7, **fields: Any) -> Evidence:
    """Return an evaluation with one metric."""
    metric = {"name": name, "value": value} | fields
    return paper("evaluation", {"metrics": [metric]}, id_=id_, of=of)


def scan(*, by: str = "holotype", id_: int = 1, days: float = 1, **changes: Any) -> Evidence:
    """Return a scan, clean unless said otherwise."""
    told = {"scanner": "s", "scanner_version": "1", "clean": True, "files": 2, "findings": [], "errors": []}
    return paper("scan", told | changes, id_=id_, by=by, days=days)


def inspection(*formats: str, by: str = "holotype") -> Evidence:
    """Return what the server found in the files."""
    files = [{"path": f"{i}.bin", "format": name} for i, name in enumerate(formats)]
    return paper("inspection", {"files": files}, by=by)


def facts(
    *evidence: Evidence, incumbent: Dossier | None = None, dossier: dict[str, Any] | None = None, **given: Any
) -> Facts:
    """Return facts about version 7 with some evidence; ``dossier`` changes what is known of it."""
    made = Dossier(version(), ORIGIN, CARD, tuple(evidence), {"safetensors": (2, "a")}, (), "mit")
    changed = replace(made, **(dossier or {}))
    told: dict[str, Any] = {"candidate": changed, "source": "staging", "target": "production", "now": NOW}
    return Facts(**(told | {"incumbent": incumbent} | given))


def holder(*evidence: Evidence, **changes: Any) -> Dossier:
    """Return what is known of version 3, which holds the target."""
    return replace(Dossier(version(3, stage="production"), ORIGIN, CARD, tuple(evidence)), **changes)


def approval(principal: str, person: int, *, at: int = 0, **changes: Any) -> Approval:
    """Return an approval by a reviewer."""
    made = Approval(
        principal, person, person, "approved", "", NOW + timedelta(seconds=at), roles=frozenset({"reviewer"})
    )
    return replace(made, **changes)


def ask(gate: str, about: Facts, **settings: Any) -> Verdict:
    """Return what a gate says, built from a policy's settings."""
    return gates.build(GateUse(gate, settings)).ask(about)
