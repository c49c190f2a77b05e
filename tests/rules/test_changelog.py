"""Can the changelog be put together from its fragments?"""

from __future__ import annotations

import re
from pathlib import Path

from tests.support.source import ROOT, project_files, relative

KINDS = ("added", "changed", "deprecated", "removed", "fixed", "security")
NAME = re.compile(rf"[1-9]\d*\.(?:{'|'.join(KINDS)})(?:\.\d+)?\.md")


def fragments() -> list[Path]:
    """Return every file of the folder but its own description."""
    return [path for path in project_files("changelog.d") if path.name != "README.md"]


def test_every_fragment_has_a_name_that_says_what_it_is() -> None:
    """A fragment is called NNN.kind.md, after the issue and the kind of change."""
    assert [relative(path) for path in fragments() if not NAME.fullmatch(path.name)] == []


def test_every_fragment_is_made_of_sentences() -> None:
    """A fragment starts with a capital or code, ends with a full stop and has no heading of its own."""
    for path in fragments():
        text = path.read_text(encoding="utf-8").strip()
        assert re.match(r"[A-Z`]", text), f"{relative(path)} starts in the middle of a sentence"
        assert text.endswith((".", "`")), f"{relative(path)} does not end with a full stop"
        assert not re.search(r"(?m)^#", text), f"{relative(path)} has a heading"


def test_the_folder_explains_every_kind() -> None:
    """The description beside the fragments names each kind that is accepted."""
    text = (ROOT / "changelog.d" / "README.md").read_text(encoding="utf-8")
    assert [kind for kind in KINDS if f"`{kind}`" not in text] == []
