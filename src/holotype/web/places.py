"""At which address is the page of a thing? Made here alone, so that a name with odd letters leads where it should."""

from __future__ import annotations

import re
from urllib.parse import quote, quote_plus, urlencode

from holotype.domain import references
from holotype.domain.entities import Model, Version
from holotype.domain.references import Reference

_PLAIN = re.compile(r"[A-Za-z0-9_.~@:-]+")


def model(reference: Reference | Version | Model | str, tab: str = "") -> str:
    """Return the page of a model, or one of its parts: ``history``, ``metrics``, ``card`` or ``access``."""
    found = references.parse_model(reference) if isinstance(reference, str) else reference
    name = found.name if isinstance(found, Model) else found.model
    return f"/models/{_part(found.namespace)}/{_part(name)}{f'/{tab}' if tab else ''}"


def version(reference: Reference | Version | str, tab: str = "") -> str:
    """Return the page of a version, or one of its parts."""
    found = references.parse(reference) if isinstance(reference, str) else reference
    label = str(found.number) if isinstance(found, Version) else found.label or found.digest or "latest"
    return f"{model(found)}/versions/{_part(label)}{f'/{tab}' if tab else ''}"


def numbered(found: Model, number: int) -> str:
    """Return the page of a version of a model."""
    return f"{model(found)}/versions/{number}"


def search(query: str) -> str:
    """Return the list of models that match a query."""
    return f"/models?q={quote_plus(query)}"


def versions(query: str) -> str:
    """Return the list of versions that match a query."""
    return f"/versions?q={quote_plus(query)}"


def compare(*references_: str) -> str:
    """Return the comparison of versions; the first is what the others are compared with."""
    return f"/compare?{urlencode([('version', one) for one in references_])}"


def lineage(subject: str) -> str:
    """Return the graph around a version, or a data set (``dataset:URI``)."""
    return f"/lineage?{urlencode({'of': subject})}"


def quarantine(number: int) -> str:
    """Return the page of a quarantine."""
    return f"/quarantines/{number}"


def recall(subject: str) -> str:
    """Return the page that shows what a recall of something would reach, and takes the reason."""
    return f"/quarantines/new?{urlencode({'subject': subject})}"


def promotion(number: int | None) -> str:
    """Return the page of a promotion."""
    return f"/promotions/{number}"


def entry(sequence: int) -> str:
    """Return the page of an entry of the ledger."""
    return f"/ledger/{sequence}"


def bearer(who: str) -> str:
    """Return the page of whoever a grant names: ``user:ada``, ``service:ci`` or ``team:risk``."""
    kind, _, name = who.partition(":")
    return f"/access/{kind}s/{_part(name)}"


def policy(namespace: str) -> str:
    """Return the page of a namespace's policy."""
    return f"/policies/{_part(namespace)}"


def outside(text: str) -> str:
    """Return an address on the web that a browser may be sent to, or nothing for any other text."""
    return text if text.startswith(("https://", "http://")) and text.isprintable() else ""


def _part(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else quote(text, safe="@:")
