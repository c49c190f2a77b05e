"""Is each format told by its header, and does no header do harm?"""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import pickle
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import joblib
import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from holotype import inspect

HEADER = json.dumps({"w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
SAFETENSORS = struct.pack("<Q", len(HEADER)) + HEADER + b"\0" * 4
ONNX = b"\x08\x09\x12\x05torch\x3a\x04\x12\x02hi\x42\x02\x10\x11"
COREML = b"\x08\x04\x12\x02\x0a\x00\xa2\x1f\x02\x08\x01"
SAVED = b"\x08\x01\x12\x02\x0a\x00"
UBJSON = b"{L\0\0\0\0\0\0\0\x07learner{" + b"L\0\0\0\0\0\0\0\x01x{}}"
TORCH_OLD = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03."

BYTES = {
    ("w.safetensors", SAFETENSORS): "safetensors",
    ("no-ending", SAFETENSORS): "safetensors",
    ("m.gguf", b"GGUF" + struct.pack("<IQQ", 3, 0, 0)): "gguf",
    ("m.onnx", ONNX): "onnx",
    ("m.mlmodel", COREML): "coreml",
    ("saved_model.pb", SAVED): "savedmodel",
    ("m.npy", b"\x93NUMPY\x01\x00v\x00"): "npy",
    ("m.parquet", b"PAR1....PAR1"): "parquet",
    ("m.tflite", b"\x1c\0\0\0TFL3\0\0"): "tflite",
    ("m.cbm", b"CBM1\0\0"): "catboost",
    ("m.h5", b"\x89HDF\r\n\x1a\n" + b"\0" * 64): "hdf5",
    ("k.h5", b"\x89HDF\r\n\x1a\n" + b"\0" * 64 + b"keras_version"): "keras",
    ("x.json", b'{"learner":{"attributes":{}}}'): "xgboost",
    ("x2.json", b'{"version":[2,0,3],"learner":{}}'): "xgboost",
    ("x.ubj", UBJSON): "xgboost",
    ("l.txt", b"tree\nversion=v4\n"): "lightgbm",
    ("MLmodel", b"artifact_path: model\nflavors:\n  sklearn:\n"): "mlflow",
    ("p.pkl", pickle.dumps({"a": [1, 2]})): "pickle",
    ("p0.pkl", pickle.dumps({"a": [1, 2]}, protocol=0)): "pickle",
    ("p.bin", pickle.dumps(np.ones(3))): "pickle",
    ("old.pt", TORCH_OLD): "pytorch",
    ("p.pkl.gz", gzip.compress(pickle.dumps([1, 2]))): "pickle",
    ("p.joblib", zlib.compress(pickle.dumps([1, 2]))): "joblib",
    ("p.bz2", bz2.compress(pickle.dumps([1, 2]))): "pickle",
    ("p.xz", lzma.compress(pickle.dumps([1, 2]))): "pickle",
    ("empty", b""): None,
    ("readme.md", b"# Hello"): None,
    ("config.json", b'{"hidden": 3}'): None,
    ("data.gz", gzip.compress(b"text")): None,
    ("short", b"\x08"): None,
    ("text.pkl", b"not a pickle."): None,
    ("big-header", struct.pack("<Q", 2**62) + b"{"): None,
}  # fmt: skip


@pytest.mark.parametrize(
    ("case", "expected"), BYTES.items(), ids=lambda value: value[0] if isinstance(value, tuple) else ""
)
def test_a_header_tells_the_format(tmp_path: Path, case: tuple[str, bytes], expected: str | None) -> None:
    """The name helps only where the bytes cannot tell."""
    path = tmp_path / case[0]
    path.write_bytes(case[1])
    assert inspect.format_of(path) == expected


def archive(path: Path, *names: str, content: bytes = b"x") -> Path:
    """Write a zip file."""
    with zipfile.ZipFile(path, "w") as made:
        for name in names:
            made.writestr(name, content)
    return path


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("model/data.pkl", "model/version", "model/data/0"), "pytorch"),
        (("model/data.pkl", "model/constants.pkl", "model/code/x.py"), "torchscript"),
        (("config.json", "metadata.json", "model.weights.h5"), "keras"),
        (("a.npy", "b.npy"), "npz"),
        (("word/document.xml",), None),
    ],
)
def test_archives_are_told_by_their_members(tmp_path: Path, names: tuple[str, ...], expected: str | None) -> None:
    """Nothing is unpacked for it."""
    assert inspect.format_of(archive(tmp_path / "x", *names)) == expected


@pytest.mark.parametrize(
    "save",
    [
        lambda model, path: path.write_bytes(pickle.dumps(model)),
        lambda model, path: path.write_bytes(pickle.dumps(model, protocol=2)),
        joblib.dump,
        lambda model, path: joblib.dump(model, path, compress=3),
        lambda model, path: joblib.dump(model, path, compress=("lzma", 3)),
    ],
    ids=["pickle", "pickle-2", "joblib", "joblib-zlib", "joblib-lzma"],
)
def test_a_pickled_model_names_its_framework(tmp_path: Path, save: Callable[[object, Path], object]) -> None:
    """A real one, as scripts save it."""
    model = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
    save(model, tmp_path / "model.bin")
    assert inspect.format_of(tmp_path / "model.bin") in ("pickle", "joblib")
    assert {"sklearn", "numpy"} <= inspect.modules_of(tmp_path / "model.bin")
    assert inspect.modules_of(tmp_path / "model.bin") <= {"sklearn", "numpy", "joblib", "_codecs", "scipy"}


def test_the_pickle_in_an_archive_names_its_framework(tmp_path: Path) -> None:
    """As PyTorch saves."""
    path = archive(tmp_path / "m.pt", "m/data.pkl", "m/version", content=pickle.dumps(np.float64(1), protocol=2))
    assert "numpy" in inspect.modules_of(path)


def test_a_pickle_is_never_run(tmp_path: Path) -> None:
    """Its opcodes are read; what they would call is only named."""
    (tmp_path / "evil.pkl").write_bytes(b"\x80\x02cos\nsystem\nX\x0b\x00\x00\x00touch owned\x85R.")
    assert inspect.format_of(tmp_path / "evil.pkl") == "pickle"
    assert inspect.modules_of(tmp_path / "evil.pkl") == {"os"}
    assert not Path("owned").exists()


def test_a_small_file_that_unpacks_to_much_is_read_a_little(tmp_path: Path) -> None:
    """A bomb costs what is looked at, not what it holds."""
    (tmp_path / "bomb.joblib").write_bytes(zlib.compress(b"\x80\x04" + b"\0" * 2**28, 9))
    assert inspect.format_of(tmp_path / "bomb.joblib") == "joblib"
    assert inspect.modules_of(tmp_path / "bomb.joblib") == frozenset()


def test_what_cannot_be_read_has_no_format(tmp_path: Path) -> None:
    """The push itself says what is wrong with it."""
    assert inspect.format_of(tmp_path / "gone") is None
    assert inspect.modules_of(tmp_path) == frozenset()


STARTS = sorted({content[:n] for _, content in BYTES for n in (2, 4, 8, 16, 64) if content})


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    start=st.sampled_from(STARTS), rest=st.binary(max_size=400), name=st.sampled_from(["m.pkl", "m.onnx", "m.zip", "m"])
)
@example(start=b"PK\x03\x04", rest=b"PK\x05\x06" + b"\xff" * 18, name="m")
@example(start=b"\x80\x04", rest=b"\x95" + b"\xff" * 8, name="m.pkl")
@example(start=b"\x5d\x00\x00", rest=b"\xff" * 30, name="m")
@example(start=struct.pack("<Q", 60), rest=b"[" * 60, name="m")
def test_no_header_does_harm(tmp_path: Path, start: bytes, rest: bytes, name: str) -> None:
    """Whatever the bytes are, the answer is a name or None."""
    path = tmp_path / name
    path.write_bytes(start + rest)
    form = inspect.format_of(path)
    assert form is None or form.isalnum()
    assert all(module.isidentifier() for module in inspect.modules_of(path))
