"""What is a role given on? ``registry``, a namespace, a model, or the models whose names begin alike.

registry         everything
risk             the namespace and all that is in it
risk/fraud       one model
risk/fraud-*     the models of a namespace whose names begin so; the star stands at the end, and only there
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from holotype.domain import names
from holotype.errors import Invalid

REGISTRY = "registry"
_BEGINNING = re.compile(r"[a-z0-9][a-z0-9._-]{0,126}\*")


@dataclass(frozen=True, slots=True)
class Scope:
    """A part of the registry, by name; ``model`` may end in ``*``."""

    namespace: str | None = None
    model: str | None = None

    @property
    def kind(self) -> str:
        """``registry``, ``namespace``, ``model`` or ``pattern``."""
        if self.namespace is None:
            return REGISTRY
        return "namespace" if self.model is None else "pattern" if self.model.endswith("*") else "model"

    def covers(self, namespace: str | None, model: str | None) -> bool:
        """Say whether a thing lies in this part."""
        if self.namespace is None:
            return True
        if self.namespace != namespace or self.model is None:
            return self.namespace == namespace
        if self.kind == "pattern":
            return model is not None and model.startswith(self.model[:-1])
        return self.model == model

    def __str__(self) -> str:
        """How people write it."""
        if self.namespace is None:
            return REGISTRY
        return self.namespace if self.model is None else f"{self.namespace}/{self.model}"


def parse(text: str, *, pattern: bool = True) -> Scope:
    """Read a scope; one with a star only where ``pattern`` allows it."""
    if text == REGISTRY:
        return Scope()
    namespace, slash, model = text.partition("/")
    names.component(namespace, "namespace")
    if not slash:
        return Scope(namespace)
    if "*" not in model:
        return Scope(namespace, names.component(model, "model"))
    if not pattern:
        raise Invalid(f"{text[:200]!r} names no single model.", hint="Give a namespace or one model.")
    if not _BEGINNING.fullmatch(model):
        raise Invalid(
            f"{text[:200]!r} is not a pattern.",
            hint=f"The star stands at the end: {namespace}/fraud-*. For all models, give the namespace: {namespace}.",
        )
    return Scope(namespace, model)
