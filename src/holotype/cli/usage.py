"""What is wrong with a command line, when its words do not fit together?"""

from __future__ import annotations


class UsageError(Exception):
    """The command line makes no sense; exit code 2."""

    def __init__(self, detail: str, hint: str | None = None) -> None:
        """Say which word is wrong, and how it should look."""
        super().__init__(detail)
        self.detail = detail
        self.hint = hint
