"""Is what gates look at what was registered?"""

from __future__ import annotations

from holotype.catalogue import dossiers
from holotype.domain.manifest import File
from holotype.domain.references import parse
from holotype.operations.register import Content, register
from tests.support.registry import Desk

FORMATS = {"a.onnx": "onnx", "b.pkl": "pickle", "c.pkl": "pickle", "d.txt": None, "e.txt": None, "z.gguf": "gguf"}


def test_formats_are_counted_for_each_version(desk: Desk) -> None:
    """With the first path of each; those of other versions, and files without a format, are told apart."""
    made = []
    for paths in (list(FORMATS), ["b.pkl"], ["d.txt"]):
        files = [desk.held(path.encode(), path) for path in paths]
        files = [File(one.path, one.digest, one.size, format=FORMATS[one.path]) for one in files]
        made.append(register(desk.call(), parse("fraud"), Content(files))[0].id)
    with desk.registry.database.read() as tx:
        found = dossiers.formats(tx, made)
    all_of_them = {"onnx": (1, "a.onnx"), "pickle": (2, "b.pkl"), "unknown": (2, "d.txt"), "gguf": (1, "z.gguf")}
    assert found == {made[0]: all_of_them, made[1]: {"pickle": (1, "b.pkl")}, made[2]: {"unknown": (1, "d.txt")}}
