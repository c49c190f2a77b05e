"""Does the project work anywhere? No file may name a folder of one machine, or the host that packages came from."""

from __future__ import annotations

import re

import pytest

from tests.support.source import project_files, relative

# Written in pieces, so that this file does not break its own rule.
FOLDERS = re.compile(r"(?<![\w.~}\-/])/(?:" + "home|root|Users|work" + r")/[\w.\-]+")
HOSTS = re.compile(
    r"\b(?:"
    + "|".join(
        [r"pypi" + r"\.org", r"pythonhosted" + r"\.org", r"registry\.npm" + r"js\.org", r"registry\.yarn" + r"pkg\.com"]
    )
    + r")\b"
)
INDEX_OPTIONS = re.compile(r"--(?:extra-)?index" + r"-url|--find" + r"-links")


def findings(text: str) -> list[str]:
    """Return everything in a text that ties it to one machine."""
    return [match.group() for pattern in (FOLDERS, HOSTS, INDEX_OPTIONS) for match in pattern.finditer(text)]


def test_no_file_names_a_machine() -> None:
    """A clone works on any machine, and a lock file leaves the choice of a package index to it."""
    found = []
    for path in project_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture or a sample names no path that anybody follows
        found += [f"{relative(path)}: {finding}" for finding in findings(text)]
    assert found == []


@pytest.mark.parametrize("text", ["see /" + "home/ada/model", "cd /" + "work/main", "https://pypi" + ".org/simple"])
def test_a_machine_is_recognised(text: str) -> None:
    """What the rule is for is found."""
    assert findings(text) != []


@pytest.mark.parametrize("text", ["//proc/self/root/etc", "~/work/notes", "https://example.org/home/page", "a/work/b"])
def test_a_harmless_path_is_not_mistaken(text: str) -> None:
    """Routes, relative paths and traversal attempts in tests are no machine's folders."""
    assert findings(text) == []
