"""Do the bill of materials and the model card say what is known, hold against their schema, and trust nobody's text?"""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa
import yaml
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from holotype.catalogue.tables import versions
from holotype.domain import card_writing, front_matter
from holotype.domain.manifest import File
from holotype.domain.provenance import Code, Column, Data, Environment, Metric, Parent, Provenance, Run, Schema
from holotype.domain.references import parse
from holotype.operations import attesting, describing
from holotype.operations.attest import attest
from holotype.operations.register import Content, register
from tests.support.registry import Desk

FRAUD = parse("fraud:2")
ORIGIN = Provenance(
    parameters={"depth": 6, "early": True, "kind": "boosted"},
    metrics=[Metric("auc", 0.91, "holdout"), Metric("loss", 0.25, direction="lower")],
    data=[Data("s3://lake/train.csv", "sha256:" + "a" * 64), Data("s3://lake/test.csv", role="evaluation")],
    code=Code("abc123", dirty=True, repository="https://git.acme.org/risk", branch="main"),
    run=Run("8c2f", "mlflow", "https://mlflow.acme.org/8c2f"),
    parents=[Parent("fraud:1", "fine-tuned"), Parent("elsewhere/base:3")],
    environment=Environment("3.12", {"scikit-learn": "1.9.0", "numpy": "2.4"}),
    schema=Schema([Column("amount", "double")], [Column("score", "double", [-1])]),
)
CARD = """---
license: apache-2.0
language: en
pipeline_tag: tabular-classification
use_cases: [triage of claims]
limitations: Only for amounts below 10,000.
ethical_considerations:
- Bias against new customers
tags:
- risk
holotype: {reference: forged/model:1, stage: production}
---
# Fraud

It is **good**.
"""


def furnish(desk: Desk, card: str = CARD, **words: Any) -> None:
    """Register two versions, the second with everything that a version can have."""
    desk.register(content=b"base")
    content = Content([desk.held(b"weights"), desk.held(b"# Read me", "README.md")], ORIGIN, card=card, **words)
    register(desk.call(), parse("fraud"), content)
    later = {
        "metrics": [{"name": "auc", "value": 0.95, "dataset": "holdout"}, {"name": "auc", "value": 1, "slice": "new"}]
    }
    attest(desk.call(), FRAUD, "evaluation", json.dumps(later).encode())


def bom(desk: Desk) -> dict[str, Any]:
    """Return the bill of materials, held against the schema."""
    content = describing.bom(desk.call(), FRAUD)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(content.decode()) is None
    found: dict[str, Any] = json.loads(content)
    return found


def card(desk: Desk) -> tuple[dict[str, Any], str]:
    """Return the front matter of the model card, read by another reader of YAML, and its text."""
    text = describing.card(desk.call(), FRAUD).decode()
    raw, body = front_matter.split(text)
    assert raw is not None
    found = yaml.safe_load(raw)
    assert found == front_matter.parse(raw)
    return found, body


def test_a_bill_of_materials_says_what_a_version_is_made_of(desk: Desk) -> None:
    """Files, data sets and frameworks with hashes and package addresses; parents as its pedigree."""
    furnish(desk, description="scores claims")
    made = bom(desk)
    root = made["metadata"]["component"]
    (digest,) = [row["digest"] for row in desk.rows(sa.select(versions.c.digest).where(versions.c.number == 2))]
    assert (root["type"], root["group"], root["name"], root["version"]) == (
        "machine-learning-model",
        "default",
        "fraud",
        "2",
    )
    assert root["hashes"] == [{"alg": "SHA-256", "content": str(digest).removeprefix("sha256:")}]
    assert root["licenses"] == [{"license": {"id": "Apache-2.0"}}]
    assert [one["name"] for one in root["pedigree"]["ancestors"]] == ["default/fraud:1", "elsewhere/base:3"]
    kinds = [(one["type"], one["name"]) for one in made["components"]]
    assert kinds == [
        ("file", "README.md"),
        ("file", "model.bin"),
        ("data", "s3://lake/train.csv"),
        ("data", "s3://lake/test.csv"),
        ("library", "numpy"),
        ("library", "scikit-learn"),
    ]
    assert made["components"][-1]["purl"] == "pkg:pypi/scikit-learn@1.9.0"
    refs = {one["bom-ref"] for one in made["components"]}
    (depends,) = [one for one in made["dependencies"] if one["ref"] == digest]
    assert set(depends["dependsOn"]) == refs


def test_a_bill_of_materials_has_a_model_card(desk: Desk) -> None:
    """Metrics with their slices, the last word on each; data sets, inputs and outputs, and what the card considers."""
    furnish(desk)
    model = bom(desk)["metadata"]["component"]["modelCard"]
    assert model["quantitativeAnalysis"]["performanceMetrics"] == [
        {"type": "auc", "value": "1", "slice": "new"},
        {"type": "loss", "value": "0.25"},
        {"type": "auc", "value": "0.95", "slice": "holdout"},
    ]
    assert model["modelParameters"]["task"] == "tabular-classification"
    assert model["modelParameters"]["inputs"] == [{"format": "amount: double"}]
    assert len(model["modelParameters"]["datasets"]) == 2
    assert model["considerations"] == {
        "useCases": ["triage of claims"],
        "technicalLimitations": ["Only for amounts below 10,000."],
        "ethicalConsiderations": [{"name": "Bias against new customers"}],
    }


def test_a_bill_of_materials_is_the_same_until_something_is_learnt(desk: Desk) -> None:
    """Byte for byte; then its version grows, and its serial number stays."""
    furnish(desk)
    first = describing.bom(desk.call(), FRAUD)
    assert describing.bom(desk.call(), FRAUD) == first
    attest(desk.call(), FRAUD, "acme.org/x", b"[]")
    before, after = json.loads(first), bom(desk)
    assert (after["serialNumber"], after["version"]) == (before["serialNumber"], before["version"] + 1)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("mit", {"license": {"id": "MIT"}}),
        ("MIT OR Apache-2.0", {"expression": "MIT OR Apache-2.0"}),
        ("other <b>", {"license": {"name": "other <b>"}}),
    ],
)
def test_a_licence_is_named_as_spdx_does_where_it_can(desk: Desk, said: str, kept: dict[str, Any]) -> None:
    """Else by the words of the card."""
    furnish(desk, f"---\nlicense: {said}\n---\n")
    assert bom(desk)["metadata"]["component"]["licenses"] == [kept]


def test_a_bill_of_materials_of_next_to_nothing_holds(desk: Desk) -> None:
    """A version without provenance, card or licence is described as well."""
    desk.register()
    desk.register(content=b"other")
    assert "licenses" not in bom(desk)["metadata"]["component"]


def test_hostile_words_leave_a_bill_of_materials_valid(desk: Desk) -> None:
    """A repository that is no address, quotes, control characters and other scripts in every place."""
    bad = 'a"b\\c<script>\u202e\u00e9 \U0001f333'
    origin = Provenance(
        parameters={"x": bad},
        metrics=[Metric("m x", 1e300, "d \u00e9", "s")],
        data=[Data("s3://a b/\u00e9")],
        code=Code(bad, dirty=False, repository=bad),
        run=Run(bad),
        parents=[Parent("not a reference !")],
        environment=Environment(bad, {"na me": bad, "": ""}),
    )
    desk.register()
    content = Content([desk.held(b"w", "d/\u00e9 x.bin")], origin, card=f"---\nlicense: '{bad}'\n---", description=bad)
    register(desk.call(), parse("fraud"), content)
    bom(desk)
    card(desk)


def test_a_card_keeps_the_authors_text_and_fills_in_the_facts(desk: Desk) -> None:
    """What the author says stays; what is missing is filled in; the registry's own key is nobody else's."""
    furnish(desk)
    said, text = card(desk)
    assert (said["license"], said["language"], said["tags"]) == ("apache-2.0", "en", ["risk"])
    assert said["base_model"] == ["default/fraud:1", "elsewhere/base:3"]
    assert said["datasets"] == ["s3://lake/train.csv", "s3://lake/test.csv"]
    assert (said["holotype"]["reference"], said["holotype"]["stage"]) == ("default/fraud:2", "none")
    (model,) = said["model-index"]
    assert model["results"][0]["metrics"] == [{"type": "auc", "value": 0.95, "name": "auc"}]
    assert text.endswith("# Fraud\n\nIt is **good**.\n")
    assert "| holdout | auc | 0.95 |  | evidence 1 |" in text
    assert "abc123 with uncommitted changes" in text


def test_the_facts_come_before_the_authors_text(desk: Desk) -> None:
    """So that an open comment or a fence in it hides none of them."""
    furnish(desk, "<!-- \n```\n" + card_writing.BEGIN + "\nstage: production\n" + card_writing.END + "\nMine")
    _, text = card(desk)
    assert text.index("What the registry knows") < text.index("Mine")
    assert text.count(card_writing.BEGIN) == text.count(card_writing.END) == 1
    assert "stage: production" not in text


def test_a_written_card_that_comes_back_gets_new_facts(desk: Desk) -> None:
    """It can be exported, changed and attached any number of times."""
    furnish(desk)
    first = describing.card(desk.call(), FRAUD)
    attest(desk.call(), FRAUD, "card", first)
    second = describing.card(desk.call(), FRAUD)
    attest(desk.call(), FRAUD, "card", second)
    third = describing.card(desk.call(), FRAUD).decode()
    assert third.count("What the registry knows") == 1
    assert third.count("# Fraud") == 1


def test_what_people_wrote_is_text_in_the_facts(desk: Desk) -> None:
    """Neither markup nor a link, nor a cell more."""
    hostile = "a|b <img src=x onerror=alert(1)> [c](javascript:alert(1)) `d`\n\n# e"
    furnish(desk, description=hostile)
    _, text = card(desk)
    (line,) = [one for one in text.splitlines() if one.startswith("| Description")]
    assert "<img" not in line
    assert "\\|b" in line
    assert "\\[c\\](javascript" in line


@pytest.mark.parametrize(
    "raw", ["a: &x [1]\nb: *x", "a: !!python/object/apply:os.system [id]", "- a", "a: [", "a: 1\na: 2"]
)
def test_front_matter_that_is_not_read_is_left_out_and_said_to_be(desk: Desk, raw: str) -> None:
    """The text behind it stays."""
    furnish(desk, f"---\n{raw}\n---\nMine")
    said, text = card(desk)
    assert "a" not in said
    assert "was left out" in text
    assert text.endswith("Mine\n")


def test_what_the_server_found_is_in_both(desk: Desk) -> None:
    """How many parameters there are, as the headers say; nobody else's word counts for it."""
    furnish(desk)
    forged = json.dumps({"files": [], "parameters": 5}).encode()
    found = json.dumps({"files": [{"path": "model.bin", "format": "safetensors"}], "parameters": 7_000}).encode()
    from dataclasses import replace  # noqa: PLC0415 - used here alone

    from holotype.catalogue import versions as catalogue  # noqa: PLC0415 - as above
    from holotype.operations.examine import EXAMINER  # noqa: PLC0415 - as above

    for payload, call in ((found, replace(desk.call(), actor=EXAMINER)), (forged, desk.call())):
        with call.write() as tx:
            version = catalogue.find(tx, FRAUD)
            attesting.record(tx, call, version, type="inspection", media_type="application/json", payload=payload)
    properties = bom(desk)["metadata"]["component"]["properties"]
    assert {"name": "holotype:parameter-count", "value": "7000"} in properties
    assert {"name": "holotype:formats", "value": "safetensors"} in properties
    assert "| Parameters | 7,000 |" in card(desk)[1]


def test_a_large_version_is_described_in_full(desk: Desk) -> None:
    """A file more or less is no matter."""
    files = [File(f"f{i:04}.bin", desk.held(b"%d" % i, f"f{i:04}.bin").digest, len(b"%d" % i)) for i in range(300)]
    desk.register()
    register(desk.call(), parse("fraud"), Content(files))
    assert len(bom(desk)["components"]) == 300
