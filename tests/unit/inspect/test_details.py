"""Does each format say what its header says, and nothing when the header lies?"""

from __future__ import annotations

import io
import json
import pickle
import random
import struct
from collections.abc import Callable
from typing import Any

import joblib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holotype.inspect.details import describe
from holotype.inspect.window import Window
from tests.support import headers, pickled

BUDGET = 2 * 2**20


def told(name: str, content: bytes) -> dict[str, Any]:
    """Describe a file with the budget that tests give."""
    return describe(name, Window.over(content, budget=BUDGET))


def array(value: Any) -> bytes:
    """Return an array as NumPy writes it."""
    made = io.BytesIO()
    np.save(made, value)
    return made.getvalue()


def dumped(value: object, **how: Any) -> bytes:
    """Return a value as joblib writes it."""
    made = io.BytesIO()
    joblib.dump(value, made, **how)
    return made.getvalue()


SAMPLES: dict[str, Callable[[], bytes]] = {
    "model.safetensors": lambda: headers.safetensors({"a": ("F32", [2, 3]), "b": ("BF16", [4])}, format="pt"),
    "model.gguf": headers.gguf,
    "model.onnx": headers.onnx,
    "model.tflite": headers.tflite,
    "model.keras": lambda: pickled.keras_archive(pickled.dense(), pickled.dense()),
    "state.pt": lambda: pickled.torch_zip(pickled.state_dict()),
    "script.pt": lambda: pickled.torch_zip(b"\x80\x02c__torch__\nM\n)\x81}b.", code=True),
    "array.npy": lambda: array(np.zeros((3, 4), dtype=np.float32)),
    "arrays.npz": pickled.HARMLESS["arrays.npz"],
    "model.joblib": lambda: dumped({"weights": np.arange(100.0)}),
    "packed.joblib": lambda: dumped({"weights": np.arange(100.0)}, compress=3),
    "model.pkl": lambda: pickle.dumps(np.arange(3), 4),
    "MLmodel": lambda: headers.MLMODEL,
    "old.h5": lambda: b"\x89HDF\r\n\x1a\n\0" + bytes(100) + b"keras_version\0\0\0\x06\x002.15.0" + bytes(100),
}
EXPECTED: dict[str, dict[str, Any]] = {
    "model.safetensors": {
        "format": "safetensors", "tensors": 2, "parameters": 10, "precision": {"BF16": 4, "F32": 6},
        "metadata": {"format": "pt"},
    },
    "model.gguf": {
        "format": "gguf", "version": 3, "tensors": 2, "parameters": 96, "precision": {"F32": 32, "Q4_K": 64},
        "metadata": {"general.architecture": "llama", "llama.context_length": 4096},
    },
    "model.onnx": {
        "format": "onnx", "ir_version": 10, "producer": "pytorch", "producer_version": "2.9",
        "opset": {"ai.onnx": 21, "com.acme": 1}, "custom_domains": ["com.acme"],
        "tensors": 2, "parameters": 16, "precision": {"float32": 12, "int64": 4}, "nodes": 1,
        "inputs": [{"name": "x", "type": "float32", "shape": ["batch", 3]}],
        "outputs": [{"name": "y", "type": "float32"}],
    },
    "model.tflite": {
        "format": "tflite", "schema": 3, "graphs": 1, "operators": 1,
        "tensors": 1, "parameters": 6, "precision": {"float32": 6},
    },
    "model.keras": {
        "format": "keras", "keras_version": "3.10.0", "class": "Sequential", "layers": 2, "kinds": {"Dense": 2},
    },
    "state.pt": {
        "format": "pytorch", "members": 4, "storages": 1, "storage_bytes": 80, "code": 0, "byteorder": "little",
        "tensors": 1, "parameters": 20, "precision": {"float32": 20},
    },
    "script.pt": {
        "format": "torchscript", "members": 6, "storages": 1, "storage_bytes": 80, "code": 1, "byteorder": "little",
        "tensors": 0, "parameters": 0, "precision": {},
    },
    "array.npy": {"format": "npy", "tensors": 1, "parameters": 12, "precision": {"float32": 12}, "shape": [3, 4]},
    "arrays.npz": {"format": "npz", "tensors": 2, "parameters": 14, "precision": {"U1": 2, "float64": 12}},
    "MLmodel": {
        "format": "mlflow", "flavours": ["python_function", "sklearn"], "mlflow_version": "3.17.0", "run_id": "1b2c",
        "loader": "mlflow.sklearn",
        "inputs": [{"type": "double", "name": "amount", "required": True},
                   {"type": "string", "name": "country", "required": True}],
        "outputs": [{"type": "long", "required": True}],
    },
    "old.h5": {"format": "keras", "superblock": 0, "keras_version": "2.15.0"},
}  # fmt: skip


@pytest.mark.parametrize("name", EXPECTED)
def test_a_header_is_told(name: str) -> None:
    """Tensors, parameters, precision, and what else the format knows of itself."""
    assert told(name, SAMPLES[name]()) == EXPECTED[name]


@pytest.mark.parametrize("name", ["model.joblib", "packed.joblib", "model.pkl"])
def test_a_pickle_names_what_it_needs(name: str) -> None:
    """Protocol and modules, also of compressed ones."""
    found = told(name, SAMPLES[name]())
    assert found["protocol"] >= 3
    assert "numpy" in found["modules"]


def test_a_large_header_of_safetensors_is_searched() -> None:
    """A header that is too large for memory is counted all the same, within a budget of its size."""
    content = headers.safetensors({f"layer.{number:080}": ("F16", [2, 2]) for number in range(40_000)})
    found = describe("model.safetensors", Window.over(content, budget=16 * 2**20))
    assert (found["tensors"], found["parameters"], found["precision"]) == (40_000, 160_000, {"F16": 160_000})


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("m.gguf", b"GGUF" + struct.pack("<IQQ", 3, 2**60, 2**60) + bytes(100)),
        ("m.gguf", b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + struct.pack("<Q", 2**62) + bytes(100)),
        ("m.safetensors", struct.pack("<Q", 40) + b'{"a":{"dtype":"F32","shape":[1e999]}}   ' + bytes(8)),
        ("m.safetensors", headers.safetensors({"a": ("F32", [2**40, 2**40])})),
        ("m.npy", b"\x93NUMPY\x02\0" + struct.pack("<I", 2**31) + bytes(100)),
        ("m.onnx", headers.onnx()[:-12] + b"\xff" * 12),
        ("m.keras", pickled.zipped({"metadata.json": b"{}", "config.json": b"[" * 100_000})),
        ("m.pt", pickled.torch_zip(b"\x80\x02garbage")),
    ],
)  # fmt: skip
def test_a_lie_is_unreadable_and_not_a_number(name: str, content: bytes) -> None:
    """Counts and lengths that cannot be are reported, not believed."""
    found = told(name, content)
    assert "parameters" not in found
    assert found.get("unreadable") or found["format"] is None


def test_a_budget_holds() -> None:
    """Whatever a header points at, no more is read than was allowed."""
    read: list[int] = []
    content = headers.gguf()

    def fetch(start: int, stop: int) -> bytes:
        read.append(stop - start)
        return content[start:stop].ljust(stop - start, b"\1")

    describe("model.gguf", Window(fetch, 2**40, budget=BUDGET))
    assert sum(read) <= BUDGET


@pytest.mark.parametrize("name", SAMPLES)
def test_damaged_headers_never_raise(name: str) -> None:
    """Bytes are flipped, cut out and put in anywhere; what is told can be written as JSON."""
    content, chance = SAMPLES[name](), random.Random(name)
    for _ in range(150):
        damaged = bytearray(content[: chance.choice((len(content), chance.randrange(1, len(content))))])
        for _ in range(chance.randint(0, 5)):
            place = chance.randrange(len(damaged))
            damaged[place : place + 4] = chance.choice((chance.randbytes(4), b"\xff" * 4, b"\0" * 4, b""))
            damaged = damaged or bytearray(b"x")
        found = told(name, bytes(damaged))
        json.dumps(found, allow_nan=False)
        assert set(found) >= {"format"}


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=400),
    st.sampled_from([b"GGUF\3\0\0\0", b"PK\3\4", b"\x93NUMPY\1\0", b"\x08\x0a", b"\0\0\0\0TFL3", b"{"]),
)
def test_random_headers_never_raise(content: bytes, begin: bytes) -> None:
    """Whatever follows the first bytes."""
    told("m.bin", begin + content)
