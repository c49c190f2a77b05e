"""Do files of every shape arrive as they were, on every backend?"""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from holotype import Client, Data, Metric, Parent, Run, errors
from holotype.client.progress import Progress
from tests.support.server import Running
from tests.transfers.files import MIB, noise, read, write

SHAPES = {
    "a single byte": {"model.bin": b"x"},
    "empty files": {"empty": b"", "also/empty": b""},
    "names in any script": {"模型/权重.bin": b"1", "δοκιμή/é ü.txt": b"2", "50%25.txt": b"3", "a+b&c=d#e.txt": b"4"},
    "exactly a part, and a byte more": {"part": noise(16 * MIB), "more": noise(16 * MIB + 1, 1)},
    "many parts": {"big.bin": noise(50 * MIB + 12_345, 2), "config.json": b"{}"},
    "middling files": {f"shard-{n}.bin": noise(3 * MIB, n) for n in range(4)},
    "the same bytes twice": {"a": b"same" * 1000, "b/c": b"same" * 1000},
}  # fmt: skip


@pytest.mark.parametrize("files", SHAPES.values(), ids=SHAPES)
def test_what_is_pushed_is_pulled_bit_for_bit(client: Client, tmp_path: Path, files: dict[str, bytes]) -> None:
    """And pushing what was pulled gives the same version."""
    version = client.push(write(tmp_path / "in", files), "fraud", code=None)
    assert (version.number, version.file_count, version.size) == (1, len(files), sum(map(len, files.values())))
    assert client.pull(version.reference, tmp_path / "out") == tmp_path / "out"
    assert read(tmp_path / "out") == files
    assert client.verify(tmp_path / "out").digest == version.digest
    assert client.verify(version.reference).digest == version.digest
    assert client.push(tmp_path / "out", "fraud", code=None).reference == version.reference


def test_a_single_file_is_a_version(client: Client, tmp_path: Path) -> None:
    """Under its own name."""
    write(tmp_path, {"model.pkl": pickle.dumps([1, 2])})
    version = client.push(tmp_path / "model.pkl", "fraud")
    (file,) = client.files(version.reference)
    assert (file.path, file.format) == ("model.pkl", "pickle")


def test_five_thousand_small_files_arrive(embedded: Running, tmp_path: Path) -> None:
    """In few requests."""
    files = {f"{n % 70:02}/{n}.txt": str(n).encode() for n in range(5_000)}
    with Client(embedded.url, embedded.token) as client:
        version = client.push(write(tmp_path / "in", files), "fraud")
        assert version.file_count == 5_000
        client.pull(version.reference, tmp_path / "out")
        assert read(tmp_path / "out") == files
        assert sum(1 for _ in client.files(version.reference)) == 5_000


def test_hundreds_of_small_files_arrive_on_every_backend(client: Client, tmp_path: Path) -> None:
    """More than one request holds."""
    files = {f"{n % 7}/{n}.txt": str(n).encode() for n in range(600)}
    version = client.push(write(tmp_path / "in", files), "fraud")
    client.pull(version.reference, tmp_path / "out")
    assert read(tmp_path / "out") == files


def test_everything_that_was_said_is_in_the_version(client: Client, tmp_path: Path) -> None:
    """Parameters, metrics, data, run, parents, tags and aliases; and what could be seen."""
    write(tmp_path / "model", {"model.pkl": pickle.dumps(np.ones(3))})
    base = client.push(tmp_path / "model", "base")
    version = client.push(
        tmp_path / "model",
        "risk/fraud" if any(n.name == "risk" for n in client.namespaces()) else "fraud",
        params={"depth": np.int64(6), "criterion": "gini", "seed": None},
        metrics={"auc": 0.93, "loss": {"value": 0.1, "dataset": "holdout", "direction": "lower"}},
        data=["s3://bucket/train.csv", Data("s3://bucket/test.csv", role="test")],
        run=Run("r-1", tracker="mlflow", link="https://mlflow.example/r-1"),
        parents=[Parent(base.reference, "fine-tuned")],
        description="A *good* one.",
        card="# Card",
        tags={"team": "risk"},
        aliases=["champion"],
    )
    shown = client.version(version.reference)
    assert (shown.aliases, shown.tags, shown.description) == (["champion"], {"team": "risk"}, "A *good* one.")
    found = shown.provenance
    assert found is not None
    assert found.parameters == {"depth": 6, "criterion": "gini", "seed": "null"}
    assert {m.name: m.value for m in found.metrics} == {"auc": 0.93, "loss": 0.1}
    assert [d.role for d in found.data] == ["training", "test"]
    assert found.run is not None
    assert found.run.id == "r-1"
    assert (found.parents[0].reference, found.parents[0].digest) == (base.reference, base.digest)
    assert found.environment is not None
    assert found.environment.frameworks["numpy"] == np.__version__
    assert client.resolve(f"{version.namespace}/{version.model}:champion").digest == version.digest


def test_the_example_of_the_design_works(client: Client, tmp_path: Path) -> None:
    """Word for word, in a namespace that was made for it."""
    client.create_namespace("risk")
    model = str(write(tmp_path / "model", {"model.bin": b"weights"})) + "/"
    v = client.push(model, "risk/fraud", params={"depth": 6}, metrics={"auc": 0.93}, tags={"team": "risk"})
    assert (v.reference, v.number, v.digest[:7], v.stage) == ("risk/fraud:1", 1, "sha256:", "none")
    assert client.promote("risk/fraud:1", "staging", reason="passes the smoke test").status == "applied"
    client.promote("risk/fraud:1", "production")
    assert client.pull("risk/fraud:production", tmp_path / "out") == tmp_path / "out"
    assert client.resolve("risk/fraud:production", at=None).number == 1
    better = client.push(model, "risk/fraud", params={"depth": 7}, metrics=[Metric("auc", 0.95)])
    assert [version.number for version in client.versions("risk/fraud")] == [2, 1]
    assert [found.reference for found in client.models("tag.team:risk metric.auc>0.9")] == ["risk/fraud"]
    assert client.compare("risk/fraud:1", better.reference)
    assert [event.action for event in client.history("risk/fraud")]


def test_only_what_is_included_is_pulled_and_verified(client: Client, tmp_path: Path) -> None:
    """The files that were not asked for are not missed."""
    version = client.push(write(tmp_path / "in", {"a.json": b"{}", "w.bin": noise(MIB)}), "fraud")
    client.pull(version.reference, tmp_path / "out", include=["*.json"])
    assert read(tmp_path / "out") == {"a.json": b"{}"}
    client.verify(tmp_path / "out")


def test_progress_tells_how_far_it_is(client: Client, tmp_path: Path) -> None:
    """Each phase ends with everything done."""
    told: list[Progress] = []
    files = {"big": noise(20 * MIB), "small": b"x"}
    version = client.push(write(tmp_path / "in", files), "fraud", progress=told.append)
    client.pull(version.reference, tmp_path / "out", progress=told.append)
    size = 20 * MIB + 1
    for phase in ("hash", "upload", "download"):
        last = [p for p in told if p.phase == phase][-1]
        assert (last.bytes_done, last.bytes_total, last.files_done, last.files_total) == (size, size, 2, 2), phase


def test_errors_name_what_is_unknown(client: Client, tmp_path: Path) -> None:
    """And leave nothing behind."""
    with pytest.raises(errors.NotFound, match="fraud"):
        client.pull("fraud:9", tmp_path / "out")
    assert not (tmp_path / "out").exists()
    with pytest.raises(errors.NotFound):
        client.push(write(tmp_path / "in", {"a": b"x"}), "nowhere/fraud")
