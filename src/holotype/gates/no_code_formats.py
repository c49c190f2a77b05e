"""Does a file of the version run code when it is loaded?"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Annotated, ClassVar

from holotype.domain import attested
from holotype.domain.entities import Verdict
from holotype.gates import papers
from holotype.gates.base import Gate
from holotype.gates.facts import Facts

CODE = ("hdf5", "joblib", "keras", "pickle", "pytorch", "torchscript")
"""Pickles in every wrapping; Keras files, which may hold functions; TorchScript, which is a program."""


@dataclass(frozen=True, kw_only=True)
class NoCodeFormats(Gate):
    """No file has a format that can run code when it is loaded, such as a pickle."""

    on_rollback: ClassVar[bool] = True
    needs_examination: ClassVar[bool] = True

    allow: Annotated[tuple[str, ...], f"Formats to let through all the same: {', '.join(CODE)}."] = ()

    def check(self) -> str | None:
        """Want formats that would be refused."""
        strange = [name for name in self.allow if name not in CODE]
        if not strange:
            return None
        near = difflib.get_close_matches(strange[0], CODE, 1)
        return f"{strange[0][:80]!r} is not refused. " + (
            f"Did you mean {near[0]!r}?" if near else f"{', '.join(CODE)} are."
        )

    def ask(self, facts: Facts) -> Verdict:
        """Look at what was announced and at what the registry itself found in the files."""
        refused = [name for name in CODE if name not in self.allow]
        remedy = "Register a version in a format that is data alone, such as safetensors, ONNX or GGUF."
        for name, (count, path) in sorted(facts.candidate.formats.items()):
            if name in refused:
                files = f"{count:,} files are" if count > 1 else "1 file is"
                return self.failed(f"{files} {name}, e.g. {papers.cited(path)}, which can run code.", remedy)
        count = facts.candidate.version.file_count
        seen = _inspected(facts)
        for name, path in seen or []:
            if name in refused:
                return self.failed(
                    f"{papers.cited(path)} is {name}, which can run code, whatever it was announced as.", remedy
                )
        if seen is None or len(seen) < count:
            reason = f"The registry has looked into {len(seen or []):,} of {count:,} files."
            return self.missing(reason, "Ask again in a moment; or pack small files together.")
        return self.passed(f"None of {count:,} files has a format that can run code.")


def _inspected(facts: Facts) -> list[tuple[str, str]] | None:
    """Return format and path of the files that the registry looked into; nothing where it looked into none."""
    found = [one for one in papers.of_type(facts.candidate, attested.INSPECTION) if one.created_by == attested.SERVER]
    if not found:
        return None
    files = papers.items(papers.mapping(papers.content(facts.candidate, found[0])).get("files"))
    return [(str(one.get("format")), str(one.get("path"))) for one in map(papers.mapping, files)]
