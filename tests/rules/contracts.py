"""Which import contract does import-linter lack? One that forbids every third-party package, whatever its name."""

from __future__ import annotations

import sys
from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class StandardLibraryOnly(Contract):
    """The named modules, and all below them, import the standard library, this project, and what is named besides."""

    type_name = "standard_library_only"
    modules = fields.ListField(subfield=fields.StringField())
    besides = fields.ListField(subfield=fields.StringField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002 - the base class has it
        """Find each import of a top-level package that is neither ours nor Python's."""
        names: Any = self.modules
        besides: Any = self.besides or ()
        allowed = sys.stdlib_module_names | {name.partition(".")[0] for name in names} | {*besides}
        missing = [name for name in names if name not in graph.modules]
        broken = [
            f"{importer} imports {imported}"
            for name in names
            if name in graph.modules
            for importer in sorted({name, *graph.find_descendants(name)})
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if imported.partition(".")[0] not in allowed
        ]
        lines = [f"{name} does not exist" for name in missing] + broken
        return ContractCheck(kept=not lines, metadata={"lines": lines})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print one line for each import that should not be there."""
        for line in check.metadata["lines"]:
            output.print_error(line)
        output.new_line()
