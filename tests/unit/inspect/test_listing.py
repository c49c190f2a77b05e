"""Does each format name its tensors, and does a header that lies get no further than a reason?"""

from __future__ import annotations

import io
import json
import random
import struct

import numpy as np
import pytest

from holotype.domain.tensors import Tensor
from holotype.inspect.details import listing
from holotype.inspect.details.listing import Listed, list_tensors
from holotype.inspect.window import Window
from tests.support import headers

BUDGET = 8 * 2**20


def listed(name: str, content: bytes) -> Listed:
    """List a file with the budget that tests give."""
    return list_tensors(name, Window.over(content, budget=BUDGET))


def npz(**arrays: np.ndarray) -> bytes:
    """Return arrays as NumPy writes several."""
    made = io.BytesIO()
    np.savez(made, **arrays)
    return made.getvalue()


def test_safetensors() -> None:
    """Names, types and shapes of the header; bytes as the offsets say them."""
    got = listed("m.safetensors", headers.safetensors({"a": ("F32", [2, 3]), "b": ("BF16", [4])}, format="pt"))
    assert got == Listed(
        "safetensors", (Tensor("a", "F32", (2, 3), 2), Tensor("b", "BF16", (4,), 2)), 2, 10, unreadable=None
    )


def test_gguf() -> None:
    """Also of quantised numbers, whose bytes follow from their blocks; what does not fill one has none."""
    got = listed("m.gguf", headers.gguf())
    assert got.tensors == (
        Tensor("token_embd.weight", "F32", (4, 8), 128),
        Tensor("output.weight", "Q4_K", (64,), None),
    )


def test_a_long_vocabulary_is_passed_over() -> None:
    """Many texts, some of them longer than what is read at once."""
    words = ["a" * (one % 40) for one in range(20_000)] + ["b" * 200_000]
    texts = b"".join(struct.pack("<Q", len(word)) + word.encode() for word in words)
    key = b"tokenizer.ggml.tokens"
    pairs = struct.pack("<Q", len(key)) + key + struct.pack("<IIQ", 9, 8, len(words)) + texts
    info = struct.pack("<Q", 1) + b"w" + struct.pack("<IQIQ", 1, 32, 8, 0)
    got = listed("m.gguf", b"GGUF" + struct.pack("<IQQ", 3, 1, 1) + pairs + info + bytes(64))
    assert got.tensors == (Tensor("w", "Q8_0", (32,), 34),)


def test_onnx_and_tflite() -> None:
    """Initialisers, and constants of a graph."""
    assert [(one.name, one.type, one.shape, one.size) for one in listed("m.onnx", headers.onnx()).tensors] == [
        ("w", "float32", (3, 4), 48),
        ("b", "int64", (4,), 32),
    ]
    assert listed("m.tflite", headers.tflite()).tensors == (Tensor("", "float32", (2, 3), 24),)


def test_arrays_of_numpy() -> None:
    """The members of an archive by their names."""
    got = listed("m.npz", npz(first=np.zeros((3, 4), np.float32), flags=np.zeros(5, bool), odd=np.array(["x"])))
    assert got.tensors[:2] == (Tensor("first", "float32", (3, 4), 48), Tensor("flags", "bool", (5,), 5))
    assert got.tensors[2].size is None


def test_what_names_no_tensors_lists_none() -> None:
    """A format without names is told by itself."""
    assert listed("m.json", b"{}") == Listed(None)
    assert listed("m.pkl", b"\x80\x04]\x94.").format == "pickle"


def test_a_header_that_is_too_long_is_counted() -> None:
    """Names are not gathered from a header of many megabytes."""
    many = {f"layer.{one}.weight": ("F32", [1]) for one in range(60_000)}
    got = list_tensors("m.safetensors", Window.over(headers.safetensors(many)))
    assert (got.count, got.tensors) == (60_000, ())
    assert "too long" in str(got.unreadable)


def test_a_list_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than so many are counted, and it is said."""
    monkeypatch.setattr(listing, "MOST", 3)
    got = listed("m.safetensors", headers.safetensors({str(one): ("F32", [1]) for one in range(5)}))
    assert (len(got.tensors), got.count, got.unreadable) == (3, 5, "The first 3 are listed.")


@pytest.mark.parametrize(
    "tensor",
    [
        {"dtype": "F32", "shape": [2], "data_offsets": ["0", "8"]},
        {"dtype": "F32", "shape": [2], "data_offsets": [8, 0]},
        {"dtype": "F32", "shape": [2], "data_offsets": {"a": 1}},
        {"dtype": "F32", "shape": [2], "data_offsets": [0, 2**60]},
        {"dtype": "F32", "shape": [2]},
    ],
)
def test_bytes_that_cannot_be_are_left_out(tensor: dict[str, object]) -> None:
    """A header may say anything."""
    header = json.dumps({"\ud800x": tensor}).encode()
    got = listed("m.safetensors", struct.pack("<Q", len(header)) + header)
    assert got.tensors == (Tensor("?x", "F32", (2,), None),)


@pytest.mark.parametrize("make", [headers.gguf, headers.onnx, headers.tflite, lambda: npz(a=np.zeros(9))])
def test_damage_is_a_reason(make: object) -> None:
    """Bytes are turned at random; what comes is a list, or why there is none."""
    content, chance = make(), random.Random(1)  # type: ignore[operator]
    for _ in range(300):
        spoilt = bytearray(content)
        for _ in range(chance.randint(1, 6)):
            spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
        got = listed("m", bytes(spoilt[: chance.randint(8, len(spoilt))]))
        assert all(one.size is None or one.size >= 0 for one in got.tensors)
