"""What becomes of a version whose bytes were never taken over? It is known, and nothing that needs bytes passes."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from holotype.catalogue import intakes, versions
from holotype.domain import built_in
from holotype.domain.entities import Actor, Right, Version
from holotype.domain.permissions import Permission
from holotype.domain.provenance import Metric, Provenance, Run, Source
from holotype.domain.references import parse
from holotype.domain.times import now
from holotype.errors import Invalid, NotFound
from holotype.operations import describing
from holotype.operations.compare import compare
from holotype.operations.delete import delete_version
from holotype.operations.doctor import diagnose
from holotype.operations.examine import examine
from holotype.operations.lineage import lineage
from holotype.operations.list_intakes import list_intakes
from holotype.operations.promote import promote
from holotype.operations.read_file import read_file
from holotype.operations.register import Content, register
from holotype.operations.set_alias import set_alias
from holotype.operations.show import show_files, show_manifest, show_version
from holotype.operations.show_evidence import list_evidence
from holotype.operations.sweep import sweep
from holotype.operations.try_policy import try_policy
from tests.support.asgi import owner_of
from tests.support.registry import Desk

FRAUD = parse("default/fraud:1")
WHERE = "s3://lake/models/7"


def external(desk: Desk, registration: str = "ab" * 16, **said: Any) -> Version:
    """Register a version whose bytes lie in a bucket that is nobody's import source."""
    origin = Provenance(source=Source(WHERE, registration, external=True), **said)
    return register(desk.call(), parse("fraud"), Content([], origin))[0]


def test_it_is_a_version_without_files(desk: Desk) -> None:
    """With a number, a digest and no byte; two registrations of one place are two versions."""
    first, second = external(desk), external(desk, "cd" * 16)
    assert (first.external, first.size, first.file_count, first.number) == (True, 0, 0, 1)
    assert (second.number, second.digest != first.digest) == (2, True)
    assert show_files(desk.call(), FRAUD) == []
    assert show_manifest(desk.call(), FRAUD).digest == first.digest


def test_nobody_registers_nothing(desk: Desk) -> None:
    """A version without files needs a source that says where they are."""
    for origin in (Provenance(), Provenance(source=Source(WHERE, "ab" * 16))):
        with pytest.raises(Invalid, match="at least one file"):
            register(desk.call(), parse("fraud"), Content([], origin))


def test_its_bytes_are_not_read_from_here(desk: Desk) -> None:
    """The refusal says that it is external, not that a path is wrong."""
    external(desk)
    with pytest.raises(NotFound, match="is external: the registry never took over its files"):
        read_file(desk.call(), FRAUD, "model.bin")


def test_no_move_of_the_built_in_policy_lets_it_pass(desk: Desk) -> None:
    """And the refusal names the place, on record; an alias may name it, as nobody protects that."""
    version = external(desk)
    examine(desk.call(), version)
    found = promote(desk.call(), FRAUD, "staging", reason="go")
    assert found.status == "refused"
    reasons = {one.gate: one.reason for one in found.verdicts if not one.passed}
    assert reasons["bytes-held"] == f"The registry never took over its bytes: they lie at {WHERE}."
    named = set_alias(desk.call(), FRAUD, "candidate")
    assert isinstance(named, Version)


def test_a_policy_is_tried_on_it(desk: Desk) -> None:
    """With a verdict for each gate, as on any version; the strict one lets it nowhere."""
    examine(desk.call(), external(desk))
    trials = try_policy(desk.call(), "default", built_in.text("strict")).trials
    assert trials
    assert not any(one.passed for one in trials if one.target in {"staging", "production"})


def test_its_examination_finds_nothing_clean(desk: Desk) -> None:
    """It is done, once, and its result is that nobody looked."""
    version = external(desk)
    examine(desk.call(), version)
    with desk.registry.database.read() as tx:
        assert versions.find(tx, FRAUD).examined
    assert {one.type for one in list_evidence(desk.call(), FRAUD)[1]} == {"inspection", "scan"}
    papers = {one.type: one.payload for one in describing.describe(desk.call(), FRAUD).evidence}
    scan = json.loads(papers["scan"] or b"")
    assert (scan["clean"], scan["files"]) == (False, 0)
    assert scan["errors"] == [{"path": "", "reason": "Its bytes were never taken over, so nobody looked into them."}]


def test_it_is_compared_with_one_that_is_here(desk: Desk) -> None:
    """Files are added, metrics stand beside each other."""
    external(desk, metrics=[Metric("auc", 0.8)])
    desk.register(origin=Provenance(metrics=[Metric("auc", 0.9)]))
    found = compare(desk.call(), [FRAUD, parse("default/fraud:2")])
    assert (found.files[0].added, found.files[0].shared_bytes) == (1, 0)
    assert found.metrics[0].values == (0.8, 0.9)


def test_its_papers_say_where_it_lies(desk: Desk) -> None:
    """The bill of materials holds against its schema, and names the source; the card does as well."""
    examine(desk.call(), external(desk))
    bom = describing.bom(desk.call(), FRAUD)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(bom.decode()) is None
    notes = {one["name"]: one["value"] for one in json.loads(bom)["metadata"]["component"]["properties"]}
    assert (notes["holotype:source"], notes["holotype:external"]) == (WHERE, "true")
    assert f"| Source | {WHERE} |" in describing.card(desk.call(), FRAUD).decode()


def test_it_is_found_shown_and_deleted_like_any_other(desk: Desk) -> None:
    """Lineage, provenance, doctor and the sweep take it as it is."""
    external(desk)
    shown = show_version(desk.call(), FRAUD)
    assert json.loads(shown.provenance or b"")["source"] == {
        "uri": WHERE, "registration": "ab" * 16, "external": True
    }  # fmt: skip
    assert [one.name for one in lineage(desk.call(), FRAUD).nodes] == ["default/fraud:1"]
    assert diagnose(desk.registry, every_blob=True).findings == []
    delete_version(desk.call(), FRAUD)
    sweep(desk.call())
    with pytest.raises(NotFound):
        show_version(desk.call(), FRAUD)


def test_a_push_never_says_where_it_came_from(desk: Desk) -> None:
    """The native interface shows a source, and takes none."""
    external(desk, run=Run("17", "mlflow", user="ada"))
    here = owner_of(desk.registry)
    shown = here.ask("GET", "/api/v1/models/default/fraud/versions/1").json
    assert (shown["external"], shown["size"], shown["provenance"]["source"]["uri"]) == (True, 0, WHERE)
    for source in (shown["provenance"]["source"], None):
        body = {"files": [], "provenance": {"source": source}}
        refused = here.ask("POST", "/api/v1/models/default/fraud/versions", body)
        assert (refused.status, refused.code) == (400, "invalid")
    assert "files/model.bin" not in here.ask("GET", "/api/v1/models/default/fraud/versions/1/files").body.decode()


def test_intakes_are_listed_for_whoever_sees_their_model(desk: Desk) -> None:
    """The newest first, by pages; of others nothing is told, whatever is asked for."""
    version = desk.register("fraud")
    with desk.registry.database.write() as tx:
        for number in (2, 3):
            asked = {"namespace_id": version.namespace_id, "model_id": version.model_id, "number": number,
                     "uri": WHERE, "registration": "ab" * 16, "created_by": "ada"}  # fmt: skip
            intakes.create(tx, asked, tags={}, now=now())
    found = list_intakes(desk.call(), limit=1)
    assert [one.number for one in found.items] == [3]
    assert [one.number for one in list_intakes(desk.call(), before=found.next).items] == [2]
    assert len(list_intakes(desk.call(), namespace="default", model="fraud").items) == 2
    elsewhere = Right(frozenset({Permission.MODEL_READ}), "default", "other")
    stranger = replace(desk.call(), actor=Actor("eve", 2, rights=(elsewhere,)))
    assert list_intakes(stranger).items == []
    assert list_intakes(stranger, namespace="default").items == []
    with pytest.raises(NotFound):
        list_intakes(stranger, namespace="default", model="fraud")
