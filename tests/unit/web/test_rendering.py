"""Do values look as they should: in columns, by how bad they are, and without what proves who asks?"""

from __future__ import annotations

import base64
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from holotype.settings import Settings
from holotype.web import cards, sessions
from holotype.web.differing import differing
from holotype.web.pages import version_evidence
from holotype.web.pages.settings import _settings
from holotype.web.rendering import _aligned, _worst_first

POINT, FIGURE = "\u2008", "\u2007"


def test_the_points_of_a_column_stand_under_each_other() -> None:
    """What lacks decimals has blanks of their width; texts and gaps stay as they are."""
    rows = [[0.5, "adam", None], [0.125, "sgd", 3], [2, "lion", 4]]
    assert _aligned(rows) == [
        [f"0.5{FIGURE * 2}", "adam", None],
        ["0.125", "sgd", "3"],
        [f"2{POINT}{FIGURE * 3}", "lion", "4"],
    ]
    assert _aligned([]) == []
    assert _aligned([[1e-12], [0.5]]) == [[f"1e-12{POINT}{FIGURE}"], ["0.5"]]


def test_what_is_dangerous_is_told_first() -> None:
    """Before thousands of lesser things; what is as bad stays in its order."""
    given = ("note", "suspicious", "dangerous", "note", "dangerous")
    found = [{"severity": severity, "name": str(at)} for at, severity in enumerate(given)]
    assert [one["name"] for one in _worst_first(found)] == ["2", "4", "1", "0", "3"]


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("database", "postgresql://holotype:hunter2@db.example/holotype", "postgresql://…@db.example/holotype"),
        ("database", "postgresql://db.example/holotype?password=hunter2", "postgresql://db.example/holotype?…"),
        ("database", "postgresql://u:hunter2/@x@db.example/holotype", "postgresql://…@db.example/holotype"),
        ("store", "s3://lake/models", "s3://lake/models"),
        ("oidc_client_secret", "hunter2", "set, and not shown"),
        ("trusted_proxies", "10.0.0.0/8", "10.0.0.0/8"),
    ],
)
def test_no_setting_tells_a_secret(name: str, value: str, told: str) -> None:
    """A password in an address is one."""
    shown = {one.name: one.value for one in _settings(Settings(data=Path("x"), **{name: value}))}  # type: ignore[arg-type]
    assert shown[name] == told
    assert "hunter2" not in "".join(shown.values())


@pytest.mark.parametrize("text", ["![" * 50_000, "_*" * 50_000, "* a\n" * 20_000, "a\n=\n" * 20_000, "a\n" * 50_000])
def test_a_card_that_would_take_long_to_read_is_shown_as_it_is(text: str) -> None:
    """Not half of it, and not as HTML."""
    assert cards.safe(text) == f"<pre>{text[: cards._LONGEST]}</pre>"


def test_a_link_that_looks_like_ours_and_is_not_leads_nowhere() -> None:
    """No scheme, and yet another host."""
    for place in ("//evil.example", "/\\evil.example", "\\\\evil.example"):
        html = cards.safe(f"[a](<{place}/>)")
        assert 'href="//' not in html
        assert "\\" not in html
    assert 'href="/models"' in cards.safe("[a](/models)")


def test_policies_without_end_are_not_put_beside_each_other() -> None:
    """A line says so."""
    long = "\n".join(f"# {number % 101}" for number in range(14_000))
    (line,) = differing(long, long[::-1])
    assert line.kind == "place"
    assert differing(long, long) == []


def test_of_json_only_what_is_shown_is_put_into_lines() -> None:
    """Deep lists are mostly blanks: all of it would be a hundred times as long."""
    said: Any = [0] * 500_000
    for _ in range(60):
        said = [said]
    assert version_evidence._SHOWN < len(version_evidence._indented(said)) < version_evidence._SHOWN + 1_000


@pytest.mark.parametrize("other", ['x={"a": 1}', "a[b]=1", "foo", "path=/", "x=a b", "=a", "x=\u00e9", 'x="a', "; ;"])
def test_a_cookie_of_somebody_else_takes_none_of_ours(other: str) -> None:
    """Applications on one host share their cookies, whatever the ports."""
    scope = {"headers": [(b"cookie", f"{other}; holotype_session=secret; {other}".encode("latin-1"))]}
    assert sessions._cookies(SimpleNamespace(scope=scope))["holotype_session"] == "secret"  # type: ignore[arg-type]


def test_a_note_that_nobody_wrote_is_none() -> None:
    """Also one that is nested deeper than can be read."""
    assert sessions._note(base64.urlsafe_b64encode(b"[" * 30_000).decode()) is None
