"""Which file paths are refused?"""

from __future__ import annotations

import time
import unicodedata
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holotype.domain import paths
from holotype.errors import InvalidPath

HOSTILE = [
    "", ".", "..", "../x", "a/../b", "a/./b", "a//b", "/etc/passwd", "//proc/self/root", "a/", "C:/x", "C:\\x", "a\\b",
    "..\\x", "a\0b", "a\nb", "con", "CON.txt", "dir/aux", "nul .txt", "lpt1", "com9.bin", "a.", "a ", " a", "a/ b",
    "a?b", "a*b", 'a"b', "a<b", "a|b", "a:b", "\ud800", "a\u2028b", "x" * 256, "/".join(["d" * 200] * 6),
    unicodedata.normalize("NFD", "é"),
]  # fmt: skip


@pytest.mark.parametrize("path", HOSTILE)
def test_paths_that_escape_clash_or_do_not_exist_everywhere_are_refused(path: str) -> None:
    """Each has a reason of its own in the error."""
    with pytest.raises(InvalidPath):
        paths.check(path)


@pytest.mark.parametrize(
    "path", ["model.pt", "a/b/c.bin", "模型/权重.safetensors", "é.txt", "...x", "%2e%2e/x", "a b.txt"]
)
def test_names_in_any_script_are_fine(path: str) -> None:
    """A percent sign is a percent sign: nothing is ever decoded."""
    assert paths.check(path) == path


@pytest.mark.parametrize(
    "pair", [("a", "A"), ("é", "É"), ("dir/x", "DIR/y"), ("a", "a/b"), ("straße", "STRASSE"), ("x", "x")]
)
def test_two_paths_that_would_meet_are_refused(pair: tuple[str, str]) -> None:
    """On a file system that ignores case one would overwrite the other."""
    with pytest.raises(InvalidPath):
        paths.check_all(pair)


@given(st.text())
def test_an_accepted_path_stays_below_its_folder(path: str) -> None:
    """No accepted path has an empty part, a dot part or a drive."""
    try:
        paths.check(path)
    except InvalidPath:
        return
    assert all(part not in ("", ".", "..") for part in path.split("/"))
    assert not set(path) & set('\\:*?"<>|\0')


@given(st.lists(st.text("aAéÉbß!-/", min_size=1, max_size=7), max_size=6))
def test_paths_are_compared_as_if_each_with_each(given_paths: list[str]) -> None:
    """Comparing neighbours finds what comparing all pairs finds."""
    try:
        for path in given_paths:
            paths.check(path)
    except InvalidPath:
        return
    try:
        paths.check_all(given_paths)
    except InvalidPath:
        assert any(meet(a, b) for a, b in permutations(given_paths, 2))
    else:
        assert not any(meet(a, b) for a, b in permutations(given_paths, 2))


def meet(one: str, other: str) -> bool:
    """Say whether two paths cannot both be written on a file system that ignores case."""
    parts, other_parts = one.split("/"), other.split("/")
    folded, other_folded = [[paths.fold(part) for part in each] for each in (parts, other_parts)]
    if folded == other_folded[: len(folded)]:
        return True  # the same file, or one is a folder of the other
    for a, b, c, d in zip(folded[:-1], other_folded[:-1], parts, other_parts, strict=False):
        if a != b:
            return False
        if c != d:
            return True
    return False


def test_deep_paths_are_compared_as_fast_as_flat_ones() -> None:
    """Thousands of paths with hundreds of folders each: looking at every folder anew would take minutes."""
    deep = "/".join("é" if depth % 2 else "a" for depth in range(330))
    began = time.process_time()
    paths.check_all(f"{number}/{deep}/f" for number in range(6_000))
    assert time.process_time() - began < 20
