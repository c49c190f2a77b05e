"""Which model or version does a message name? A name of MLflow's is a title here, and leads to a reference."""

from __future__ import annotations

import re
from typing import NamedTuple

from holotype.domain import names, titles
from holotype.domain.references import Reference
from holotype.errors import Invalid
from holotype.gateways.base import Request
from holotype.gateways.mlflow.errors import invalid, missing
from holotype.gateways.mlflow.serving import namespace_of

ALIAS_LIMIT = 255
_NUMBER = re.compile(r"\s*[+-]?[0-9]{1,18}\s*")
_ALIAS = re.compile(r"[\w-]+")
_RESERVED = re.compile(r"[vV][0-9]+|latest", re.IGNORECASE)


class Named(NamedTuple):
    """A model or a version by our reference, and what the client calls the model."""

    reference: Reference
    title: str


def model(request: Request, name: str, field: str = "name") -> Named:
    """Return the model that a name of MLflow's leads to."""
    if not names.is_component(name):
        if not name.strip():
            raise missing(field)
        titles.check(name)
    return Named(Reference(namespace_of(request), titles.name_of(name)), name)


def version(request: Request, name: str, number: str) -> Named:
    """Return the version that a name and a number lead to; numbers are texts in this protocol."""
    found = model(request, name)
    if not number.strip():
        raise missing("version")
    if not _NUMBER.fullmatch(number):
        raise invalid("version", number, "a version is a number")
    return Named(Reference(found.reference.namespace, found.reference.model, str(max(int(number), 0))), name)


def alias(value: str) -> str:
    """Return an alias unchanged, or raise for what MLflow allows nowhere."""
    if not value:
        raise missing("alias")
    if not _ALIAS.fullmatch(value) or len(value) > ALIAS_LIMIT:
        raise Invalid(
            f"Invalid alias name: {value[:80]!r}.",
            hint=f"An alias has letters, digits, '_' and '-', at most {ALIAS_LIMIT} characters.",
        )
    return value


def new_alias(value: str) -> str:
    """Return an alias that may be set: what means the newest version, or a number, is reserved."""
    if _RESERVED.fullmatch(alias(value)):
        raise Invalid(f"The alias name {value!r} is reserved.", hint="Choose another word, for example 'champion'.")
    return value


def required(value: str, field: str) -> str:
    """Return a text that may not be empty."""
    if not value:
        raise missing(field)
    return value
