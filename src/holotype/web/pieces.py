"""What are the smallest pieces of a page, of which a table has hundreds? Made here, where they cost a third.

A macro of a template would do the same; what has neither form nor caller needs none.
"""

from __future__ import annotations

from collections.abc import Mapping

from jinja2 import Environment, pass_environment
from jinja2.filters import do_truncate
from markupsafe import Markup, escape

from holotype.domain import lifecycle
from holotype.domain.entities import Version
from holotype.domain.query_tree import spelled
from holotype.web import places

_LONGEST = 60


def stage(name: str) -> Markup:
    """Return a stage in its colour."""
    known = _STAGES.get(name)
    return _colored(name, "other") if known is None else known


def ref(version: Version) -> Markup:
    """Return the whole reference of a version, as the way to its page."""
    held = ' <span class="badge stop">quarantined</span>' if version.quarantined_at else ""
    place, text = escape(places.version(version)), escape(version.reference)
    return Markup(f'<a class="ref" href="{place}">{text}</a>{held}')  # noqa: S704 - each text in it was escaped


@pass_environment
def tags(environment: Environment, pairs: Mapping[str, str]) -> Markup:
    """Return tags by their keys, each with the way to all that have it."""
    made = []
    for key, value in sorted(pairs.items(), key=lambda pair: pair[0].lower()):
        place = escape(places.search(f"tag.{spelled(key)}:{spelled(value)}"))
        shown = f"<b>{escape(do_truncate(environment, value, _LONGEST))}</b>" if value else ""
        made.append(f'<a class="tag" href="{place}">{escape(key)}{shown}</a>')
    return Markup("".join(made))  # noqa: S704 - each text in it was escaped


def _colored(name: str, color: str) -> Markup:
    return Markup('<span class="stage {}">{}</span>').format(color, name)


_STAGES = {name: _colored(name, name) for name in lifecycle.STAGES}
