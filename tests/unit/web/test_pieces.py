"""Do the smallest parts of a page look as they should, whatever somebody named a thing?"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from msgspec import structs

from holotype.domain import lifecycle
from holotype.domain.entities import Version
from holotype.web import pieces, places, rendering

HOSTILE = '"><script>&'
NOW = datetime(2026, 5, 1, tzinfo=UTC)
SEVEN = Version(1, 1, 1, "risk", "fraud", 7, "sha256:00", 0, 0, "none", NOW, "", NOW, "ada")


def tags(pairs: dict[str, str]) -> str:
    """Return tags as a template has them."""
    return rendering._TEMPLATES.from_string("{{ tags(pairs) }}").render(pairs=pairs)


@pytest.mark.parametrize("name", lifecycle.STAGES)
def test_a_usual_stage_has_its_colour(name: str) -> None:
    """The style sheets know these."""
    assert str(pieces.stage(name)) == f'<span class="stage {name}">{name}</span>'


def test_another_stage_is_one_of_others() -> None:
    """Its name is a text and no class."""
    assert str(pieces.stage("canary")) == '<span class="stage other">canary</span>'
    assert str(pieces.stage(HOSTILE)) == '<span class="stage other">&#34;&gt;&lt;script&gt;&amp;</span>'


def test_tags_stand_by_their_keys_and_lead_to_all_that_have_them() -> None:
    """Whatever is written in them; a long value is cut, an empty one left out."""
    found = tags({"team": "risk", "Owner": "", "note": "a " * 60})
    assert found.index(">note<b>") < found.index(">Owner</a>") < found.index(">team<b>risk</b></a>")
    assert '<a class="tag" href="/models?q=tag.team%3Arisk">team' in found
    assert "<b>" + "a " * 27 + "a...</b>" in found
    hostile = tags({HOSTILE: HOSTILE})
    assert "<script>" not in hostile
    assert hostile.count('"') == 4


def test_a_version_leads_to_its_page() -> None:
    """Also one with a name of older days; and it says that it is in quarantine."""
    assert str(pieces.ref(SEVEN)) == '<a class="ref" href="/models/risk/fraud/versions/7">risk/fraud:7</a>'
    odd = structs.replace(SEVEN, model='a"b', quarantined_at=NOW)
    assert str(pieces.ref(odd)) == (
        '<a class="ref" href="/models/risk/a%22b/versions/7">risk/a&#34;b:7</a>'
        ' <span class="badge stop">quarantined</span>'
    )
    assert (
        places.version(SEVEN, "files")
        == places.version("risk/fraud:7", "files")
        == ("/models/risk/fraud/versions/7/files")
    )
