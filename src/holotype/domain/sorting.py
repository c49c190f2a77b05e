"""In which order does a list come? ``sort=-created``, ``sort=metric.auc:desc``, ``sort=name``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from holotype.domain.query_fields import FIELDS, NAMES
from holotype.domain.query_tree import quote
from holotype.errors import InvalidQuery

_SORT = re.compile(
    r"(?P<sign>-?)(?P<field>[a-z]+)"
    r'(?:\.(?P<key>"(?:[^"\\]|\\["\\])*"|[^"@]+?))?'
    r'(?:@(?P<dataset>"(?:[^"\\]|\\["\\])*"|[^"@/]+?)(?:/(?P<slice>"(?:[^"\\]|\\["\\])*"|[^"@]+?))?)?'
    r"(?::(?P<way>asc|desc))?"
)
_LIMIT = 1_000
Noun = Literal["models", "versions"]


@dataclass(frozen=True, slots=True)
class Sort:
    """A field and a direction. What has no value for the field comes last, either way."""

    field: str
    descending: bool = False
    key: str | None = None
    dataset: str | None = None
    slice: str | None = None

    def __str__(self) -> str:
        """The order as it is written; reading it gives an equal one."""
        parts = [quote(part) if part is not None else "" for part in (self.key, self.dataset, self.slice)]
        marks = (
            f".{parts[0]}" if parts[0] else "",
            f"@{parts[1]}" if parts[1] else "",
            f"/{parts[2]}" if parts[2] else "",
        )
        return f"{self.field}{''.join(marks)}:{'desc' if self.descending else 'asc'}"

    def takes(self, key: object) -> bool:
        """Say whether a value can be a key of this order; a cursor may hold anything."""
        if key is None:
            return FIELDS[self.field].keyed
        kinds = _KEYS.get(self.field, (int,))
        return isinstance(key, kinds)


_KEYS: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("name", "namespace", "author", "digest", "tag"), (str,)),
    "metric": (int, float),
    "param": (int, float, str),
}
DEFAULT: dict[Noun, Sort] = {"models": Sort("name"), "versions": Sort("created", descending=True)}


def parse(text: str | None, noun: Noun) -> Sort:
    """Read an order; raise ``InvalidQuery`` with the fields there are. Nothing means the default of the noun."""
    if not text:
        return DEFAULT[noun]
    found = _SORT.fullmatch(text) if len(text) <= _LIMIT else None
    field = NAMES.get(found["field"]) if found else None
    usable = field is not None and (field.sorts_models if noun == "models" else field.sorts_versions)
    if found is None or field is None or not usable or (found["sign"] and found["way"]):
        raise _wrong(text, noun)
    if (found["key"] is not None) != field.keyed or (found["dataset"] is not None and field.name != "metric"):
        raise _wrong(text, noun)
    key, dataset, part = (_plain(found[name]) for name in ("key", "dataset", "slice"))
    return Sort(field.name, bool(found["sign"]) or found["way"] == "desc", key, dataset, part)


def fields(noun: Noun) -> list[str]:
    """Return the fields by which a noun can be sorted, as the documentation writes them."""
    chosen = (f for f in FIELDS.values() if (f.sorts_models if noun == "models" else f.sorts_versions))
    return [field.written for field in chosen]


def _plain(text: str | None) -> str | None:
    if text is None or not text.startswith('"'):
        return text
    return re.sub(r'\\(["\\])', r"\1", text[1:-1])


def _wrong(text: str, noun: Noun) -> InvalidQuery:
    found = re.match("-?([a-z]+)", text)
    field = NAMES.get(found[1]) if found else None
    hint = f"Sort {noun} by one of {', '.join(fields(noun))}, with ':asc' or ':desc' behind it or '-' before it."
    if field is not None and field.several:
        return InvalidQuery(f"A version may have several {field.several}, so {field.name!r} is no order.", hint=hint)
    if field is not None and field.sorts_versions and not field.sorts_models and noun == "models":
        hint += f" Versions sort by {field.written}."
        return InvalidQuery(
            f"A model may have several versions, so {field.written!r} is no order of models.", hint=hint
        )
    return InvalidQuery(f"{text[:80]!r} is not an order of {noun}.", hint=hint)
