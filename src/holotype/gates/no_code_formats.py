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
        if facts.candidate.version.external:
            return self.missing("Its files are not here, so nobody knows their formats.", papers.TAKE_OVER)
        refused = [name for name in CODE if name not in self.allow]
        remedy = "Register a version in a format that is data alone, such as safetensors, ONNX or GGUF."
        for name, (count, path) in sorted(facts.candidate.formats.items()):
            if name in refused:
                files = f"{count:,} files are" if count > 1 else "1 file is"
                return self.failed(f"{files} {name}, e.g. {papers.cited(path)}, which can run code.", remedy)
        count = facts.candidate.version.file_count
        seen = _inspected(facts)
        for name, (_, path) in seen.items():
            if name in refused:
                told = f"{papers.cited(path)} is {name}, which can run code, whatever it was announced as."
                return self.failed(told, remedy)
        known = sum(files for files, _ in seen.values())
        if known < count:
            reason = f"The registry knows the formats of {known:,} of {count:,} files."
            return self.missing(reason, "Ask again in a moment; or pack small files together.")
        return self.passed("None of its files has a format that can run code.")


def _inspected(facts: Facts) -> dict[str, tuple[int, str]]:
    """Return which formats the registry itself found, how many files have each, and the first path.

    An inspection describes some of the files; ``formats`` counts all of them where they are many.
    """
    found = [one for one in papers.of_type(facts.candidate, attested.INSPECTION) if one.created_by == attested.SERVER]
    said = papers.mapping(papers.content(facts.candidate, found[0])) if found else {}
    counted: dict[str, tuple[int, str]] = {}
    for name, value in papers.mapping(said.get("formats")).items():
        one = papers.mapping(value)
        counted[name] = int(papers.number(one.get("files")) or 0), str(one.get("first"))
    for one in map(papers.mapping, papers.items(said.get("files")) if not counted else []):
        name = str(one.get("format"))
        files, first = counted.get(name, (0, str(one.get("path"))))
        counted[name] = files + 1, first
    return counted
