"""Are all bytes of the version here?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from holotype.domain.entities import Verdict
from holotype.gates import papers
from holotype.gates.base import Gate
from holotype.gates.facts import Facts


@dataclass(frozen=True, kw_only=True)
class BytesHeld(Gate):
    """The registry holds the bytes of every file of the version."""

    on_rollback: ClassVar[bool] = True

    def ask(self, facts: Facts) -> Verdict:
        """Refuse a version whose bytes were lost."""
        if facts.candidate.version.external:
            return self.failed(*_elsewhere(facts))
        missing, count = facts.candidate.missing, facts.candidate.version.file_count
        if not missing:
            return self.passed(f"The bytes of {papers.count(count, 'file')} are held.")
        return self.failed(
            f"The bytes of {len(missing):,} of {count:,} files are not held, e.g. {missing[0]}.",
            "Push the same content again, and run `holotype admin doctor`.",
        )


def _elsewhere(facts: Facts) -> tuple[str, str]:
    source = facts.candidate.provenance.source
    where = f": they lie at {papers.cited(source.uri, 200)}" if source else ""
    return (
        f"The registry never took over its bytes{where}.",
        papers.TAKE_OVER,
    )
