"""Can an outsider write the very bytes of an entry?"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from holotype.domain import times
from holotype.errors import Invalid
from holotype.ledger.entry import canonical, canonical_data

_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=8,
)


@given(
    st.integers(1, 2**50),
    st.datetimes(datetime(1970, 1, 1), datetime(2900, 1, 1)),  # noqa: DTZ001 - hypothesis wants naive bounds
    _TEXT,
    _TEXT,
    _TEXT,
    st.dictionaries(_TEXT, _JSON, max_size=4),
    st.none() | _TEXT,
)
def test_the_bytes_are_those_of_any_rfc_8785_library(
    sequence: int, moment: datetime, actor: str, action: str, subject: str, data: dict[str, object], token: str | None
) -> None:
    """The hand-written form equals the library's form of the public values."""
    ours = canonical(
        sequence=sequence,
        micros=times.to_micros(moment),
        actor=actor,
        action=action,
        subject=subject,
        data=canonical_data(data),
        salt="0a" * 16,
        token=token,
    )
    public = {
        "sequence": sequence,
        "time": times.text(moment.replace(tzinfo=UTC)),
        "actor": actor,
        "action": action,
        "subject": subject,
        "data": data,
        "salt": "0a" * 16,
    } | ({} if token is None else {"token": token})
    assert ours == rfc8785.dumps(public)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**53, {1, 2}, object(), {1: 2}, "\ud800"])
def test_what_json_cannot_carry_exactly_is_refused(value: object) -> None:
    """Non-finite numbers, large integers and lone surrogates would not come back as they were."""
    with pytest.raises(Invalid, match="exactly"):
        canonical_data({"value": value})
