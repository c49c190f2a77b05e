"""What does a form send, and is it one of ours?

1. The browser says that the page was of this site (``Sec-Fetch-Site``, ``Origin``), where it says so at all.
2. The body is a form, small enough, and its text is text.
3. It carries the token that was made for this browser and whoever is signed in with it.
4. The fields become the arguments of the action; an empty one counts as not given, unless a text is wanted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from holotype.errors import Denied, Invalid, Unsupported
from holotype.gateways import bodies
from holotype.gateways.base import Request
from holotype.gateways.binding import Signature
from holotype.gateways.browsers import is_of_other_site
from holotype.web import sessions

LIMIT = 256 * 1_024
_MOST_FIELDS = 500
TOKEN, BACK = "form_token", "back"
_KIND = "application/x-www-form-urlencoded"


@dataclass(slots=True)
class Sent:
    """A form that is ours: its fields, and the page that it was on."""

    fields: dict[str, list[str]] = field(default_factory=dict)
    back: str = ""


async def read(request: Request, *, limit: int = LIMIT) -> Sent:
    """Read a form, or raise for one that is not ours."""
    if is_of_other_site(request.scope["headers"]):  # 1
        raise Denied("Forms are taken from pages of this server alone.")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _KIND:
        raise Unsupported(f"The body is {kind[:80]!r}, not a form.")
    body = await bodies.read_bytes(request, limit)  # 2
    found: dict[str, list[str]] = {}
    for name, value in _pairs(body):
        found.setdefault(name, []).append(value.replace("\r\n", "\n"))
    if not sessions.of(request).owns(found.pop(TOKEN, [""])[0]):  # 3
        raise Denied("This page is from before you signed in or out.", hint="Go back, reload it, and try again.")
    return Sent(found, sessions.local(found.pop(BACK, [""])[0]))


def _pairs(body: bytes) -> list[tuple[str, str]]:
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise Invalid("The form cannot be read.", hint="It must be text, percent-encoded as UTF-8.") from error
    if any("\0" in value for _, value in pairs):
        raise Invalid("The form holds a NUL character.", hint="Leave it out.")
    return pairs


class Fields:
    """Makes the arguments of one action from the path and a form."""

    def __init__(self, wanted: Signature) -> None:
        """Prepare once: names, types, which may be repeated."""
        self._path = wanted.path
        self._lists = frozenset(one.name for one in wanted.query if one.repeated)
        self._texts = frozenset(one.name for one in wanted.query if one.type is str)
        self._shape = msgspec.defstruct(
            "Form",
            [
                (one.name, one.type) if one.required else (one.name, one.type | msgspec.UnsetType, msgspec.UNSET)
                for one in wanted.query
            ],
            kw_only=True,
        )

    def arguments(self, request: Request, sent: Sent) -> dict[str, Any]:
        """Return the arguments, or raise ``Invalid``."""
        given = {
            name: values if name in self._lists else values[-1]
            for name, values in sent.fields.items()
            if name in self._lists or name in self._texts or values[-1] != ""
        }
        try:
            read = msgspec.convert(given, self._shape, strict=False)
        except (msgspec.ValidationError, ValueError) as error:
            raise Invalid(f"The form is not right: {_sentence(error)}.") from error
        values = {name: getattr(read, name) for name in self._shape.__struct_fields__}
        path: dict[str, Any] = {name: request.scope["path_params"][name] for name in self._path}
        return path | {name: value for name, value in values.items() if value is not msgspec.UNSET}


def _sentence(error: Exception) -> str:
    return str(error).replace("Object ", "it ").replace("`$.", "`")
