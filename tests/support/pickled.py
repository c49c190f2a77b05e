"""How do tests get pickles that would do harm, and ones that would not? Made when asked for; none is ever loaded.

HARMLESS      what libraries write, or would
HARMFUL       what runs code that no model needs, in every disguise we know of
UNREADABLE    what nobody can look into to its end, so that nobody may call it clean
"""

from __future__ import annotations

import bz2
import codecs
import collections
import datetime as dt
import gzip
import io
import json
import lzma
import pickle
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import joblib  # type: ignore[import-untyped]
import numpy as np
from sklearn.ensemble import RandomForestClassifier  # type: ignore[import-untyped]
from sklearn.pipeline import make_pipeline  # type: ignore[import-untyped]
from sklearn.preprocessing import StandardScaler  # type: ignore[import-untyped]

Files = dict[str, Callable[[], bytes]]
"""Bytes by the name of the file that has them."""
SYSTEM = b"cos\nsystem\n(S'id'\ntR."


def text(value: str) -> bytes:
    """Return the opcode that pushes a short text."""
    raw = value.encode()
    return b"\x8c" + bytes([len(raw)]) + raw


def called(module: str, name: str, *arguments: str) -> bytes:
    """Return a pickle that calls something with texts."""
    pushed = b"".join(text(one) for one in arguments)
    return b"\x80\x04" + text(module) + text(name) + b"\x93(" + pushed + b"tR."


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    """Return a zip."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


def tarred(members: dict[str, bytes], mode: str = "w") -> bytes:
    """Return a tar, compressed where the mode says so."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return made.getvalue()


def torch_zip(pickled: bytes, *, pickle_name: str = "archive/data.pkl", code: bool = False) -> bytes:
    """Return an archive as ``torch.save`` writes it, or ``torch.jit.save``."""
    members = {
        pickle_name: pickled,
        "archive/byteorder": b"little",
        "archive/data/0": bytes(80),
        "archive/version": b"3\n",
    }
    if code:
        members |= {"archive/constants.pkl": b"\x80\x02).", "archive/code/__torch__.py": b"class M(Module):\n  pass\n"}
    return zipped(members)


def state_dict() -> bytes:
    """Return the pickle of a state dict of one float tensor with 20 elements, as torch writes it."""
    storage = b"(X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\x000X\x03\0\0\0cpuK\x14tQ"
    tensor = (
        b"ctorch._utils\n_rebuild_tensor_v2\n("
        + storage
        + b"K\0K\x05K\x04\x86K\x04K\x01\x86\x89ccollections\nOrderedDict\n)RtR"
    )
    return b"\x80\x02ccollections\nOrderedDict\n)R(X\x06\0\0\0weight" + tensor + b"u."


def legacy_torch(pickled: bytes) -> bytes:
    """Return a file as torch wrote it before 1.6: five pickles, and then raw storages."""
    magic = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
    return (
        magic + b"\x80\x02M\xe9\x03." + b"\x80\x02}." + pickled + b"\x80\x02]q\0." + b"\x14\0\0\0\0\0\0\0" + bytes(80)
    )


def keras_archive(*layers: dict[str, Any]) -> bytes:
    """Return an archive as Keras 3 writes it, with some layers."""
    config = {"class_name": "Sequential", "module": "keras", "config": {"layers": list(layers)}}
    metadata = {"keras_version": "3.10.0", "date_saved": "2026-01-01"}
    return zipped(
        {
            "metadata.json": json.dumps(metadata).encode(),
            "config.json": json.dumps(config).encode(),
            "model.weights.h5": b"\x89HDF\r\n\x1a\n" + bytes(64),
        }
    )


def dense() -> dict[str, Any]:
    """Return a layer that computes."""
    return {"module": "keras.layers", "class_name": "Dense", "config": {"units": 8}}


def array(kind: str, content: bytes, shape: str = "(4,)") -> bytes:
    """Return a NumPy file whose array has a type, followed by bytes."""
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\0" + struct.pack("<H", len(header)) + header + content


def joblib_array(raw: bytes, *, after: bytes = b".", count: int | None = None) -> bytes:
    """Return a pickle as joblib writes it, with an array of bytes between its opcodes."""
    wrapper = b"cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81}("
    kind = b"cnumpy\ndtype\n(X\x02\0\0\0u1K\0K\x01tR(K\x03X\x01\0\0\0|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb"
    length = len(raw) if count is None else count
    state = text("subclass") + b"cnumpy\nndarray\n" + text("shape") + b"J" + struct.pack("<i", length) + b"\x85"
    state += text("order") + text("C") + text("dtype") + kind + text("allow_mmap") + b"\x88"
    return b"\x80\x04" + wrapper + state + b"ub" + raw + after


def _sklearn(dump: str) -> bytes:
    generator = np.random.default_rng(0)
    rows, answers = generator.random((60, 4)), generator.integers(0, 2, 60)
    model = make_pipeline(StandardScaler(), RandomForestClassifier(5, random_state=0)).fit(rows, answers)
    if dump == "pickle":
        return pickle.dumps(model)
    made = io.BytesIO()
    joblib.dump(model, made, compress=0 if dump == "plain" else (dump, 3))
    return made.getvalue()


def _arrays() -> bytes:
    made = io.BytesIO()
    np.savez(made, weights=np.arange(12.0).reshape(3, 4), classes=np.array(["a", "b"]))
    return made.getvalue()


def _corrupt_sum() -> bytes:
    """Return an archive whose dangerous member has another checksum than its bytes: some readers do not look."""
    made = bytearray(torch_zip(SYSTEM))
    for mark, offset in ((b"PK\x03\x04", 14), (b"PK\x01\x02", 16)):
        place = made.index(mark) + offset
        made[place : place + 4] = b"\xde\xad\xbe\xef"
    return bytes(made)


def _flagged() -> bytes:
    """Return an archive whose members claim to be encrypted, which some readers do not look at."""
    made = bytearray(torch_zip(SYSTEM))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        made[made.index(mark) + offset] |= 1
    return bytes(made)


def _swallowed() -> bytes:
    """Return a joblib file that reads in two ways: plain ``pickle`` runs what joblib takes for an array."""
    return joblib_array(SYSTEM)


def _framed() -> bytes:
    """Return a joblib file in which the opcodes go on inside a frame and the array comes after it."""
    whole = joblib_array(b"", count=len(SYSTEM), after=b"")
    body = whole[2:] + b"0" + SYSTEM
    return b"\x80\x04\x95" + struct.pack("<Q", len(body)) + body + SYSTEM


HARMLESS: Files = {
    "state.pkl": lambda: pickle.dumps({"depth": 6, "names": ["a", "b"], "when": dt.date(2026, 1, 1)}),
    "ordered.pkl": lambda: pickle.dumps(collections.OrderedDict(a=1), 2),
    "protocol0.pkl": lambda: pickle.dumps({"depth": 6, "names": ["a", "b"]}, 0),
    "sklearn.pkl": lambda: _sklearn("pickle"),
    "sklearn.joblib": lambda: _sklearn("plain"),
    "sklearn-zlib.joblib": lambda: _sklearn("zlib"),
    "sklearn-gzip.joblib": lambda: _sklearn("gzip"),
    "sklearn-bz2.joblib": lambda: _sklearn("bz2"),
    "sklearn-xz.joblib": lambda: _sklearn("xz"),
    "joblib-array.joblib": lambda: joblib_array(bytes(range(256))),
    "state-dict.pt": lambda: torch_zip(state_dict()),
    "legacy.pt": lambda: legacy_torch(state_dict()),
    "script.pt": lambda: torch_zip(b"\x80\x02c__torch__\nM\n)\x81}b.", code=True),
    "arrays.npz": _arrays,
    "numbers.npy": lambda: array("<f8", bytes(32)),
    "objects.npy": lambda: array("|O", pickle.dumps([1, 2, 3, 4])),
    "model.keras": lambda: keras_archive(dense()),
    "models.tar.gz": lambda: tarred({"a/model.pkl": pickle.dumps([1])}, "w:gz"),
    "README.md": lambda: b"cos and sin\nare functions\n(of an angle)\n.",
    "weights.bin": lambda: bytes(range(256)) * 40,
    "custom.pkl": lambda: b"\x80\x04" + text("shop.models") + text("Basket") + b"\x93)\x81}b.",
}

HARMFUL: Files = {
    "system.pkl": lambda: called("os", "system", "id"),
    "posix.pkl": lambda: called("posix", "system", "id"),
    "eval.pkl": lambda: called("builtins", "eval", "1"),
    "exec.pkl": lambda: called("builtins", "exec", "1"),
    "import.pkl": lambda: called("builtins", "__import__", "os"),
    "importlib.pkl": lambda: called("importlib", "import_module", "antigravity"),
    "subprocess.pkl": lambda: called("subprocess", "Popen", "id"),
    "runpy.pkl": lambda: called("runpy", "run_path", "/tmp/x.py"),
    "pip.pkl": lambda: called("pip", "main", "install"),
    "pip-internal.pkl": lambda: called("pip._internal.cli.main", "main", "install"),
    "webbrowser.pkl": lambda: called("webbrowser", "open", "http://x"),
    "marshal.pkl": lambda: called("marshal", "loads", "x"),
    "code.pkl": lambda: called("code", "interact"),
    "ctypes.pkl": lambda: called("ctypes", "CDLL", "x.so"),
    "zipimport.pkl": lambda: called("zipimport", "zipimporter", "x.zip"),
    "smtplib.pkl": lambda: called("smtplib", "SMTP", "x"),
    "sqlite.pkl": lambda: called("sqlite3", "connect", "x"),
    "numpy-testing.pkl": lambda: called("numpy.testing._private.utils", "runstring", "1"),
    "numpy-f2py.pkl": lambda: called("numpy.f2py.crackfortran", "getlincoef", "1"),
    "numpy-load.pkl": lambda: called("numpy", "load", "x.npy"),
    "torch-hub.pkl": lambda: called("torch.hub", "load", "x/y"),
    "torch-load.pkl": lambda: called("torch", "load", "x.pt"),
    "torch-inductor.pkl": lambda: called("torch._inductor.codecache", "compile_file", "x"),
    "joblib-load.pkl": lambda: called("joblib", "load", "x"),
    "pandas.pkl": lambda: called("pandas.io.pickle", "read_pickle", "http://x"),
    "pandas-eval.pkl": lambda: called("pandas.core.computation.eval", "eval", "1"),
    "dotted.pkl": lambda: called("sklearn.utils", "os.system", "id"),
    "through-a-class.pkl": lambda: called("sklearn.base", "BaseEstimator.__init__.__globals__", "os"),
    "unknown-function.pkl": lambda: called("shop.tools", "run_everything", "id"),
    "protocol0.pkl": lambda: SYSTEM,
    "instance.pkl": lambda: b"(S'id'\nios\nsystem\n.",
    "object.pkl": lambda: b"(cos\nsystem\nS'id'\no.",
    "renamed.txt": lambda: SYSTEM,
    "renamed.safetensors": lambda: called("os", "system", "id"),
    "memo.pkl": lambda: (
        b"\x80\x04" + text("os") + b"\x940" + text("system") + b"\x94h\0h\x01\x93" + text("id") + b"\x85R."
    ),
    "memo-again.pkl": lambda: (
        b"\x80\x02X\x04\0\0\0jsonq\0X\x06\0\0\0systemq\x01X\x02\0\0\0osq\x000h\0h\x01\x93X\x02\0\0\0id\x85R."
    ),
    "memo-binary.pkl": lambda: b"\x80\x04U\x02osU\x06system\x93U\x02id\x85R.",
    "computed.pkl": lambda: (
        b"\x80\x04c_codecs\nencode\n" + text("os") + b"\x85R" + text("system") + b"\x93" + text("id") + b"\x85R."
    ),
    "python2.pkl": lambda: b"c__builtin__\neval\n(S'1'\ntR.",
    "two.pkl": lambda: pickle.dumps([1]) + SYSTEM,
    "cut-off.pkl": lambda: called("os", "system", "id")[:-1],
    "broken-after.pkl": lambda: called("os", "system", "id")[:-1] + b"\xff\xff\xff",
    "nested.pkl": lambda: pickle.dumps({"model": called("os", "system", "id")}),
    "nested-torch.pkl": lambda: (
        b"\x80\x04ctorch.storage\n_load_from_bytes\nC" + bytes([len(SYSTEM) + 2]) + b"\x80\x02" + SYSTEM + b"\x85R."
    ),
    "extension.pkl": lambda: b"\x80\x02\x82\x01)R.",
    "changes.pkl": lambda: b"\x80\x04cshop\nsettings\n}" + text("debug") + b"\x88sb.",
    "state-dict.pt": lambda: torch_zip(SYSTEM),
    "renamed-member.pt": lambda: torch_zip(called("os", "system", "id"), pickle_name="archive/data.txt"),
    "protocol0-member.pt": lambda: torch_zip(SYSTEM, pickle_name="archive/weights"),
    "checksum.pt": _corrupt_sum,
    "flagged.pt": _flagged,
    "legacy.pt": lambda: legacy_torch(SYSTEM),
    "legacy-tail.pt": lambda: legacy_torch(b"\x80\x02}.")[:-100] + b"\x80\x02" + SYSTEM,
    "packed.zip": lambda: zipped({"model.pkl": SYSTEM}, zipfile.ZIP_DEFLATED),
    "deep.zip": lambda: zipped({"a.zip": zipped({"b.zip": zipped({"model.pkl": SYSTEM})})}),
    "prefixed.bin": lambda: b"#!/bin/sh\n" + zipped({"model.pkl": SYSTEM}),
    "model.tar": lambda: tarred({"model.pkl": SYSTEM}),
    "model.tar.gz": lambda: tarred({"model.pkl": SYSTEM}, "w:gz"),
    "zip-in-tar.tar.xz": lambda: tarred({"model.pt": torch_zip(SYSTEM)}, "w:xz"),
    "model.pkl.gz": lambda: gzip.compress(SYSTEM),
    "model.joblib": lambda: zlib.compress(called("os", "system", "id")),
    "model-bz2.joblib": lambda: bz2.compress(called("os", "system", "id")),
    "model-xz.joblib": lambda: lzma.compress(called("os", "system", "id")),
    "model-lzma.joblib": lambda: lzma.compress(called("os", "system", "id"), lzma.FORMAT_ALONE),
    "two-streams.pkl.gz": lambda: gzip.compress(pickle.dumps([1])) + gzip.compress(SYSTEM),
    "after-array.joblib": lambda: joblib_array(bytes(range(256)), after=b"0" + SYSTEM),
    "as-array.joblib": _swallowed,
    "in-frame.joblib": _framed,
    "objects.npy": lambda: array("|O", called("os", "system", "id")),
    "objects.npz": lambda: zipped({"arr_0.npy": array("|O", called("os", "system", "id"))}),
    "lambda.keras": lambda: keras_archive(
        dense(),
        {"class_name": "Lambda", "config": {"function": {"class_name": "__lambda__", "config": {"code": "4wEA"}}}},
    ),
    "module.keras": lambda: keras_archive({"module": "os", "class_name": "system", "config": {"command": "id"}}),
    "escaped.keras": lambda: zipped({"metadata.json": b"{}", "config.json": b'{"class_name": "\\u004cambda"}'}),
    "alone.keras": lambda: zipped({"config.json": b'{"class_name": "Lambda"}'}),
    "config.json": lambda: b'{"layers": [{"class_name": "Lambda"}]}',
    "torch-in-torch.pkl": lambda: (
        b"\x80\x04ctorch.storage\n_load_from_bytes\nB\x2f\x02\0\0" + torch_zip(SYSTEM) + b"\x85R."
    ),
    "lambda.h5": lambda: b"\x89HDF\r\n\x1a\n" + bytes(2_000) + b'{"class_name": "Lambda", "config": {}}' + bytes(200),
    "saved_model.pb": lambda: b"\x08\x01\x12\x20\x0a\x08ReadFile\x12\x08ReadFile" + bytes(8),
}

UNREADABLE: Files = {
    "cut-off.pkl": lambda: pickle.dumps(list(range(1_000)))[:-20],
    "garbage.pkl": lambda: b"\x00\x01garbage" * 20,
    "protocol9.pkl": lambda: b"\x80\x09N.",
    "array-cut-off.joblib": lambda: joblib_array(bytes(10), count=1_000, after=b""),
    "array-without-shape.joblib": lambda: b"\x80\x04cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81}b.",
    "bomb.zip": lambda: zipped({"model.pkl": b"\x80\x04" + b"N0" * 20_000_000 + b"N."}, zipfile.ZIP_DEFLATED),
    "bomb.joblib": lambda: zlib.compress(b"\x80\x04B" + struct.pack("<I", 50_000_000) + bytes(50_000_000) + b".", 9),
    "cut-off.zip": lambda: zipped({"model.pkl": pickle.dumps([1])})[:-30],
    "cut-off.joblib": lambda: zlib.compress(pickle.dumps(list(range(1_000))))[:-50],
    "model.7z": lambda: b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(60),
    "model.joblib.lz4": lambda: b"\x04\x22\x4d\x18\x64\x40\xa7" + bytes(60),
    "nested.zip": lambda: _nested(9),
    "config.keras": lambda: zipped({"metadata.json": b"{}", "config.json": b"[" * 100_000}),
    "broken.tar": lambda: tarred({"a.pkl": bytes(2_000)})[:1_024],
}


def _nested(depth: int) -> bytes:
    content = codecs.encode("", "ascii")
    for _ in range(depth):
        content = zipped({"a.zip": content or b"x"})
    return content
