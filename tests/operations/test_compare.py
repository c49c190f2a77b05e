"""Comparing versions that were registered."""

from __future__ import annotations

import pytest

from holotype.domain.manifest import File
from holotype.domain.provenance import Column, Environment, Metric, Provenance, Schema
from holotype.domain.references import parse
from holotype.errors import Invalid, NotFound
from holotype.operations.compare import compare
from holotype.operations.register import Content, register
from holotype.wire.compare import from_domain
from tests.support.registry import Desk


def _push(desk: Desk, files: dict[str, bytes], origin: Provenance) -> None:
    held: list[File] = [desk.held(content, path) for path, content in files.items()]
    register(desk.call(), parse("fraud"), Content(held, origin))


def test_comparison_shows_only_differences(desk: Desk) -> None:
    """Parameters, metrics, files, schema and environment are compared with the first version."""
    schema = Schema([Column("age", "float32", [-1, 1])], [])
    base = Provenance(
        {"depth": 6, "seed": 1},
        [Metric("auc", 0.9), Metric("val_loss", 0.2)],
        environment=Environment("3.11"),
        schema=schema,
    )
    _push(desk, {"model.bin": b"one", "old.txt": b"old", "same.txt": b"same"}, base)
    other = Provenance(
        {"depth": 8, "seed": 1}, [Metric("auc", 0.95), Metric("val_loss", 0.3)], environment=Environment("3.12")
    )
    _push(desk, {"model.bin": b"twos", "new.txt": b"new", "same.txt": b"same"}, other)
    found = from_domain(compare(desk.call(), [parse("fraud:1"), parse("fraud:2")]))
    assert found.versions == ["default/fraud:1", "default/fraud:2"]
    assert [(row.name, row.values) for row in found.parameters] == [("depth", [6, 8])]
    assert [(row.name, row.direction, row.changes[0].verdict) for row in found.metrics] == [
        ("auc", "higher", "better"),
        ("val_loss", "lower", "worse"),
    ]
    assert [(row.path, row.change) for row in found.files[0].rows] == [
        ("model.bin", "changed"),
        ("new.txt", "added"),
        ("old.txt", "removed"),
    ]
    assert (found.files[0].unchanged, found.files[0].shared_bytes) == (1, 4)
    assert [(row.name, row.values) for row in found.schema] == [("input.age", ["float32 [-1, 1]", None])]
    assert [(row.name, row.values) for row in found.environment] == [("python", ["3.11", "3.12"])]
    assert found.same["parameters"] == 1
    whole = compare(desk.call(), [parse("fraud:1"), parse("fraud:2")], everything=True)
    assert [row.name for row in whole.parameters] == ["depth", "seed"]
    assert whole.same["parameters"] == 0


def test_comparison_needs_two_to_ten_versions(desk: Desk) -> None:
    """One version has nothing to be compared with, eleven are too many, an unknown one is named."""
    desk.register("fraud", b"one")
    with pytest.raises(Invalid, match="2 to 10"):
        compare(desk.call(), [parse("fraud:1")])
    with pytest.raises(Invalid, match="2 to 10"):
        compare(desk.call(), [parse("fraud:1")] * 11)
    with pytest.raises(NotFound, match="fraud:2"):
        compare(desk.call(), [parse("fraud:1"), parse("fraud:2")])
