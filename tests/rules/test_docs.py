from __future__ import annotations

import subprocess
import sys

from tests.support.source import ROOT
from tools.pictures import LARGEST


def test_reference_pages_are_what_the_source_says() -> None:
    """A page of the reference that was not written anew after a change of the source is refused."""
    command = [sys.executable, "docs/generate.py", "--check"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")


def test_the_readme_shows_each_picture_and_none_is_heavy() -> None:
    """Whoever looks at the README sees what the pages look like, and waits for none of them."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    pictures = sorted((ROOT / "docs" / "images").iterdir())
    assert len(pictures) > 2
    for picture in pictures:
        assert f"](docs/images/{picture.name})" in readme
        assert picture.stat().st_size <= LARGEST
