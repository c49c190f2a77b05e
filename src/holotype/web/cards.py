"""What is left of a card, or of any Markdown that people wrote, on a page? Text, headings, lists, tables, code, links.

Rendered by markdown-it without HTML of its own, then cleaned by nh3 all the same. Pictures become links: who looks at a
card must not be seen by whoever wrote it. Front matter is no text, and not shown.
"""

from __future__ import annotations

import threading
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

from holotype.domain import front_matter

_LONGEST = 100_000
_MOST = {"\n": 3_000, "[": 2_000, "*": 10_000, "_": 10_000, "`": 10_000, "~": 10_000}
"""Of so many lines and signs a text is read as Markdown; reading takes more than twice as long for twice as many."""
_KEPT = 128
_TAGS = {
    *("h1", "h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "blockquote", "pre", "code", "em", "strong", "s", "del"),
    *("ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "a"),
}
_ATTRIBUTES = {"a": {"href", "title"}, "th": {"align"}, "td": {"align"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto"}
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


_locks = [threading.Lock() for _ in range(16)]


def safe(text: str) -> Markup:
    """Return Markdown as HTML that can be put into any page; however many look at it, it is rendered once."""
    shown = front_matter.split(text)[1][:_LONGEST]
    with _locks[hash(shown) % len(_locks)]:
        return _rendered(shown)


@lru_cache(maxsize=_KEPT)
def _rendered(shown: str) -> Markup:
    if any(shown.count(sign) > most for sign, most in _MOST.items()):
        return Markup("<pre>{}</pre>").format(shown)
    tokens = _MARKDOWN.parse(shown)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1]) + 2, 6)}"
        for child in token.children or ():
            if child.type == "image":
                child.type, child.tag, child.nesting = "text", "", 0
                child.content = f"[picture: {child.content or child.attrs.get('src', '')}]"
    html = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    return Markup(  # noqa: S704 - this is what nh3 leaves
        nh3.clean(
            html,
            tags=_TAGS,
            attributes=_ATTRIBUTES,
            attribute_filter=_kept,
            url_schemes=_SCHEMES,
            link_rel="noopener noreferrer nofollow",
        )
    )


def _kept(_tag: str, attribute: str, value: str) -> str | None:
    """Leave out addresses that name another host and no scheme: they look like ours."""
    return None if attribute == "href" and value.replace("\\", "/").startswith("//") else value
