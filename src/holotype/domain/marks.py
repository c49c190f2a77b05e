"""Which marks does a version bear in a list? What its evidence says, in a word each.

scan-clean     the registry's scan found nothing harmful, and the last scan of nobody else did
scan-found     a scan found something harmful
scan-unclear   a scan could not read everything, or says neither
signed         a key that the policy trusts signed it
evaluated      there is an evaluation
tested         there is a test report, whatever it says
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from holotype.domain import attested

CLEAN, FOUND, UNCLEAR = "scan-clean", "scan-found", "scan-unclear"


def of_scans(scans: Iterable[tuple[str, str, bytes | None]]) -> str | None:
    """Return the mark for the last scan of each scanner; none before the registry itself has scanned.

    A scan is given as who made it, its media type, and its payload where that is short enough to be read.
    """
    found, own = CLEAN, False
    for by, media_type, payload in scans:
        own = own or by == attested.SERVER
        said = attested.said(media_type, payload)
        content: Mapping[str, object] = said if isinstance(said, dict) else {}
        if content.get("findings"):
            return FOUND
        if content.get("clean") is not True:
            found = UNCLEAR
    return found if own else None
