"""Is the version small enough?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from holotype.domain.entities import Verdict
from holotype.gates import papers
from holotype.gates.base import Bytes, Gate
from holotype.gates.facts import Facts


@dataclass(frozen=True, kw_only=True)
class SizeLimit(Gate):
    """The files of the version are not larger, or more, than allowed."""

    at_most: Annotated[Bytes | None, "The most bytes of all files together."] = None
    files: Annotated[int | None, "The most files."] = None

    def check(self) -> str | None:
        """Want a limit that something can keep."""
        if self.at_most is None and self.files is None:
            return "give at_most, files or both."
        limits = [limit for limit in (self.at_most, self.files) if limit is not None]
        return "a limit is 1 or more." if min(limits) < 1 else None

    def ask(self, facts: Facts) -> Verdict:
        """Compare size and count with their limits."""
        version = facts.candidate.version
        if version.external:
            return self.missing("Its files are not here, so nobody knows their size.", papers.TAKE_OVER)
        size, remedy = papers.size(version.size), "Register a smaller version."
        if self.at_most is not None and version.size > self.at_most:
            return self.failed(f"It has {size}, over the {papers.size(self.at_most)} that are allowed.", remedy)
        if self.files is not None and version.file_count > self.files:
            return self.failed(f"It has {version.file_count:,} files; {self.files:,} are allowed.", remedy)
        return self.passed(f"It has {size} in {version.file_count:,} files.")
