"""Does an MLmodel file tell what it says, and nothing more?"""

from __future__ import annotations

import json
import time
from contextlib import suppress

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from holotype.domain.provenance import Column, Schema
from holotype.inspect.details import mlmodel, plain_yaml, requirements
from holotype.inspect.scanning.report import Unreadable
from tests.support import mlmodels


def test_a_model_of_scikit_learn() -> None:
    """Flavours, loader, Python, versions and a signature of columns."""
    said = mlmodel.read(mlmodels.SKLEARN)
    assert said.flavours == ("python_function", "sklearn")
    assert (said.loader, said.python, said.versions) == ("mlflow.sklearn", "3.11.7", {"scikit-learn": "1.9.1"})
    assert said.noted["model_uuid"] == "cbff57974799450ca85dafbd0193fa6e"
    inputs, outputs = [Column("age", "long"), Column("country", "double")], [Column("output", "int64", [-1])]
    assert said.schema == Schema(inputs, outputs)
    assert said.left_out == ()


def test_nested_types_are_texts() -> None:
    """What a column is made of stands in brackets; parameters of a call may be left out."""
    said = mlmodel.read(mlmodels.NESTED)
    assert said.schema == Schema(
        inputs=[
            Column("messages", "array<{content?: string, role: string}>"),
            Column("options", "map<double>", optional=True),
            Column("x", "any", optional=True),
        ],
        outputs=[Column("output", "array<array<double>>")],
        params=[Column("temperature", "double", optional=True), Column("stop", "string", [-1], optional=True)],
    )


def test_tensors_have_shapes() -> None:
    """Two without a name are told apart."""
    said = mlmodel.read(mlmodels.TENSORS)
    assert said.schema == Schema(
        [Column("image", "float32", [-1, 28, 28]), Column("length", "int64", [-1])],
        [Column("output 1", "float32", [-1, 10]), Column("output 2", "int64", [-1])],
    )


@pytest.mark.parametrize(
    ("signature", "sentence"),
    [
        ("inputs: not json", "The inputs of the signature are not read."),
        ("inputs: '{\"a\": 1}'", "The inputs of the signature are not read."),
        ('inputs: \'[{"name": "a"}]\'', "Input of the signature is not read."),
        ("inputs: '[1]'", "Input of the signature is not read."),
        ('inputs: \'[{"type": "tensor", "tensor-spec": {"dtype": "f", "shape": ["x"]}}]\'', "Input of the signature"),
        ('inputs: \'[{"type": "\\ud800"}]\'', "The inputs of the signature are not read."),
        ("outputs: '" + '[{"type": "array", "items": ' * 50 + "1" + "}]" * 50 + "'", "Output of the signature"),
    ],
)
def test_what_of_a_signature_is_not_read_is_said(signature: str, sentence: str) -> None:
    """The rest of the file counts all the same."""
    said = mlmodel.read(f"flavors:\n  onnx:\n    a: b\nsignature:\n  {signature}\n".encode())
    assert said.flavours == ("onnx",)
    assert said.left_out[0].startswith(sentence)


@pytest.mark.parametrize(
    "content",
    [b"", b"a: b", b"flavors: []", b"\0", b"a: &a [x]\nflavors: *a\n", b"[" * 2**19, b"a: 'b", b"? {a: b}\n: c\n",
     b"x: y\n" * 210_000, b"- " * 2**19, b"a:\n" + b"".join(b" " * depth + b"a:\n" for depth in range(1, 600))],
)  # fmt: skip
def test_what_is_no_such_file_is_refused_at_once(content: bytes) -> None:
    """With a reason, and within moments: nothing grows, nothing is walked to its end for nothing."""
    begun = time.monotonic()
    with pytest.raises(Unreadable):
        mlmodel.read(content)
    assert time.monotonic() - begun < 20


def test_a_tag_of_python_makes_nothing() -> None:
    """What another reader would call is a list of texts here."""
    assert plain_yaml.load(b"a: !!python/object/apply:os.system ['true']\n") == {"a": ["true"]}


def test_scalars_stay_the_texts_that_they_are() -> None:
    """A version does not become a number, nor a word a truth; nothing is nothing."""
    assert plain_yaml.load(b"python: 3.10\nyes: on\nnone: null\nquoted: 'null'\nempty:\n") == {
        "python": "3.10", "yes": "on", "none": None, "quoted": "null", "empty": None,
    }  # fmt: skip


_TEXTS = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF), max_size=20)
_VALUES = st.recursive(_TEXTS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3))


@given(st.dictionaries(_TEXTS, _VALUES, max_size=4))
def test_what_was_written_is_read(value: dict[str, object]) -> None:
    """As PyYAML writes it, with every text quoted."""
    written = yaml.safe_dump(value, default_style='"', allow_unicode=True).encode()
    assert plain_yaml.load(written) == value


@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    """Never anything else."""
    for reader in (plain_yaml.load, mlmodel.read):
        with suppress(Unreadable):
            reader(content)


@given(st.recursive(st.none() | st.booleans() | st.integers() | _TEXTS, lambda inner: st.lists(inner) |
                    st.dictionaries(st.sampled_from(("type", "name", "items", "shape", "tensor-spec", "properties")),
                                    inner)))  # fmt: skip
def test_any_signature_is_read_or_named(value: object) -> None:
    """Whatever its JSON holds."""
    text = json.dumps(json.dumps([value]))
    said = mlmodel.read(f"flavors: {{a: b}}\nsignature: {{inputs: {text}}}\n".encode())
    assert said.schema is not None
    assert len(said.schema.inputs) + len(said.left_out) == 1


def test_requirements_are_versions_and_wishes() -> None:
    """A version that is fixed is noted as such, everything else as it is written."""
    found = requirements.read({"requirements.txt": mlmodels.REQUIREMENTS, "python_env.yaml": mlmodels.PYTHON_ENV,
                               "conda.yaml": mlmodels.CONDA})  # fmt: skip
    assert found.python == "3.11.7"
    assert found.pinned == {"mlflow": "3.18.0", "numpy": "2.1.0", "scikit_learn": "1.9.1", "scipy": "1.17.1"}
    assert found.wishes == [
        "pandas>=2", "./local.whl", "git+https://ada:secret@example.org/x.git",
        "--trusted https://token@wheels.example/all", 'torch==2.4.0+cpu; python_version > "3.8"',
    ]  # fmt: skip


def test_conda_speaks_where_nothing_else_does() -> None:
    """Its Python, its own packages, and those of pip below it."""
    found = requirements.read({"conda.yaml": mlmodels.CONDA})
    assert (found.python, found.pinned, found.wishes) == (
        "3.10.4", {"cudatoolkit": "11.8", "mlflow": "3.18.0"}, ["numpy>=2"]
    )  # fmt: skip


def test_requirements_have_an_end() -> None:
    """Which is said."""
    found = requirements.read({"requirements.txt": b"".join(b"p%d==1\n" % one for one in range(1_500))})
    assert len(found.pinned) == 1_000
    assert found.left_out == ["The environment has more than 1,000 requirements; the first are on record."]
