from __future__ import annotations

import re

import pytest

from holotype.domain import query
from holotype.domain.query_fields import FIELDS
from holotype.errors import InvalidQuery
from tests.support.source import ROOT

PAGE = ROOT / "docs" / "reference" / "query.md"


def _blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def test_every_example_of_the_page_is_a_query() -> None:
    """What the page of the query language shows can be read; every field has its row."""
    examples = [line for block in _blocks("query") for line in block.splitlines()]
    assert len(examples) > 10
    for example in examples:
        assert query.parse(query.write(query.parse(example))) == query.parse(example)
    text = PAGE.read_text(encoding="utf-8")
    assert [field.name for field in FIELDS.values() if f"`{field.written}`" not in text] == []


def test_the_error_of_the_page_is_what_the_reader_says() -> None:
    """The page shows an error word for word."""
    with pytest.raises(InvalidQuery) as caught:
        query.parse("metric.auc>high")
    assert caught.value.detail + "\n" == _blocks("text")[0]


def test_inline_examples_of_the_page_are_queries() -> None:
    """A term in the running text of the page can be read as well."""
    spans = re.findall(r"`([a-z]+(?:\.[\w\"][^`|]*)?[:<>=!][^`|]*)`", PAGE.read_text(encoding="utf-8"))
    assert spans
    for span in spans:
        if not span.startswith(("sort=", ":")):
            query.parse(span)
