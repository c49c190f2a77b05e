from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holotype.web.cards import safe

ATTACKS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt&colon;alert(1))",
    "[a](data:text/html;base64,PHNjcmlwdD4=)",
    "[a](vbscript:msgbox)",
    "![a](https://evil.example/pixel.png)",
    "![a](javascript:alert(1))",
    "<a href='javascript:alert(1)'>a</a>",
    "<svg/onload=alert(1)>",
    "<iframe src=//evil.example></iframe>",
    "<style>@import url(//evil.example)</style>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    '[a](https://x.example "onmouseover=alert(1)")',
    "| a |\n|---|\n| <b onclick=alert(1)>x</b> |",
    "```html\n</code></pre><script>alert(1)</script>\n```",
    "<base href=//evil.example>",
    "<form action=//evil.example><button>sign in</button></form>",
    "\ufeff---\nlicense: <script>\n---\n<script>alert(1)</script>",
)


@pytest.mark.parametrize("text", ATTACKS)
def test_nothing_of_an_attack_is_left(text: str) -> None:
    """No tag but those of a text, no handler, no scheme that runs, nothing that is fetched."""
    assert_harmless(str(safe(text)))


@given(st.text(alphabet="<>/\"'=()[]!`| \nabijopsv:;&#-x", max_size=200))
def test_whatever_is_written_is_harmless(text: str) -> None:
    """The same holds for any text made of what attacks are made of."""
    assert_harmless(str(safe(text)))


def assert_harmless(html: str) -> None:
    """Hold HTML against what may be in a card."""
    tags = re.findall(r"<\s*/?\s*([a-zA-Z0-9]+)([^>]*)>", html)
    allowed = {
        "h3",
        "h4",
        "h5",
        "h6",
        "p",
        "br",
        "hr",
        "blockquote",
        "pre",
        "code",
        "em",
        "strong",
        "s",
        "del",
        "ul",
        "ol",
    }
    allowed |= {"li", "table", "thead", "tbody", "tr", "th", "td", "a"}
    assert {name.lower() for name, _ in tags} <= allowed
    for _, attributes in tags:
        names = set(re.findall(r"([a-zA-Z-]+)\s*=", re.sub(r'"[^"]*"', '""', attributes)))
        assert names <= {"href", "title", "rel", "align", "start"}
        for address in re.findall(r'href="([^"]*)"', attributes):
            assert re.match(r"(https?:|mailto:|[^:]*$)", address, re.IGNORECASE), address


def test_a_text_reads_as_it_was_written() -> None:
    """Headings begin below those of the page, tables and links stay, front matter is no text, a picture is named."""
    html = str(
        safe(
            "---\nlicense: mit\n---\n# Use\n\n**bold** ~~old~~ [a](https://a.example)\n\n|x|\n|-|\n|1|\n\n![scan](b.png)"
        )
    )
    assert "license" not in html
    for part in ("<h3>Use</h3>", "<strong>bold</strong>", "<s>old</s>", 'href="https://a.example"', "<td>1</td>"):
        assert part in html
    assert "[picture: scan]" in html
