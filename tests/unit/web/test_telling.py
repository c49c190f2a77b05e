"""Does a sentence of the ledger look as it should, whatever somebody wrote into it?"""

from __future__ import annotations

import pytest

from holotype.web.telling import sentence
from holotype.web.wording import Part, Said


@pytest.mark.parametrize(
    ("part", "html"),
    [
        (Part(" moved "), " moved "),
        (Part("ada", "actor"), "<b>ada</b>"),
        (Part("staging", "stage"), '<span class="stage staging">staging</span>'),
        (Part("canary", "stage"), '<span class="stage other">canary</span>'),
        (Part("risk/fraud", "name"), '<span class="ref">risk/fraud</span>'),
        (Part("risk/fraud", "name", "/models/risk/fraud"), '<a class="ref" href="/models/risk/fraud">risk/fraud</a>'),
        (Part("promotion 3", "", "/promotions/3"), '<a href="/promotions/3">promotion 3</a>'),
    ],
)
def test_a_part_looks_like_what_it_is(part: Part, html: str) -> None:
    """Somebody, a stage, a name or a link."""
    assert str(sentence(Said((part,)))) == html


@pytest.mark.parametrize("kind", ["", "actor", "stage", "name"])
@pytest.mark.parametrize("place", ["", '/"><b>'])
def test_nothing_that_somebody_wrote_becomes_html(kind: str, place: str) -> None:
    """Neither as a text nor as an address."""
    html = str(sentence(Said((Part('<i>"a" & b</i>', kind, place),))))
    assert "<i>" not in html
    assert '"><b>' not in html
    assert "&lt;i&gt;&#34;a&#34; &amp; b&lt;/i&gt;" in html
