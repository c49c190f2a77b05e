"""Does a version's provenance hold what its run and its MLmodel know, and say what it could not hold?"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from holotype.domain import provenance
from holotype.domain.provenance import Code, Data, Environment, Metric, Parent, Provenance, Run, Source
from holotype.domain.references import parse
from holotype.domain.runs import Input, LoggedModel, Measured, TrackedRun
from holotype.operations.context import provenance_of
from holotype.operations.register import register
from holotype.operations.registering import Content, encode
from holotype.operations.show import show_version
from tests.support import mlmodels
from tests.support.asgi import Visitor, owner_of
from tests.support.registry import Desk

SOURCE = Source("runs:/17/model", "ab" * 16)
GIT = {
    "mlflow.source.git.commit": "0123abc",
    "mlflow.source.git.branch": "main",
    "mlflow.source.git.repoURL": "https://ada:secret@git.example/risk.git",
}
RUN = TrackedRun(
    id="17",
    experiment="fraud",
    name="brave-owl",
    user="ada",
    parameters={"depth": "6", "lr": "0.10", "note": "0x1F"},
    metrics=(Measured("auc", 0.91, dataset="holdout"), Measured("loss", 0.2), Measured("bad", math.nan)),
    tags={**GIT, "team": "risk", "mlflow.user": "ada", "mlflow.runName": "brave-owl", "mlflow.log-model.history": "[]"},
    inputs=(Input("train", "1f2e3d4c", kind="s3", source='{"uri": "s3://lake/train.csv"}'),),
)
BESIDE = {
    "requirements.txt": mlmodels.REQUIREMENTS,
    "python_env.yaml": mlmodels.PYTHON_ENV,
    "conda.yaml": mlmodels.CONDA,
}


def made(run: TrackedRun | None = RUN, mlmodel: bytes | None = None, **more: Any) -> Provenance:
    """Return the provenance of a version, which any registration would accept."""
    return provenance.check(provenance_of(run, mlmodel, tracker="mlflow", link=None, source=SOURCE, **more))


def left_out(found: Provenance) -> list[str]:
    """Return what the record says that it does not hold."""
    assert found.source is not None
    return found.source.left_out or []


def test_a_run_becomes_provenance() -> None:
    """Parameters stay the texts that were logged; what is elsewhere in the record is no tag."""
    found = made(parents=[Parent("risk/base:3")])
    assert found.parameters == {"depth": "6", "lr": "0.10", "note": "0x1F"}
    assert found.metrics == [Metric("auc", 0.91, "holdout"), Metric("loss", 0.2)]
    assert found.data == [Data("s3://lake/train.csv", name="train", fingerprint="1f2e3d4c")]
    assert found.code == Code("0123abc", None, "https://git.example/risk.git", "main")
    assert found.run == Run("17", "mlflow", None, "brave-owl", "fraud", "ada", {"team": "risk"})
    assert found.parents == [Parent("risk/base:3")]
    assert left_out(found) == [
        "The metric 'bad' is nan, which is no number that can be compared.",
        "The credentials in the address of the repository are not on record.",
    ]


def test_mlmodel_and_what_lies_beside_it_become_provenance() -> None:
    """Schema, Python, versions and wishes; credentials of an index are nobody's business."""
    found = made(None, mlmodels.NESTED, beside=BESIDE)
    assert found.schema is not None
    assert [one.name for one in found.schema.inputs] == ["messages", "options", "x"]
    assert found.environment == Environment(
        "3.11.7",
        {"mlflow": "3.18.0", "numpy": "2.1.0", "scikit_learn": "1.9.1", "scipy": "1.17.1"},
        ["pandas>=2", "./local.whl", "git+https://example.org/x.git", "--trusted https://wheels.example/all",
         'torch==2.4.0+cpu; python_version > "3.8"'],
    )  # fmt: skip
    assert found.run is None
    assert len(left_out(found)) == 2


def test_an_mlmodel_alone_names_its_frameworks() -> None:
    """As its flavours note them."""
    assert made(None, mlmodels.SKLEARN).environment == Environment("3.11.7", {"scikit-learn": "1.9.1"})


def test_an_mlmodel_that_cannot_be_read_is_said_to_be_so() -> None:
    """And the version is registered with what else is known."""
    found = made(RUN, b"flavors: [")
    assert found.schema is None
    assert left_out(found)[0] == "MLmodel is not read: it is no YAML at line 2."


def test_nothing_is_said_of_a_run_that_nobody_knows() -> None:
    """A source alone is a provenance, and one that is complete says nothing of being so."""
    assert made(None) == Provenance(source=SOURCE)
    assert made(TrackedRun("17", "")).run == Run("17", "mlflow")


def test_a_logged_model_comes_before_its_run() -> None:
    """A run may log many models: what is known of one is more than what the run says last."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    logged = LoggedModel("m-1", "0", "epoch 3", at, at, parameters={"depth": "7"},
                         metrics=(Measured("auc", 0.8, dataset="a"), Measured("auc", 0.7, dataset="b")))  # fmt: skip
    found = made(logged=logged)
    assert found.parameters["depth"] == "7"
    assert found.parameters["lr"] == "0.10"
    assert found.metrics == [Metric("auc", 0.8, "a"), Metric("auc", 0.7, "b"), Metric("loss", 0.2)]


@pytest.mark.parametrize(("said", "dirty"), [("true", True), ("False", False), ("", None)])
def test_whether_code_was_changed_is_as_the_run_says(said: str, dirty: bool | None) -> None:
    """And unknown where it does not."""
    code = made(TrackedRun("1", "", tags={**GIT, "mlflow.source.git.dirty": said})).code
    assert code is not None
    assert code.dirty is dirty


@pytest.mark.parametrize(
    ("kind", "source", "address"),
    [
        ("local", {"uri": "/data/wine.csv"}, "/data/wine.csv"),
        ("http", {"url": "https://a:b@example.org/wine.csv?x=1"}, "https://example.org/wine.csv?x=1"),
        ("http", {"url": "https://lake.example/w?X-Amz-Signature=ab&v=1"}, "https://lake.example/w"),
        ("s3", {"uri": "s3://lake/train@2026.csv"}, "s3://lake/train@2026.csv"),
        (
            "hugging_face",
            {"path": "imdb", "config_name": None, "split": "train", "revision": "a1b2"},
            "hf://datasets/imdb@a1b2 (split train)",
        ),
        ("hugging_face", {"path": "imdb", "split": "None", "revision": None}, "hf://datasets/imdb"),
        ("delta_table", {"delta_table_name": "main.risk.train", "delta_table_version": 3}, "main.risk.train@v3"),
        ("delta_table", {"path": "dbfs:/x"}, "dbfs:/x"),
        ("spark", {"table_name": "t"}, "table:t"),
        ("spark", {"sql": "SELECT 1"}, "sql:SELECT 1"),
        ("code", {"tags": {"mlflow.source.name": "train.py"}}, "code:train.py"),
        ("mlflow_evaluation", {"dataset_id": "d-1"}, "dataset:d-1"),
        ("other", {"odd": 1}, "dataset:wine"),
        ("other", None, "dataset:wine"),
    ],
)
def test_a_data_set_has_an_address(kind: str, source: Mapping[str, Any] | None, address: str) -> None:
    """Of every kind that MLflow knows, without credentials."""
    one = Input("wine", "1f", kind=kind, source="no JSON" if source is None else json.dumps(source), context="eval")
    assert made(TrackedRun("1", "", inputs=(one,))).data == [Data(address, None, "eval", "wine", "1f")]


def test_a_sha256_is_a_digest() -> None:
    """What can be checked is more than a fingerprint."""
    one = Input("wine", "ab" * 32, source='{"uri": "x"}')
    assert made(TrackedRun("1", "", inputs=(one,))).data == [Data("x", "sha256:" + "ab" * 32, name="wine")]


def test_names_that_do_not_fit_are_kept_apart() -> None:
    """Shortened or cleaned, with a mark, and a sentence that says so."""
    long = "p" * 300
    found = made(TrackedRun("1", "", parameters={long: "1", long + "x": "2", " a": "3", "a": "4", "\n": "5"}))
    assert len(found.parameters) == 5
    assert found.parameters["a"] == "4"
    assert len(left_out(found)) == 4
    assert left_out(found)[2].startswith("The parameter ' a' is on record as 'a~")


def test_long_values_are_shortened_and_that_is_said() -> None:
    """MLflow allows 6,000 characters."""
    found = made(TrackedRun("1", "", parameters={"prompt": "é" * 6_000}, tags={"diff": "d" * 8_000}))
    assert len(str(found.parameters["prompt"])) == 5_000
    assert left_out(found) == [
        "Of the parameter 'prompt' the first 5,000 of 6,000 characters are on record.",
        "Of the tag 'diff' of the run the first 5,000 of 8,000 characters are on record.",
    ]


def test_a_run_without_end_becomes_a_record_with_one() -> None:
    """The numbers that a provenance may hold, and so much text; the rest is counted."""
    many = TrackedRun(
        "1",
        "",
        parameters={f"p{one}": "x" * 1_000 for one in range(12_000)},
        metrics=tuple(Measured(f"m{one}", float(one)) for one in range(12_000)),
        tags={f"t{one}": "x" * 1_000 for one in range(3_000)},
    )
    found = made(many)
    assert len(found.metrics) == 10_000
    assert len(encode(found)) < 8 * 2**20
    assert found.run == Run("1", "mlflow")
    crowded = 10_000 - len(found.parameters) + 3_000
    assert left_out(found) == [
        "There are 12,000 metrics; the first 10,000 are on record.",
        "There are 12,000 parameters; the first 10,000 are on record.",
        f"There was no room for {crowded:,} texts more.",
    ]


_WORDS = st.text(max_size=30)
_RUNS = st.builds(
    TrackedRun,
    id=st.just("17"),
    experiment=_WORDS,
    name=_WORDS,
    user=_WORDS,
    parameters=st.dictionaries(_WORDS, _WORDS, max_size=4),
    metrics=st.lists(
        st.builds(Measured, _WORDS, st.floats(), dataset=st.none() | _WORDS, at=st.none() | st.datetimes()), max_size=4
    ).map(tuple),
    tags=st.dictionaries(_WORDS | st.sampled_from([*GIT, "mlflow.source.git.dirty"]), _WORDS, max_size=4),
    inputs=st.lists(
        st.builds(Input, _WORDS, _WORDS, kind=st.sampled_from(["", "hugging_face"]), context=_WORDS,
                  source=_WORDS | st.dictionaries(
                      st.sampled_from(["uri", "url", "path", "revision", "delta_table_version", "tags"]),
                      _WORDS | st.integers()).map(json.dumps)), max_size=3
    ).map(tuple),
)  # fmt: skip


@given(
    _RUNS, st.none() | st.binary(max_size=50), st.dictionaries(st.sampled_from(list(BESIDE)), st.binary(max_size=60))
)
def test_no_run_makes_registration_fail(run: TrackedRun, mlmodel: bytes | None, beside: dict[str, bytes]) -> None:
    """Whatever it holds, its provenance is one that is accepted and written as JSON."""
    encode(made(run, mlmodel, beside=beside))


def test_it_is_shown_as_it_was_recorded(desk: Desk) -> None:
    """Registered, read from the catalogue and decoded, on each database."""
    origin = made(RUN, mlmodels.NESTED, beside=BESIDE)
    version = register(desk.call(), parse("fraud"), Content([desk.held(b"w")], origin))[0]
    kept = show_version(desk.call(), parse(f"fraud:{version.number}")).provenance
    assert kept is not None
    assert msgspec.json.decode(kept, type=Provenance) == origin


def told(visitor: Visitor, path: str, **message: Any) -> Any:
    """Send a message of MLflow's and return the answer."""
    got = visitor.ask("POST", f"/api/2.0/mlflow/{path}", message)
    assert got.status == 200, got.body
    return got.json


def test_what_a_script_logs_is_shown_with_the_version(desk: Desk) -> None:
    """From the endpoints of MLflow's clients to ours; a copy keeps the context, and what was left out of it."""
    owner = owner_of(desk.registry)
    experiment = told(owner, "experiments/create", name="fraud")["experiment_id"]
    run = told(owner, "runs/create", experiment_id=experiment, start_time=1, run_name="owl")["run"]["info"]["run_id"]
    batch = {
        "params": [{"key": "depth", "value": "6"}],
        "metrics": [{"key": "auc", "value": 0.9, "timestamp": 1, "step": 0}],
        "tags": [{"key": key, "value": value} for key, value in {**GIT, "team": "risk"}.items()],
    }
    told(owner, "runs/log-batch", run_id=run, **batch)
    data = {"name": "train", "digest": "1f2e", "source_type": "s3", "source": json.dumps({"uri": "s3://lake/t.csv"})}
    context = {"tags": [{"key": "mlflow.data.context", "value": "training"}], "dataset": data}
    told(owner, "runs/log-inputs", run_id=run, datasets=[context])
    model = told(owner, "logged-models", experiment_id=experiment, name="m", source_run_id=run,
                 params=[{"key": "kind", "value": "tree"}])["model"]["info"]  # fmt: skip
    place = f"/api/2.0/mlflow-artifacts/artifacts/{experiment}/models/{model['model_id']}/artifacts"
    for name, content in {"MLmodel": mlmodels.SKLEARN, "model.bin": b"w", **BESIDE}.items():
        assert owner.ask("PUT", f"{place}/{name}", content=content).status == 200
    told(owner, "registered-models/create", name="Fraud (EU)")
    source = f"models:/{model['model_id']}"
    told(owner, "model-versions/create", name="Fraud (EU)", source=source, model_id=model["model_id"])
    told(owner, "registered-models/create", name="copy")
    told(owner, "model-versions/create", name="copy", source="models:/Fraud (EU)/1")
    name = next(one for one in owner.ask("GET", "/api/v1/models").json["items"] if one["title"] == "Fraud (EU)")["name"]
    shown = [owner.ask("GET", f"/api/v1/models/default/{one}/versions/1").json for one in (name, "copy")]
    first, copy = (msgspec.json.decode(json.dumps(one["provenance"]), type=Provenance) for one in shown)
    assert first.parameters == {"depth": "6", "kind": "tree"}
    assert (first.metrics, first.data[0].uri) == ([Metric("auc", 0.9)], "s3://lake/t.csv")
    assert first.run is not None
    assert (first.run.name, first.run.experiment, first.run.tags) == ("owl", "fraud", {"team": "risk"})
    assert first.schema is not None
    assert [one.name for one in first.schema.inputs] == ["age", "country"]
    assert (copy.parameters, copy.run, copy.parents[0].reference) == (first.parameters, first.run, f"default/{name}:1")
    assert left_out(copy) == left_out(first) != []
