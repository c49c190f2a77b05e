"""Does every decision say what enforces it, and can every decision be found?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.source import ROOT, project_files, relative

FOLDER = ROOT / "docs" / "decisions"
RECORDS = [path for path in project_files("docs/decisions") if path.name != "README.md"]
NAME = re.compile(r"(\d{4})-[a-z0-9]+(?:-[a-z0-9]+)*\.md")
MENTIONED = re.compile(r"decisions/([\w./-]+\.md)")


@pytest.mark.parametrize("record", RECORDS, ids=lambda path: path.name)
def test_a_record_ends_with_what_enforces_it(record: Path) -> None:
    """The last paragraph names what enforces the decision; every test that it names exists."""
    last = record.read_text(encoding="utf-8").strip().rpartition("\n\n")[2]
    assert last.startswith("Enforced by: "), f"{relative(record)} does not end with what enforces it"
    files = re.findall(r"`(tests/[\w/]+(?:\.py)?)", last)
    assert [name for name in files if not (ROOT / name).exists()] == []
    sources = "\n".join(path.read_text(encoding="utf-8") for name in files for path in _python(ROOT / name))
    assert [name for name in re.findall(r"(?:`|::)(test_\w+)`", last) if f"def {name}(" not in sources] == []


@pytest.mark.parametrize("record", RECORDS, ids=lambda path: path.name)
def test_a_record_is_numbered_and_listed(record: Path) -> None:
    """File name, heading and the list of decisions agree on number and title."""
    found = NAME.fullmatch(record.name)
    assert found, f"{relative(record)} is not named NNNN-words.md"
    heading = record.read_text(encoding="utf-8").partition("\n")[0]
    number, _, title = heading.removeprefix("# ").partition(". ")
    assert number == str(int(found[1]))
    assert f"| [{number}]({record.name}) | {title} |" in (FOLDER / "README.md").read_text(encoding="utf-8")


def test_no_number_is_used_twice() -> None:
    """A number names one decision."""
    numbers = [path.name[:4] for path in RECORDS]
    assert sorted(set(numbers)) == numbers


def test_every_record_that_the_source_names_exists() -> None:
    """A comment that refers to a decision leads somewhere."""
    known = {path.name for path in RECORDS} | {"README.md"}
    lost = []
    for path in project_files("src/**.py", "tests/**.py", "bench/**.py", "demo/**.py"):
        names = MENTIONED.findall(path.read_text(encoding="utf-8"))
        lost += [f"{relative(path)}: {name}" for name in names if name not in known]
    assert lost == []


def _python(place: Path) -> list[Path]:
    return sorted(place.rglob("*.py")) if place.is_dir() else [place]
