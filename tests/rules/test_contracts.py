"""Do the import contracts refuse what they are there to refuse?"""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.support.source import ROOT, project_files, relative

CONFIGURATION = """
[tool.importlinter]
root_package = "specimen"
include_external_packages = true
contract_types = ["standard_library_only: tests.rules.contracts.StandardLibraryOnly"]
[[tool.importlinter.contracts]]
name = "pure"
type = "standard_library_only"
modules = ["specimen.domain"]
"""


def lint(folder: Path, source: str) -> subprocess.CompletedProcess[str]:
    """Check a package of one module, in a folder of its own, against the contract."""
    package = folder / "specimen"
    (package / "domain").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "domain" / "__init__.py").touch()
    (package / "domain" / "names.py").write_text(source)
    (folder / "pyproject.toml").write_text(CONFIGURATION)
    program = "import sys; from importlinter.cli import lint_imports_command; lint_imports_command()"
    command = [sys.executable, "-c", program, "--no-cache", "--no-logo", "--config", "pyproject.toml"]
    paths = {"PYTHONPATH": f"{folder}:{ROOT}"}
    return subprocess.run(command, cwd=folder, env=paths, capture_output=True, text=True, check=False)


def test_a_third_party_import_in_the_domain_is_refused(tmp_path: Path) -> None:
    """A package that nobody thought of listing is refused too, and the message names it."""
    result = lint(tmp_path, "import json\nimport msgspec\n")
    assert result.returncode == 1
    assert "specimen.domain.names imports msgspec" in result.stdout


def test_the_standard_library_is_welcome_in_the_domain(tmp_path: Path) -> None:
    """What Python brings along is no dependency."""
    assert lint(tmp_path, "import json\nfrom collections.abc import Sequence\n").returncode == 0


def test_every_module_has_a_place_in_the_layers() -> None:
    """A module that the layers do not name is refused, so none can be forgotten."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    assert contracts[0]["type"] == "layers"
    assert contracts[0]["exhaustive"] is True


def taken_from_the_root(path: Path) -> set[str]:
    """Return the names that a module takes from ``holotype`` itself and that are no modules below it."""
    nodes = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.ImportFrom)]
    names = {alias.name for node in nodes if node.module == "holotype" for alias in node.names}
    return {name for name in names if not any((ROOT / "src/holotype").glob(f"{name}*"))}


def test_no_module_takes_more_than_the_version_from_the_root() -> None:
    """The root names the client, so whoever took a name from it would import upwards unseen."""
    modules = [path for path in project_files("src/holotype/*.py") if path.parent.name != "holotype"]
    found = {relative(path): taken_from_the_root(path) - {"__version__"} for path in modules}
    assert {name: names for name, names in found.items() if names} == {}
