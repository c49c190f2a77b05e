"""Do values look as they should: in columns, by how bad they are, and without what proves who asks?"""

from __future__ import annotations

from pathlib import Path

import pytest

from holotype.settings import Settings
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
