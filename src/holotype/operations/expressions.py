"""What is the value of a CEL expression? Asked of a process of its own, which can be stopped.

An expression of a few hundred characters can want hours, or all memory there is: comprehensions nest. So it is never
evaluated in the server itself, where nothing could stop it and every other request would wait, but in a child that may
use so much memory and no more, and that is killed when it takes too long. The child is started by the first expression
and then kept: where no policy has one, there is none.
"""

from __future__ import annotations

import atexit
import json
import select
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress

from holotype.errors import Invalid, Unavailable

SECONDS, START_SECONDS = 1.0, 20.0
_lock = threading.Lock()


class _Child:
    """A process that evaluates one expression after the other."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "holotype.operations.evaluator"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        try:
            self._answer(START_SECONDS)
        except BaseException:
            self.stop()
            raise

    def ask(self, question: Mapping[str, object]) -> Mapping[str, object]:
        """Return what the child answers, or raise ``TimeoutError`` or ``OSError``."""
        pipe = self._process.stdin
        if pipe is None:
            raise OSError("no pipe")
        pipe.write(json.dumps(question, default=str).encode() + b"\n")
        pipe.flush()
        return self._answer(SECONDS)

    @property
    def ended(self) -> bool:
        """Whether the process is gone."""
        return self._process.poll() is not None

    def stop(self) -> None:
        """End the process, whatever it does."""
        self._process.kill()
        self._process.communicate()

    def _answer(self, seconds: float) -> Mapping[str, object]:
        pipe, end, got = self._process.stdout, time.monotonic() + seconds, b""
        while pipe is not None and not got.endswith(b"\n"):
            if not select.select([pipe], [], [], max(0.0, end - time.monotonic()))[0]:
                raise TimeoutError
            piece = pipe.read1(2**16)  # type: ignore[attr-defined]
            if not piece:
                raise OSError("the evaluator ended")
            got += piece
        found: Mapping[str, object] = json.loads(got)
        return found


_child: _Child | None = None


def evaluate(expression: str, variables: Mapping[str, object]) -> object:
    """Return the value of an expression over plain variables, or raise ``Invalid`` or ``Unavailable``."""
    return _asked({"expression": expression, "variables": variables}, expression)


def check(expression: str) -> None:
    """Raise ``Invalid`` for what is no expression, or names what is not there."""
    _asked({"expression": expression}, expression)


def start() -> None:
    """Start the child, if there is none; what goes wrong is told to who asks it."""
    global _child  # noqa: PLW0603 - one for the process
    with _lock, suppress(OSError, ValueError):
        if _child is None or _child.ended:
            _child = _Child()


def stop() -> None:
    """End the child, if there is one; the next expression starts another."""
    global _child  # noqa: PLW0603 - one for the process
    with _lock:
        if _child is not None:
            _child.stop()
            _child = None


atexit.register(stop)


def _asked(question: Mapping[str, object], expression: str) -> object:
    told = _tell(question, expression)
    if "error" in told:
        raise Invalid(f"The expression {expression[:80]!r}: {told['error']}")
    return told.get("value")


def _tell(question: Mapping[str, object], expression: str) -> Mapping[str, object]:
    global _child  # noqa: PLW0603 - one for the process
    with _lock:
        try:
            if _child is not None and _child.ended:  # for want of memory, say: that is no answer to this question
                _child.stop()
                _child = None
            if _child is None:
                _child = _Child()
            return _child.ask(question)
        except TimeoutError:
            trouble = f"took longer than {SECONDS:g} s"
        except (OSError, ValueError):
            trouble = "needed more memory than it may have, or could not be evaluated"
        if _child is not None:
            _child.stop()
            _child = None
            threading.Thread(target=start, name="evaluator", daemon=True).start()  # the next one waits for less
    raise Unavailable(f"The expression {expression[:80]!r} {trouble}.", hint="Make it simpler.")
