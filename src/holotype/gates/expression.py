"""Is an expression true of the version, its evidence and the incumbent?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Annotated

from holotype.domain.entities import Evidence, Verdict
from holotype.gates import papers
from holotype.gates.base import Gate
from holotype.gates.facts import Dossier, Facts

VARIABLES = ("version", "evidence", "incumbent", "source", "target", "now")
LONGEST, MOST = 1_000, 200
"""Characters of an expression; pieces of evidence that it sees, the newest."""


@dataclass(frozen=True, kw_only=True)
class Expression(Gate):
    """A CEL expression over `version`, `evidence`, `incumbent`, `source`, `target` and `now` is true."""

    when: Annotated[str, "The expression; anything but true refuses."]
    because: Annotated[str | None, "The sentence that is shown where it refuses."] = None

    def check(self) -> str | None:
        """Bound what has to be read."""
        return f"an expression has at most {LONGEST:,} characters." if len(self.when) > LONGEST else None

    def expressions(self) -> tuple[str, ...]:
        """Return the one expression."""
        return (self.when,)

    def ask(self, facts: Facts) -> Verdict:
        """Evaluate it; what has no value refuses."""
        if facts.evaluate is None:
            return self.failed("Nothing here can evaluate an expression.", "See the log of the server.")
        shown = papers.cited(self.when, 200)
        try:
            value = facts.evaluate(self.when, variables(facts))
        except Exception as error:  # noqa: BLE001 - whatever an evaluator raises, the expression has no value
            why = papers.cited(" ".join(str(error).split()), 200)
            reason = f"{shown} has no value: {why}"
            return self.missing(f"{reason.rstrip('.')}.", "Attach what it asks about, or test it with `has(…)`.")
        if value is True:
            return self.passed(f"{shown} is true.")
        said = "false" if value is False else f"{papers.cited(repr(value))}, neither true nor false"
        return self.failed(f"{self.because} ({shown} is {said}.)" if self.because else f"{shown} is {said}.")


def variables(facts: Facts) -> dict[str, object]:
    """Return what an expression can name: plain JSON values; moments are texts for `timestamp(…)`."""
    return {
        "version": _version(facts.candidate),
        "evidence": _evidence(facts.candidate),
        "incumbent": None if facts.incumbent is None else _version(facts.incumbent),
        "source": facts.source,
        "target": facts.target,
        "now": facts.now.isoformat(),
    }


def _version(dossier: Dossier) -> Mapping[str, object]:
    one = dossier.version
    return {
        "reference": one.reference,
        "namespace": one.namespace,
        "model": one.model,
        "number": one.number,
        "digest": one.digest,
        "size": one.size,
        "files": one.file_count,
        "stage": one.stage,
        "created_at": one.created_at.isoformat(),
        "created_by": one.created_by,
        "tags": dict(one.tags),
        "aliases": list(one.aliases),
        "licence": dossier.licence,
        "formats": {name: count for name, (count, _) in dossier.formats.items()},
        "provenance": asdict(dossier.provenance),
    }


def _evidence(dossier: Dossier) -> list[Mapping[str, object]]:
    kept = [one for one in dossier.evidence if one.subject == dossier.version.digest]
    return [_piece(dossier, one) for one in kept[-MOST:]]


def _piece(dossier: Dossier, one: Evidence) -> Mapping[str, object]:
    return {
        "id": one.id,
        "type": one.type,
        "created_at": one.created_at.isoformat(),
        "created_by": one.created_by,
        "signed_by": one.signed_by,
        "payload": papers.content(dossier, one),
    }
