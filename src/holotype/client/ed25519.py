"""Is an Ed25519 signature good? RFC 8032, section 5.1.7, for whoever has no library for it.

Verification alone: no secret is ever here, so nothing can leak through the time it takes. The server signs with a
library (``cryptography``); a test holds both against each other. Some 2 ms a signature.
"""

from __future__ import annotations

import hashlib

_P = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_ROOT = pow(2, (_P - 1) // 4, _P)
Point = tuple[int, int, int, int]
"""X, Y, Z, T with x = X/Z, y = Y/Z, x·y = T/Z."""
_ZERO: Point = (0, 1, 1, 0)


def verify(public: bytes, signature: bytes, message: bytes) -> bool:
    """Say whether a signature over a message was made with the private key that belongs to a public one."""
    key = _point(public)
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or len(signature) != 64 or scalar >= _ORDER:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % _ORDER
    x, y, z, t = key
    return _encoded(_sum_of(scalar, _BASE, challenge, (-x % _P, y, z, -t % _P))) == signature[:32]


def _point(encoded: bytes) -> Point | None:
    """Return the point of 32 bytes; nothing where they are not how that point is written."""
    if len(encoded) != 32:
        return None
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _ROOT % _P
    if (x * x - square) % _P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = _P - x
    return x, y, 1, x * y % _P


def _encoded(point: Point) -> bytes:
    x, y, z, _ = point
    inverse = pow(z, -1, _P)
    return ((y * inverse % _P) | ((x * inverse % _P & 1) << 255)).to_bytes(32, "little")


def _add(one: Point, other: Point) -> Point:
    x1, y1, z1, t1 = one
    x2, y2, z2, t2 = other
    a = (y1 - x1) * (y2 - x2) % _P
    b = (y1 + x1) * (y2 + x2) % _P
    c = 2 * t1 * t2 * _D % _P
    d = 2 * z1 * z2 % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _double(point: Point) -> Point:
    x, y, z, _ = point
    a, b, c = x * x % _P, y * y % _P, 2 * z * z % _P
    h = a + b
    e = (h - (x + y) * (x + y)) % _P
    g = a - b
    f = c + g
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _sum_of(first: int, one: Point, second: int, other: Point) -> Point:
    """Return ``first·one + second·other``, both in one pass over the bits (Shamir's trick)."""
    both, total = _add(one, other), _ZERO
    for place in range(max(first.bit_length(), second.bit_length()) - 1, -1, -1):
        total = _double(total)
        bits = (first >> place & 1, second >> place & 1)
        if bits != (0, 0):
            total = _add(total, {(1, 0): one, (0, 1): other, (1, 1): both}[bits])
    return total


def _base() -> Point:
    found = _point((4 * pow(5, -1, _P) % _P).to_bytes(32, "little"))
    assert found is not None  # noqa: S101 - the base point of the RFC is on the curve
    return found


_BASE = _base()
