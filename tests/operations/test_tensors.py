"""Are the tensors of a file listed by the verb, the route, the client and the command, and never its numbers?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from holotype import Client
from holotype.domain.provenance import Provenance
from holotype.domain.references import parse
from holotype.errors import Invalid, NotFound
from holotype.operations import list_tensors as listing
from holotype.operations.list_tensors import list_tensors
from holotype.operations.register import Content, register
from tests.support import headers
from tests.support.registry import Desk
from tests.support.server import Running, serving
from tests.support.shell import Shell, shell_of

LAYERS = {f"layer.{one}.weight": ("F32", [one + 1, 8]) for one in range(7)}
FRAUD = parse("fraud:1")


def test_a_file_lists_its_tensors_in_pages(desk: Desk) -> None:
    """In the order of the header, with how many there are and how many numbers they hold."""
    file = desk.stored(headers.safetensors(LAYERS), "deep/model.safetensors")
    register(desk.call(), parse("fraud"), Content([file], Provenance()))
    first = list_tensors(desk.call(), FRAUD, "deep/model.safetensors", limit=4)
    assert [one.name for one in first.tensors] == list(LAYERS)[:4]
    assert (first.count, first.parameters, first.next, first.unreadable) == (7, 8 * 28, 4, None)
    assert (first.tensors[1].type, first.tensors[1].shape, first.tensors[1].size) == ("F32", (2, 8), 2)
    last = list_tensors(desk.call(), FRAUD, "deep/model.safetensors", after=4, limit=4)
    assert ([one.name for one in last.tensors], last.next) == (list(LAYERS)[4:], None)
    beyond = list_tensors(desk.call(), FRAUD, "deep/model.safetensors", after=2**40, limit=4)
    assert (beyond.tensors, beyond.next) == ((), None)


def test_a_file_is_judged_by_its_bytes(desk: Desk) -> None:
    """What it is called counts for nothing; what names no tensors says which formats do."""
    files = [desk.stored(b"\x80\x04]\x94.", "model.safetensors"), desk.stored(headers.gguf(), "odd.bin")]
    register(desk.call(), parse("fraud"), Content(files, Provenance()))
    with pytest.raises(Invalid) as refused:
        list_tensors(desk.call(), FRAUD, "model.safetensors")
    assert "is pickle" in refused.value.detail
    assert "gguf" in str(refused.value.hint)
    assert len(list_tensors(desk.call(), FRAUD, "odd.bin").tensors) == 2
    with pytest.raises(NotFound):
        list_tensors(desk.call(), FRAUD, "../odd.bin")


def test_what_was_read_is_kept_within_bounds(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many files the first are forgotten."""
    monkeypatch.setattr(listing, "_KEPT", 3)
    monkeypatch.setattr(listing, "_known", {})
    for number in range(1, 5):
        file = desk.stored(headers.safetensors({f"w{number}": ("F32", [number])}), "model.safetensors")
        register(desk.call(), parse("fraud"), Content([file], Provenance()))
        found = list_tensors(desk.call(), parse(f"fraud:{number}"), "model.safetensors")
        assert found.tensors[0].name == f"w{number}"
    assert len(listing._known) == 1


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server with a version of two folders."""
    folder = tmp_path_factory.mktemp("contents")
    (folder / "model" / "weights").mkdir(parents=True)
    (folder / "model" / "weights" / "a b.safetensors").write_bytes(headers.safetensors(LAYERS))
    (folder / "model" / "config.json").write_text("{}")
    with serving(folder / "server") as running:
        with Client(running.url, running.token) as client:
            client.push(folder / "model", "default/fraud", code=None)
        yield running


@pytest.fixture
def shell(server: Running, tmp_path: Path) -> Shell:
    """A shell that may everything."""
    return shell_of(server, tmp_path)


def test_a_program_walks_folders_and_tensors(server: Running) -> None:
    """Page by page, whatever the limit of one."""
    with Client(server.url, server.token) as client:
        assert [(one.path, one.folder) for one in client.folder("fraud:1")] == [
            ("config.json", False),
            ("weights", True),
        ]
        assert [one.path for one in client.folder("fraud:1", "weights")] == ["weights/a b.safetensors"]
        assert [one.name for one in client.folder("fraud:1", limit=1)] == ["config.json"]
        found = list(client.tensors("fraud:1", "weights/a b.safetensors"))
        assert [one.name for one in found] == list(LAYERS)
        assert (found[2].type, found[2].shape, found[2].size) == ("F32", [3, 8], 2)
        with pytest.raises(Invalid):
            list(client.tensors("fraud:1", "config.json"))


def test_a_person_looks_into_a_version(shell: Shell) -> None:
    """Folder by folder, and into a file."""
    assert "weights/" in shell.run("show", "fraud:1", "--folder", "/").stdout
    assert "a b.safetensors" in shell.run("show", "fraud:1", "--folder", "weights/").stdout
    assert "no such folder" in shell.run("show", "fraud:1", "--folder", "nothing").stderr
    told = shell.run("show", "fraud:1", "--tensors", "weights/a b.safetensors", "--limit", "2").stdout
    assert "layer.1.weight" in told
    assert "2 × 8" in told
    assert "layer.2.weight" not in told
    page = shell.ask("show", "fraud:1", "--tensors", "weights/a b.safetensors", "--limit", "2")
    assert (len(page["items"]), page["next"]) == (2, "2")
    assert "deep" not in shell.run("show", "fraud:1", "--files").stdout
