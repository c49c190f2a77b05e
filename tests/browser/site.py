"""What is there to look at? A registry as a team would have it after a while, made through the Python client.

clinic   a policy with two approvals and an evaluation; ``tumours`` with versions in several stages, a pending
         request for production, a refused one, evidence, cards, a data set that was recalled
risk     ``fraud`` with many versions and metrics; parents and children across models
people   ada contributes, rita and rob review, mia administers, eve has no rights; a team, a service account
"""

from __future__ import annotations

import contextlib
import json
import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from holotype import Client
from holotype.domain.provenance import Code, Data, Metric
from tests.support.server import Running, serving

PASSWORD = "a long enough phrase of the tests"
POLICY = (Path(__file__).resolve().parents[2] / "demo" / "policy.toml").read_text(encoding="utf-8")
PEOPLE = {"ada": ("contributor", "clinic", "risk"), "rita": ("reviewer", "clinic", "risk"),
          "rob": ("reviewer", "clinic", "risk"), "mia": ("admin", "registry"), "eve": ()}  # fmt: skip
CODE = Code("4f2a9c0d1b7e3f5a6c8d9e0f1a2b3c4d5e6f7a8b", dirty=False, repository="https://git.example.org/clinic")
CARD = """---
license: apache-2.0
---
# Intended use

Finds **tumours** on scans of ward 7. Not for children. See the [study](https://example.org/study).

| metric | ward-2026 |
|---|---|
| auc | 0.97 |
"""


@dataclass(slots=True)
class Site:
    """A running server, and what tests want to know of it."""

    server: Running
    folder: Path
    tokens: dict[str, str] = field(default_factory=dict)
    pending: int = 0
    refused: int = 0
    evaluation: int = 0

    @property
    def url(self) -> str:
        """Where it is."""
        return self.server.url

    def client(self, name: str | None = None) -> Client:
        """Return a client of the owner, or of one of the people."""
        return Client(self.url, self.server.token if name is None else self.tokens[name])

    def word(self) -> str:
        """Return the word of a new link that signs a browser in as ada."""
        with self.client("ada") as ada:
            return parse_qs(urlsplit(ada.sign_in_link().place).query)["word"][0]


@contextlib.contextmanager
def building(folder: Path, **settings: object) -> Iterator[Site]:
    """Run a server with all of it until the block ends."""
    with serving(folder / "server", **settings) as server:
        site = Site(server, folder)
        with site.client() as owner:
            _people(site, owner)
            _clinic(site, owner)
            _risk(site, owner)
            _besides(site, owner)
            owner.export_ledger(folder / "ledger.jsonl")  # which signs a checkpoint
        yield site


def _people(site: Site, owner: Client) -> None:
    for space in ("clinic", "risk"):
        owner.create_namespace(space)
    for name, (role, *scopes) in [(name, given or ("",)) for name, given in PEOPLE.items()]:
        owner.create_user(name)
        for scope in scopes:
            owner.grant(name, role, scope)
        secret = owner.create_set_up(name).secret
        site.tokens[name] = owner.use_set_up(secret, PASSWORD).secret


def _files(site: Site, name: str, seed: int, *, kib: int = 8) -> Path:
    """Write a folder that is a model: a safetensors file, a configuration and a readme."""
    place = site.folder / name / str(seed)
    place.mkdir(parents=True)
    tensors = {f"layer.{i}.weight": {"dtype": "F32", "shape": [16, 16], "data_offsets": [i * 1024, (i + 1) * 1024]}
               for i in range(kib)}  # fmt: skip
    header = json.dumps(tensors).encode()
    chance = random.Random(seed)
    body = struct.pack("<Q", len(header)) + header + chance.randbytes(kib * 1024)
    (place / "model.safetensors").write_bytes(body)
    (place / "config.json").write_text(json.dumps({"depth": seed % 7, "seed": seed}))
    (place / "docs").mkdir()
    (place / "docs" / "notes.md").write_text(f"# Notes of {name} {seed}\n")
    return place


def _clinic(site: Site, owner: Client) -> None:
    with site.client("ada") as ada, site.client("rita") as rita, site.client("rob") as rob:
        for seed in range(1, 6):
            ada.push(
                _files(site, "tumours", seed),
                "clinic/tumours",
                params={"depth": seed, "seed": seed * 11, "optimiser": "adam"},
                metrics=[Metric("auc", 0.9 + seed / 100, "ward-2026", None, "higher"), Metric("loss", 0.3 / seed)],
                data=[Data("s3://ward/scans.parquet")],
                run=f"run-{seed}",
                code=CODE,
                card=CARD,
                tags={"team": "clinic", "stage-of-study": "pilot"},
                description=f"The {seed}th forest.",
            )
        owner.apply_policy(POLICY, "clinic", reason="two persons for the ward")
        evaluation = {"metrics": [{"name": "auc", "value": 0.97, "dataset": "ward-2026"}], "evaluator": "ward-suite"}
        for number in (2, 3, 4):
            rita.promote(f"clinic/tumours:{number}", "staging", reason="smoke test passed")
        made = [ada.attest(f"clinic/tumours:{one}", "evaluation", json.dumps(evaluation)).id for one in (2, 4)]
        site.evaluation = made[0]
        first = ada.promote("clinic/tumours:2", "production", reason="first release").id
        assert first is not None
        rita.approve(first, comment="evaluation checked")
        rob.approve(first, comment="on duty")
        site.refused = ada.promote("clinic/tumours:3", "production", reason="without evaluation").id or 0
        site.pending = ada.promote("clinic/tumours:4", "production", reason="better on the ward").id or 0
        ada.set_alias("clinic/tumours:4", "challenger")
        ada.push(
            _files(site, "rash", 1),
            "clinic/rash",
            data=["s3://ward/mislabelled.parquet"],
            metrics={"auc": 0.8},
            code=None,
        )
        owner.quarantine("dataset:s3://ward/mislabelled.parquet", reason="labels swapped")


def _risk(site: Site, owner: Client) -> None:
    with site.client("ada") as ada:
        ada.push(
            _files(site, "base", 1), "risk/base", params={"rows": 1000}, data=["s3://lake/cards.parquet"], code=None
        )
        for seed in range(1, 13):
            ada.push(
                _files(site, "fraud", seed),
                "risk/fraud",
                params={"depth": seed % 5 + 2, "rate": 0.1 / seed},
                code=None,
                metrics={"auc": 0.85 + seed / 120 - (seed % 3) / 80, "recall": 0.7 + seed / 60},
                data=["s3://lake/cards.parquet"],
                parents=["risk/base:1"],
                tags={"team": "risk"},
            )
        for number in (10, 11):
            owner.promote(f"risk/fraud:{number}", "staging", reason="smoke test passed")
        ada.set_alias("risk/fraud:12", "challenger")
        words = "Finds **fraud** among card payments, minutes after they happen."
        ada.change_model("risk/fraud", description=words, card=CARD, tags={"team": "risk", "tier": "1"})
        ada.push(
            _files(site, "card-gate", 1), "risk/card-gate", parents=["risk/fraud:11"], metrics={"auc": 0.9}, code=None
        )
    for number, why in ((10, "first release"), (11, "auc up")):
        owner.promote(f"risk/fraud:{number}", "production", reason=why)


def _besides(site: Site, owner: Client) -> None:
    """Make what is seldom looked at: a team, a service account, and a model and a version that were deleted."""
    owner.create_team("on-call", members=["rita"])
    owner.create_service("ward-robot", owner="mia")
    with site.client("ada") as ada:
        for model, seed in (("risk/abandoned", 1), ("risk/card-gate", 2)):
            ada.push(_files(site, model.partition("/")[2], seed), model, code=None)
    for reference in ("risk/abandoned", "risk/card-gate:2"):
        owner.delete(reference)
