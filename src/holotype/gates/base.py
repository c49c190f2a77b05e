"""What is a gate? A frozen dataclass of settings with one question, asked about facts.

    @dataclass(frozen=True, kw_only=True)
    class FileSize(Gate):                                  its name in a policy is ``file-size``
        \"\"\"No version is too large.\"\"\"                   its help text
        at_most: Annotated[int, "The most bytes."]         a setting; without a default it has to be given
        def ask(self, facts: Facts) -> Verdict             pure: facts in, a verdict with a sentence out

A gate knows no database and no clock: all it may look at is in ``Facts``.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, NewType

from holotype.domain.entities import Verdict
from holotype.gates.facts import Facts

Bytes = NewType("Bytes", int)
"""A size; a policy writes it as a number or as "20 GiB"."""
PASSED, FAILED, MISSING, OVERRIDDEN = "passed", "failed", "missing", "overridden"


@dataclass(frozen=True)
class Gate(ABC):
    """A pure rule that a version must satisfy for a move."""

    gate: ClassVar[str] = ""
    """The name in a policy."""
    on_rollback: ClassVar[bool] = False
    """Whether going back to a version asks again: true for what protects, false for what compares or matures."""
    needs_examination: ClassVar[bool] = False
    """Whether the server has to have looked into the files before the gate is asked."""

    def __init_subclass__(cls) -> None:
        """Derive the name in a policy from the class name: ``NotQuarantined`` → ``not-quarantined``."""
        cls.gate = re.sub(r"(?<!^)(?=[A-Z])", "-", cls.__name__).lower()

    @abstractmethod
    def ask(self, facts: Facts) -> Verdict:
        """Return the verdict on the version that ``facts`` are about."""

    def check(self) -> str | None:
        """Return what is wrong with the settings taken together, in a sentence, if anything is."""
        return None

    def expressions(self) -> tuple[str, ...]:
        """Return the CEL expressions among the settings, so that who applies a policy can try to compile them."""
        return ()

    def passed(self, reason: str) -> Verdict:
        """Say yes, and why."""
        return Verdict(self.gate, PASSED, reason)

    def failed(self, reason: str, remedy: str | None = None) -> Verdict:
        """Say no, why, and what would change it."""
        return Verdict(self.gate, FAILED, reason, remedy)

    def missing(self, reason: str, remedy: str) -> Verdict:
        """Say that it cannot be told, for lack of evidence, and what to attach."""
        return Verdict(self.gate, MISSING, reason, remedy)
