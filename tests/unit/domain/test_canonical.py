from __future__ import annotations

import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from holotype.domain import canonical

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
@example({"b": 0.1, "a": [1, True, None, '\u2028\x7f\x1f\b\f\n\r\t"\\/é😀']})
@example([1e-4, 0.00012345678901234567, 9007199254740991.0, 123456789012345.6, 1e15 + 0.5, -0.5, 5e-324])
def test_quick_bytes_are_those_of_the_standard(value: object) -> None:
    """Whatever is written the quick way is what RFC 8785 writes."""
    assert canonical.quick(value) in (None, rfc8785.dumps(value))


@given(st.dictionaries(st.text("abcxyz_", min_size=1), st.integers(-1000, 1000) | TEXTS))
def test_ordinary_values_go_the_quick_way(value: dict[str, object]) -> None:
    """Nothing but rare keys and rare numbers takes the long way."""
    assert canonical.quick(value) == rfc8785.dumps(value)
