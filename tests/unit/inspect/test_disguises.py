"""Does a file that runs code pass for one that does not: by its header, its name, or by being two things at once?"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable

import numpy as np
import pytest

from holotype.inspect import scanning
from holotype.inspect.scanning.arrays import is_numbers
from holotype.inspect.window import Window
from tests.support.pickled import SYSTEM, called, keras_archive, text, zipped


def scanned(name: str, content: bytes) -> scanning.Report:
    """Return what a scan of one file finds."""
    report = scanning.Report()
    scanning.scan(name, Window.over(content), report, scanning.Limits())
    return report


def array(header: str, version: int = 1) -> bytes:
    """Return a NumPy file with a header as it is given, and a pickle behind it."""
    written = header.encode() + b"\n"
    size = struct.pack("<H" if version == 1 else "<I", len(written))
    return b"\x93NUMPY" + bytes([version, 0]) + size + written + called("os", "system", "id")


def computed(*, first: bytes = b"") -> bytes:
    """Return a pickle without a protocol, that makes the name of what it calls."""

    def made(word: bytes) -> bytes:
        return b"cbuiltins\nstr\n(V" + word + b"\ntR"

    return first + made(b"os") + made(b"system") + b"\x93(Vid\ntR."


def tar_and_pickle() -> bytes:
    """Return a tar whose first member is called as a pickle begins: ``pickle`` runs it, ``tarfile`` reads on."""
    block = bytearray(SYSTEM.ljust(100, b"\0") + b"0000644\0" + b"0000000\0" * 2 + b"00000000000\0" * 2)
    block += b"        " + b"0" + bytes(512 - len(block) - 9)
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block) + bytes(1_024)


REST = "'fortran_order': False, 'shape': (1,), "
DISGUISES: dict[str, Callable[[], bytes]] = {
    "twice.npy": lambda: array(f"{{'descr': '<f8', {REST}'descr': '|O'}}"),
    "escaped.npy": lambda: array(f"{{'\\x64escr': '|\\x4f', {REST}}}"),
    "word.npy": lambda: array(f"{{'descr': 'object', {REST}}}"),
    "record.npy": lambda: array(f"{{'descr': [('a', '<f8'), ('b', [('c', 'object')])], {REST}}}"),
    "third.npy": lambda: array(f"{{'descr': 'object', {REST}}}", 3),
    "word.npz": lambda: zipped({"arr_0.npy": array(f"{{'descr': 'object', {REST}}}")}),
    "computed.bin": computed,
    "computed.pt": lambda: computed(first=b"V\n0"),
    "computed-after-a-protocol.ckpt": lambda: computed(first=b"\x80\x02\x80\x02"),
    "unknown-function.bin": lambda: b"cshop.tools\nrun_everything\n(S'id'\ntR.",
    "config.json": lambda: called("os", "system", "id"),
    "protocol0/config.json": lambda: SYSTEM,
    "member.zip": lambda: zipped({"a/config.json": called("os", "system", "id")}),
    "model.pb": lambda: called("os", "system", "id"),
    "model.tar": tar_and_pickle,
    "model.pkl": tar_and_pickle,
    "downloads.pkl": lambda: called("ultralytics", "YOLO", "http://evil/x.pt"),
    "downloads-more.pkl": lambda: called("sentence_transformers", "SentenceTransformer", "evil/x"),
    "through-a-rebuild.pkl": lambda: (
        b"\x80\x04ctorch._tensor\n_rebuild_from_type_v2\n(cultralytics\nYOLO\n" + text("x") + b"tR."
    ),
    "overwrites.pkl": lambda: called("scipy.io", "FortranFile", "/etc/passwd", "w"),
    "escaped.h5": lambda: b"\x89HDF\r\n\x1a\n" + bytes(2_000) + b'{"class_name": "\\u004cambda"}' + bytes(200),
    "wrapper.keras": lambda: keras_archive({"class_name": "TorchModuleWrapper", "config": {"module": "gAJ9Lg=="}}),
    "elsewhere.keras": lambda: keras_archive({"class_name": "TFSMLayer", "config": {"filepath": "/tmp/x"}}),
    "gadget.keras": lambda: keras_archive(
        {"module": "keras.utils", "class_name": "function", "config": "get_file", "registered_name": "get_file"}
    ),
}


@pytest.mark.parametrize("name", DISGUISES)
def test_a_disguise_is_not_clean(name: str) -> None:
    """And that is a finding, not only something that could not be read."""
    report = scanned(name, DISGUISES[name]())
    assert not report.clean
    assert {one.severity for one in report.findings.values()} & {scanning.DANGEROUS, scanning.SUSPICIOUS}


@pytest.mark.parametrize(
    "kind",
    [
        "f8",
        "?",
        "c16",
        "M8[ns]",
        "m8[25s]",
        "S7",
        "U3",
        "V5",
        "i2,f4",
        [("a", "f4"), ("b", "U2", (2, 2)), (("t", "c"), "i1")],
    ],
)
def test_arrays_of_numbers_are_clean(kind: object) -> None:
    """Whatever NumPy writes without a pickle."""
    made = io.BytesIO()
    np.save(made, np.zeros(3, dtype=kind))  # type: ignore[call-overload]
    assert scanned("array.npy", made.getvalue()).clean


@pytest.mark.parametrize("header", ["", "(" * 60_000, "{'descr': '<f8'", "[]", "{'descr': 4}", "{'descr': ()}"])
def test_a_header_that_cannot_be_read_announces_no_numbers(header: str) -> None:
    """Nor does it cost more than its length."""
    assert not is_numbers(header.encode())


def test_python_2_wrote_long_numbers() -> None:
    """Its arrays are read still."""
    assert is_numbers(b"{'descr': '<f8', 'fortran_order': False, 'shape': (4L, 3L), }")


@pytest.mark.parametrize("name", ["config.json", "settings.json", "notes.txt", "a.pb"])
def test_texts_are_no_pickles(name: str) -> None:
    """JSON, prose and bytes that begin like opcodes are not taken for calls."""
    for content in (b'{"layers": [1, 2]}', b"(a) first\n(b) then\n.", b"I1\n.", b"\x08\x01\x12\x20"):
        assert scanned(name, content).clean
