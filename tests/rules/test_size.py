"""Is every file and every function small enough to be read in one go?"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.support.source import project_files, relative

FILE_LINES = 400
FUNCTION_LINES = 40

TOO_LARGE: dict[str, int] = {}
"""What is larger than it should be, with the size that it must not exceed: ``path`` or ``path::function``.

Entries go, they do not come; a number goes down, never up.
"""


def sizes(path: Path) -> Iterator[tuple[str, int, int]]:
    """Give the name, size and cap of a file and of each function in it."""
    text = path.read_text(encoding="utf-8")
    name = relative(path)
    yield name, len(text.splitlines()), FILE_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{name}::{node.name}", function_lines(node), FUNCTION_LINES


def function_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count a function's lines from ``def`` to its end, without the docstring: no explanation is too long."""
    docstring = node.body[0] if ast.get_docstring(node) is not None else None
    explained = (docstring.end_lineno or 0) - docstring.lineno + 1 if docstring else 0
    return (node.end_lineno or 0) - node.lineno + 1 - explained


def test_every_file_and_function_is_small() -> None:
    """A source file has at most 400 lines, a function at most 40."""
    found = [entry for path in project_files("*.py") for entry in sizes(path)]
    too_large = [
        f"{name} has {size} lines, allowed are {cap}"
        for name, size, cap in found
        if size > cap and name not in TOO_LARGE
    ]
    assert too_large == []


def test_the_list_of_exceptions_only_shrinks() -> None:
    """An exception that is no longer needed, or that has grown, is refused."""
    found = {name: (size, cap) for path in project_files("*.py") for name, size, cap in sizes(path)}
    for name, limit in TOO_LARGE.items():
        size, cap = found.get(name, (0, 0))
        assert cap < size <= limit, f"{name} has {size} lines now: correct its entry in TOO_LARGE, or remove it"


def test_a_long_docstring_does_not_count() -> None:
    """A function is measured by what it does, not by how well it is explained."""
    node = ast.parse('def f():\n    """One.\n\n    Two.\n    """\n    return 1\n').body[0]
    assert isinstance(node, ast.FunctionDef)
    assert function_lines(node) == 2
