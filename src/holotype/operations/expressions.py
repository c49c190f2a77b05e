"""What is the value of a CEL expression?"""

from __future__ import annotations

from collections.abc import Mapping

from holotype.errors import Invalid


def evaluate(expression: str, variables: Mapping[str, object]) -> object:
    """Return the value of an expression over some variables."""
    import cel  # noqa: PLC0415 - it takes a third of a second

    return cel.evaluate(expression, dict(variables))


def check(expression: str) -> None:
    """Raise ``Invalid`` for what is no expression."""
    import cel  # noqa: PLC0415 - it takes a third of a second

    try:
        cel.compile(expression)
    except ValueError as error:
        said = " ".join(str(error).split("\n")[0].split())[:300]
        raise Invalid(f"The expression {expression[:80]!r} cannot be read: {said}") from None
