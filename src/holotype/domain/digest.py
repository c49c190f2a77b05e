"""What identifies bytes? Their SHA-256, written ``sha256:<64 hex>``."""

from __future__ import annotations

import hashlib
import re

from holotype.errors import InvalidReference

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def of(data: bytes) -> str:
    """Return the digest of bytes."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def parse(value: str) -> str:
    """Return a digest unchanged, or raise ``InvalidReference``."""
    if not _DIGEST.fullmatch(value):
        raise InvalidReference(f"{value[:80]!r} is not a digest.", hint="A digest is 'sha256:' and 64 hex digits.")
    return value


def hexpart(value: str) -> str:
    """Return the 64 hex digits of a digest."""
    return parse(value).removeprefix("sha256:")


def short(value: str) -> str:
    """Return the form that people read: ``sha256:`` and 12 hex digits."""
    return value[:19]
