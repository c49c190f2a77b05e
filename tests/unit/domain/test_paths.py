"""Which file paths are refused?"""

from __future__ import annotations

import unicodedata

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
