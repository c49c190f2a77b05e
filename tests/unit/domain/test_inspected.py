from __future__ import annotations

from typing import Any

import pytest

from holotype.domain.inspected import Contents, contents


def test_what_the_server_writes_is_told_in_few_words() -> None:
    """The most frequent format comes first, a flavour that two files name once."""
    files = [{"path": "MLmodel", "flavours": ["sklearn", "python_function"]}, {"path": "b", "flavours": ["sklearn"]}]
    formats = {"pickle": {"files": 1, "first": "a"}, "safetensors": {"files": 3, "first": "c"}, "unknown": {"files": 9}}
    expected = Contents((("safetensors", 3), ("pickle", 1)), ("sklearn", "python_function"), 7)
    assert contents({"files": files, "formats": formats, "parameters": 7}) == expected


@pytest.mark.parametrize(
    "said", [None, [], "x", {}, {"files": 3, "formats": []}, {"files": ["x", {"flavours": 1}], "formats": {}}]
)
def test_what_is_written_otherwise_says_nothing(said: Any) -> None:
    """An older or a newer server may have written it."""
    assert contents(said) == Contents()
