"""What does ``risk/fraud:production`` mean?

    [namespace/]model[:label][@sha256:…]

A label is a number, a stage, an alias or ``latest``; with neither label nor digest the reference names the model.
"""

from __future__ import annotations

from dataclasses import dataclass

from holotype.domain import digest as digests
from holotype.domain import names
from holotype.errors import InvalidReference

_FORM = "A reference reads namespace/model:label, for example risk/fraud:7, risk/fraud:production or fraud@sha256:…"


@dataclass(frozen=True, slots=True)
class Reference:
    """A model, or one version of it when ``label`` or ``digest`` is given."""

    namespace: str
    model: str
    label: str | None = None
    digest: str | None = None

    @property
    def model_reference(self) -> str:
        """The reference of the model alone."""
        return f"{self.namespace}/{self.model}"

    @property
    def names_version(self) -> bool:
        """Whether the reference names a version and not just the model."""
        return self.label is not None or self.digest is not None

    def __str__(self) -> str:
        """The reference as people write it; ``default/`` stays visible."""
        tail = f":{self.label}" if self.label else ""
        return self.model_reference + tail + (f"@{self.digest}" if self.digest else "")


def parse(value: str) -> Reference:
    """Read a reference; raise ``InvalidReference`` or ``InvalidName`` with the form that is expected."""
    head, at, digest = value.partition("@")
    path, colon, label = head.partition(":")
    if (colon and not label) or (at and not digest) or path.count("/") > 1:
        raise InvalidReference(f"{value[:200]!r} is not a reference.", hint=_FORM)
    namespace, slash, model = path.partition("/")
    if not slash:
        namespace, model = names.DEFAULT_NAMESPACE, path
    if not model or not namespace:
        raise InvalidReference(f"{value[:200]!r} is not a reference.", hint=_FORM)
    return Reference(
        names.component(namespace, "namespace"),
        names.component(model, "model"),
        names.label(label) if label else None,
        digests.parse(digest) if digest else None,
    )


def parse_model(value: str) -> Reference:
    """Read the reference of a model; refuse one that names a version."""
    reference = parse(value)
    if reference.names_version:
        raise InvalidReference(f"{value[:200]!r} names a version.", hint=f"Name the model: {reference.model_reference}")
    return reference


def parse_version(value: str) -> Reference:
    """Read the reference of a version; refuse one that names only the model."""
    reference = parse(value)
    if not reference.names_version:
        raise InvalidReference(
            f"{value[:200]!r} names a model, not a version.", hint=f"Add a label, for example {value}:latest"
        )
    return reference
