"""Does a folder of a version list what lies in it, a page at a time, however much lies below?"""

from __future__ import annotations

import pytest

from holotype.domain.manifest import File
from holotype.domain.provenance import Provenance
from holotype.domain.references import parse
from holotype.errors import NotFound
from holotype.operations.list_folder import list_folder, show_folder
from holotype.operations.register import Content, register
from tests.support.counting import statements
from tests.support.registry import Desk

FRAUD = parse("fraud:1")
PATHS = [
    "README.md", "a", "a-b", "a.txt", "a0", "b/1", "b/2", "b/c/3", "b-", "b0", "é/x", "🌲", "z/deep/er/1",
    "z/deep/er/2", "z/deep.txt", "Zebra", "b/c.txt", "b/c0",
]  # fmt: skip


def filled(desk: Desk, paths: list[str]) -> None:
    """Register a version of one small file under many paths."""
    held = desk.held(b"weights")
    files = [File(path, held.digest, held.size) for path in paths]
    register(desk.call(), parse("fraud"), Content(files, Provenance()))


def walked(desk: Desk, folder: str, size: int) -> list[tuple[str, bool]]:
    """Return the names in a folder, read in pages of a size, and whether each is a folder."""
    found: list[tuple[str, bool]] = []
    after = ""
    while True:
        page = show_folder(desk.call(), FRAUD, folder, after=after, limit=size)[1]
        found += [(one.name, one.file is None) for one in page]
        if len(page) < size:
            return found
        after = page[-1].cursor


def test_a_folder_lists_what_lies_right_in_it(desk: Desk) -> None:
    """In pages of any size, each name once, in the order of bytes; a file is no folder."""
    filled(desk, PATHS)
    for folder in ("", "b", "b/c", "z", "z/deep", "z/deep/er", "é", "a", "nothing", "b/", "%", "b/1"):
        inside = f"{folder}/" if folder else ""
        below = [path[len(inside) :] for path in PATHS if path.startswith(inside)]
        names = {name.partition("/")[0]: "/" in name for name in below if name}
        # Bytes, but that a folder is where its slash is: "b-" comes before "b/".
        wanted = sorted(names.items(), key=lambda one: (one[0] + "/" * one[1]).encode())
        assert [walked(desk, folder, size) for size in (1, 2, 3, 50)] == [wanted] * 4
        assert [one.name for one in list_folder(desk.call(), FRAUD, folder)] == sorted(names)


def test_files_come_with_what_is_known_of_them(desk: Desk) -> None:
    """Path, digest, size, role; a folder has its path alone."""
    filled(desk, ["b/config.json", "b/c/weights.bin"])
    folder, file = show_folder(desk.call(), FRAUD, "b")[1]
    assert (folder.name, folder.path, folder.file) == ("c", "b/c", None)
    assert file.file is not None
    assert (file.path, file.file.path, file.file.size) == ("b/config.json", "b/config.json", 7)


def test_a_folder_costs_three_statements_however_much_lies_below(desk: Desk) -> None:
    """One to find the version, one for the names of the page, one for its files."""
    filled(desk, [f"{one % 40}/{one}" for one in range(2_000)])
    with statements(desk.registry.database) as sent:
        page = show_folder(desk.call(), FRAUD, limit=30)[1]
    assert len(page) == 30
    assert len(sent) == 3


def test_a_cursor_that_nobody_gave_leads_nowhere_else(desk: Desk) -> None:
    """What is listed lies in the folder that was asked for."""
    filled(desk, PATHS)
    for after in ("/", "//", "x/y/z", "\x01", "\U0010ffff", "b/c/", "%"):
        page = show_folder(desk.call(), FRAUD, "b", after=after)[1]
        assert {one.name for one in page} <= {"1", "2", "c", "c.txt", "c0"}


def test_a_version_that_is_not_there_has_no_folders(desk: Desk) -> None:
    """As everywhere."""
    with pytest.raises(NotFound):
        show_folder(desk.call(), FRAUD)
