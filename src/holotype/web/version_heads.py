"""What do all pages about one version have in common? Its head, its parts, how it stands, and what it is known by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from holotype.domain import names
from holotype.domain.entities import Version
from holotype.domain.provenance import Provenance
from holotype.domain.references import Reference
from holotype.gateways.native.addresses import version_at
from holotype.operations.situation import Situation, situation
from holotype.web import places
from holotype.web.base import Page, Visit

VERSION = "/models/{namespace:str}/{model:str}/versions/{label:str}"
_PARTS = (("Overview", ""), ("Files", "files"), ("Provenance", "provenance"), ("Evidence", "evidence"),
          ("History", "history"))  # fmt: skip
decode = msgspec.json.Decoder(Provenance).decode
"""Reads the provenance of a version."""


def part(
    request: Visit,
    namespace: str,
    model: str,
    label: str,
    tab: str,
    make: Callable[[Reference, Situation], Page],
) -> Page:
    """Return the page of a part of a version; ``make`` is given what it is known by and how it stands."""
    asked = version_at(namespace, model, label)
    stands = situation(request.call, asked, deleted=True)
    where = fixed(stands.version)
    about: dict[str, Any] = {"version": stands.version, "stands": stands, "where": where}
    about["moving"] = label if asked.digest is None and not label.isdigit() else ""
    if stands.version.deleted_at is not None and tab != "history":
        return Page("version_deleted.html", about)
    made = make(where, stands)
    about["tabs"] = [(_titled(name, stands), places.version(where, one), one == tab) for name, one in _PARTS]
    return Page(made.template, about | dict(made.about), status=made.status, cookies=made.cookies)


def fixed(version: Version) -> Reference:
    """Return what a version is known by for ever: its number."""
    return Reference(version.namespace, version.model, str(version.number))


def tracking(request: Visit, namespace: str) -> str:
    """Return the address that MLflow's clients are told for a namespace."""
    return request.root if namespace == names.DEFAULT_NAMESPACE else f"{request.root}/mlflow/{namespace}"


def _titled(name: str, stands: Situation) -> str:
    counts = {"Files": stands.version.file_count, "Evidence": sum(stands.evidence.values())}
    return f"{name} {counts[name]:,}" if counts.get(name) else name
