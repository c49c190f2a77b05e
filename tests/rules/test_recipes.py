"""Do the pages for developers name files that are there, and are the recipes short?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.source import ROOT, project_files, relative

SOURCE = ROOT / "src" / "holotype"
RECIPES = project_files("src/**/ADDING.md")
PAGES = [ROOT / "CONTRIBUTING.md", ROOT / "docs" / "ARCHITECTURE.md", *project_files("docs/decisions/*.md"), *RECIPES]
NAMED = re.compile(r"(?<!`)`([\w./-]+(?:\.py|\.md|\.toml|/))(?:::?\w+)?`")
TO_COME = {"web/", "file_names.py"}
ELSEWHERE = {"ADDING.md", "CHANGELOG.md", "README.md", "tables.py", "pylock.toml"}
"""Names that several folders have, that a release makes, or that other projects use."""


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    """A path is read from the root, from the package, or from the folder of the page."""
    named = {name for name in NAMED.findall(page.read_text(encoding="utf-8")) if "NNNN" not in name}
    named -= TO_COME | ELSEWHERE
    places = (ROOT, SOURCE, page.parent, *(folder for folder in SOURCE.iterdir() if folder.is_dir()))
    assert sorted(name for name in named if not any((place / name).exists() for place in places)) == []


@pytest.mark.parametrize("recipe", RECIPES, ids=relative)
def test_a_recipe_is_read_in_a_minute(recipe: Path) -> None:
    """What takes more than twenty lines to explain is too hard to do."""
    assert len(recipe.read_text(encoding="utf-8").splitlines()) <= 20


def test_the_architecture_is_one_page_and_names_every_layer() -> None:
    """The drawing shows each folder and module of the package."""
    text = (ROOT / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8")
    drawing = text.split("```")[1]
    layers = {path.stem for path in SOURCE.iterdir() if not path.name.startswith(("_", "."))} - {"py"}
    assert sorted(layer for layer in layers if layer not in drawing) == []
    assert len(text.splitlines()) <= 130
