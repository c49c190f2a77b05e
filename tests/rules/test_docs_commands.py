"""Is what the documentation tells people to type true? Commands, settings and links; nothing is run."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from holotype.cli import tree
from holotype.settings import Settings
from tests.support.source import ROOT, project_files, relative

PAGES = [path for path in project_files("*.md", "docs/**.md", "src/**.md") if "reference/cli.md" not in relative(path)]
PROSE = [path for path in PAGES if "decisions" not in path.parts]
CLIENT_VARIABLES = {"HOLOTYPE_URL", "HOLOTYPE_TOKEN", "HOLOTYPE_CONFIG", "HOLOTYPE_DEBUG"}
VARIABLE = re.compile(r"\bHOLOTYPE_[A-Z_]*[A-Z]\b")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"(?<!`)`(holotype [^`]+)`")
CALL = re.compile(r"(?:^|\$\(|\$ |&& )(holotype (?:[^)\n]|\)(?=\S))+)", re.MULTILINE)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
MAKE = re.compile(r"(?:^|`|\$ )make ([a-z]+)", re.MULTILINE)


def blocks(path: Path) -> Iterator[tuple[str, str]]:
    """Yield language and text of each fenced block."""
    yield from BLOCK.findall(path.read_text(encoding="utf-8"))


def typed(path: Path) -> list[str]:
    """Return the `holotype` command lines of a page's blocks, with continued lines joined."""
    shells = (text for language, text in blocks(path) if language in ("", "console", "bash", "ini"))
    return [found for text in shells for found in CALL.findall(text.replace("\\\n", " "))]


def mentioned(path: Path) -> list[str]:
    """Return the `holotype` commands inside a page's sentences, which may leave arguments out."""
    text = BLOCK.sub("", path.read_text(encoding="utf-8"))
    return [" ".join(found.split()) for found in INLINE.findall(text)]


def words_of(line: str) -> list[str]:
    """Return the words behind `holotype`, without a comment, or the end of a subshell."""
    return shlex.split(line, comments=True)[1:]


def lines(pages: list[Path], find: object) -> list[tuple[str, str]]:
    """Return each command line with the page that it is on."""
    assert callable(find)
    return [(relative(page), line) for page in pages for line in find(page)]


@pytest.mark.parametrize(("page", "line"), lines(PROSE, typed))
def test_a_command_line_of_a_block_is_one_that_holotype_takes(page: str, line: str) -> None:
    """Command, options and number of arguments are those of the command tree."""
    words = words_of(line)
    if words and words[0].startswith("-"):  # --help and --version, of the program itself
        return
    tree.build().parse_args(words, exit_on_error=False, print_error=False)
    assert tree.named(words), f"{page}: {line}"


def advised(path: Path) -> list[str]:
    """Return the `holotype` commands that hints and help of a source file advise, with X for what is put in."""
    text = re.sub(r"\{[^{}]*\}", "X", path.read_text(encoding="utf-8"))
    whole = (" ".join(found.split()) for found in INLINE.findall(text))
    return [line for line in whole if not line.startswith("holotype X")]  # the command itself is put in


@pytest.mark.parametrize(("page", "line"), lines(PAGES, mentioned) + lines(project_files("src/**.py"), advised))
def test_a_command_in_a_sentence_exists_with_its_options(page: str, line: str) -> None:
    """A sentence may leave arguments out, but names no command and no option that is not there."""
    words = words_of(line)
    if words[0].startswith("-") or (words[0] in tree.NOUNS and len(words) == 1):
        return
    name = tree.named(words)
    assert name, f"{page}: there is no `{line}`"
    command = tree.load(tree.build(), name)
    known = {form for one in command.assemble_argument_collection(parse_docstring=True) for form in one.names}
    given = {word.partition("=")[0] for word in words if word.startswith("--")}
    assert given <= known | {"--help"}, f"{page}: {line}"


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_every_variable_is_one_that_is_read(page: Path) -> None:
    """A variable with our prefix is a setting, or one of the client's."""
    known = {f"HOLOTYPE_{field.name.upper()}" for field in fields(Settings)} | CLIENT_VARIABLES
    assert sorted(set(VARIABLE.findall(page.read_text(encoding="utf-8"))) - known) == []


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_every_link_leads_somewhere(page: Path) -> None:
    """A relative link names a file of the project, and a heading of it where it says so."""
    lost = []
    for target in LINK.findall(BLOCK.sub("", page.read_text(encoding="utf-8"))):
        place, _, heading = target.partition("#")
        if "://" in target or target.startswith("mailto:"):
            continue
        file = (page.parent / place).resolve() if place else page
        if not file.is_file() or (heading and heading not in anchors(file)):
            lost.append(target)
    assert lost == []


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_every_make_target_exists(page: Path) -> None:
    """What a page tells to make can be made."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    assert set(MAKE.findall(page.read_text(encoding="utf-8"))) <= targets


def test_every_page_can_be_found_from_the_index() -> None:
    """No page of the documentation is reachable only by whoever knows that it is there."""
    index = ROOT / "docs" / "index.md"
    listed = {(index.parent / target).resolve() for target in LINK.findall(index.read_text(encoding="utf-8"))}
    pages = [page for page in project_files("docs/**.md") if "decisions" not in page.parts and page != index]
    assert [relative(page) for page in pages if page not in listed] == []


@pytest.mark.parametrize("page", PROSE, ids=relative)
def test_examples_in_python_are_python(page: Path) -> None:
    """A block that is marked as Python compiles."""
    for language, text in blocks(page):
        if language == "python":
            compile(text, relative(page), "exec")


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as the usual renderers make them."""
    headings = HEADING.findall(BLOCK.sub("", page.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
