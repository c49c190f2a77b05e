"""What does a file's header say about it: tensors, parameters, precision, operator sets?"""

from __future__ import annotations

from typing import Any

from holotype.inspect import format_in
from holotype.inspect.head import Head
from holotype.inspect.window import Window


def describe(path: str, window: Window) -> dict[str, Any]:
    """Return the format of a file, judged by its bytes, and what its header tells; ``unreadable`` says why not."""
    head = Head(path.rpartition("/")[2], window, window.size)  # type: ignore[arg-type]
    return {"format": format_in(head)}
