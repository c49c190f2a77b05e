from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from holotype.cli import formats

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.0 KiB"),
        (1536, "1.5 KiB"),
        (2**20 - 1, "1.0 MiB"),
        (20 * 2**20, "20.0 MiB"),
        (3 * 2**30, "3.0 GiB"),
        (2**60, "1024.0 PiB"),
    ],
)
def test_sizes_are_in_binary_units(count: int, text: str) -> None:
    """Bytes become the largest unit that leaves at least one of it."""
    assert formats.size(count) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "just now"),
        (59, "just now"),
        (61, "1 min ago"),
        (3 * 3600, "3 h ago"),
        (12 * 86400, "12 d ago"),
        (40 * 86400, "1 mo ago"),
        (800 * 86400, "2 y ago"),
        (-30, "in a moment"),
        (-90 * 86400, "in 3 mo"),
    ],
)
def test_ages_are_in_the_largest_unit(seconds: int, text: str) -> None:
    """An age is one number and one unit; a moment to come has one as well."""
    assert formats.age(NOW - timedelta(seconds=seconds), NOW) == text


def test_programs_get_the_exact_moment_and_the_whole_digest() -> None:
    """Without a terminal nothing is shortened."""
    digest = "sha256:" + "0a" * 32
    assert formats.when(NOW) == "2026-05-01T12:00:00Z"
    assert formats.digest(digest) == digest


@pytest.mark.parametrize(
    ("value", "text"), [(0.93, "0.93"), (1 / 3, "0.333333"), (1e-9, "1e-09"), (12345678, "12345678"), (True, "true")]
)
def test_numbers_have_six_significant_digits(value: float, text: str) -> None:
    """Integers are told in full."""
    assert formats.number(value) == text


@pytest.mark.parametrize(("text", "cells"), [("abc", 3), ("模型", 4), ("e\u0301", 1), ("👍", 2), ("", 0)])
def test_width_counts_the_cells_of_a_terminal(text: str, cells: int) -> None:
    """Characters of Chinese take two cells, accents that stand alone none."""
    assert formats.width(text) == cells


def test_counts_agree_with_their_noun() -> None:
    """One file, two files."""
    assert [formats.plural(count, "file") for count in (0, 1, 1200)] == ["0 files", "1 file", "1,200 files"]
