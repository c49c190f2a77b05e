"""Which pages have we, and to which of them does an address lead? What tests of all pages walk."""

from __future__ import annotations

import re

from holotype import web
from holotype.web.base import Known

EVERY: list[Known] = [handler.opt["page"] for handler in web.routes() if "page" in handler.opt]
"""Every page and every action, as it was declared."""
SHOWN = sorted({known.path for known in EVERY if known.method == "GET"})
"""The paths of everything that is asked for with GET."""


def path_of(address: str) -> str | None:
    """Return the path of the page that an address leads to: the one with the fewest parts that can be anything."""
    wanted = address.partition("?")[0]
    fitting = [path for path in SHOWN if re.fullmatch(_pattern(path), wanted)]
    return min(fitting, key=lambda path: path.count("{"), default=None)


def _pattern(path: str) -> str:
    """Return the expression for the addresses of a path; Litestar's ``path`` takes slashes, all others do not."""
    pieces = re.split(r"(\{\w+:\w+\})", path)
    return "".join(
        re.escape(one) if not one.startswith("{") else "/?.+" if one.endswith(":path}") else "[^/]+" for one in pieces
    )
