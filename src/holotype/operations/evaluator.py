"""How does the child of ``expressions`` evaluate? A line of JSON in, a line of JSON out, until there is no more.

It bounds its own memory, holds no secret of the server's but what it is asked about, and writes nothing else.
"""

from __future__ import annotations

import json
import re
import resource
import sys
from collections.abc import Mapping
from typing import IO, Any

MEMORY = 1 * 2**30
"""Address space, of which an interpreter with its libraries takes about a quarter."""
VARIABLES = frozenset({"version", "evidence", "incumbent", "source", "target", "now"})
_BOUND = re.compile(r"\.\s*(?:all|exists|exists_one|filter|map)\s*\(\s*([A-Za-z_]\w*)\s*,")
"""Where a macro names its own variable."""
_KEPT, _LONGEST = 256, 300
_programs: dict[str, Any] = {}


def main(asked: IO[bytes], told: IO[bytes]) -> None:
    """Answer each question; the first line says that the child is ready."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    import cel  # noqa: F401, PLC0415 - it takes a third of a second, which belongs to the start

    _tell(told, {"value": "ready"})
    for line in asked:
        try:
            answer = _answer(json.loads(line))
        except Exception as error:  # noqa: BLE001 - whatever is wrong is the expression's
            answer = {"error": _sentence(error)}
        _tell(told, answer)


def _answer(question: Mapping[str, Any]) -> Mapping[str, object]:
    expression = question["expression"]
    program = _programs.get(expression) or _compile(expression)
    strange = sorted(set(program.variables()) - VARIABLES - set(_BOUND.findall(expression)))
    if strange:
        return {"error": f"There is no variable {strange[0]!r}. Variables: {', '.join(sorted(VARIABLES))}."}
    if "variables" not in question:
        return {"value": None}
    value = program.execute(question["variables"])
    plain = value is None or isinstance(value, bool | int | float | str)
    return {"value": value if plain else f"a {type(value).__name__}"}


def _compile(expression: str) -> Any:
    import cel  # noqa: PLC0415 - loaded by now

    if len(_programs) >= _KEPT:
        _programs.clear()
    _programs[expression] = cel.compile(expression)
    return _programs[expression]


def _sentence(error: Exception) -> str:
    said = " ".join(str(error).split("\n")[0].split())[:_LONGEST]
    return f"there is no {said}" if isinstance(error, KeyError) else said or type(error).__name__


def _tell(told: IO[bytes], answer: Mapping[str, object]) -> None:
    told.write(json.dumps(answer).encode() + b"\n")
    told.flush()


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
