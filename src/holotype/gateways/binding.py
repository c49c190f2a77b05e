"""Which arguments does a route's function want, and where in the request are they?

    request                                   the request itself, always first
    a name that stands in the path            that part of the path
    body                                      the JSON body, in the annotated shape
    any other name                            a query parameter: required without a default; a list may be repeated

A query parameter that the function does not name is refused, as an unknown field of a body is.
"""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from litestar import Request

from holotype.errors import Invalid
from holotype.gateways import bodies

_SHORT = 256
_PART = re.compile(r"\{(\w+)(?::\w+)?\}")


@dataclass(frozen=True, slots=True)
class Query:
    """One query parameter: its type, whether it must be there, whether it may be repeated."""

    name: str
    type: Any
    required: bool
    repeated: bool


@dataclass(frozen=True, slots=True)
class Signature:
    """What a route's function wants, and what it gives back."""

    path: tuple[str, ...]
    query: tuple[Query, ...]
    body: Any
    returns: Any


def signature(function: Callable[..., Any], path: str) -> Signature:
    """Read the signature of a route's function."""
    hints = typing.get_type_hints(function, include_extras=True)
    parts = tuple(_PART.findall(path))
    given = inspect.signature(function).parameters
    if not parts == tuple(part for part in parts if part in given) or next(iter(given), "") != "request":
        raise TypeError(f"{function.__qualname__} must take request first, and {', '.join(parts) or 'nothing'}")
    names = [name for name in given if name not in {"request", "body", *parts}]
    query = tuple(
        Query(name, hints[name], given[name].default is inspect.Parameter.empty, _is_list(hints[name]))
        for name in names
    )
    return Signature(parts, query, hints.get("body") if "body" in given else None, hints.get("return"))


class Binder:
    """Finds the arguments of one route's function in a request."""

    def __init__(
        self, wanted: Signature, *, open_query: bool = False, public: bool = False, blank: bool = False
    ) -> None:
        """Prepare the decoders once; ``open_query`` passes over parameters that the function does not name.

        ``public`` is a route that strangers may call: what they send is small. With ``blank`` an empty parameter counts
        as none, as the empty field of a form on a page is meant.
        """
        self._blank, self._open = blank, open_query
        self._public = public
        self._path = wanted.path
        self._decode = None if wanted.body is None else bodies.decoder(wanted.body)
        self._repeated = frozenset(one.name for one in wanted.query if one.repeated)
        fields = [
            (one.name, one.type) if one.required else (one.name, one.type | msgspec.UnsetType, msgspec.UNSET)
            for one in wanted.query
        ]
        self._query = (
            msgspec.defstruct("Query", fields, forbid_unknown_fields=not open_query, kw_only=True) if fields else None
        )

    async def arguments(self, request: Request[Any, Any, Any]) -> dict[str, Any]:
        """Return the arguments for a request, or raise ``Invalid``."""
        found: dict[str, Any] = {}
        if self._path:
            values = request.scope["path_params"]
            for name in self._path:
                found[name] = values[name]
        if self._query is not None or request.scope["query_string"]:
            found |= self._from_query(request)
        if self._decode is not None:
            found["body"] = await bodies.read(request, self._decode, public=self._public)
        return found

    def _from_query(self, request: Request[Any, Any, Any]) -> dict[str, Any]:
        given: dict[str, Any] = {}
        for name, value in pairs(request.scope["query_string"]):
            if self._blank and not value:
                continue
            if name in self._repeated:
                given.setdefault(name, []).append(value)
            elif name in given:
                raise Invalid(f"The query parameter {name[:80]!r} is there twice.", hint="Give it once.")
            else:
                given[name] = value
        if self._query is None and self._open:
            return {}
        if self._query is None:
            raise Invalid(f"There is no query parameter {next(iter(given), '')[:80]!r} here.", hint="See /schema.")
        try:
            values = msgspec.convert(given, self._query, strict=False)
        except (msgspec.ValidationError, ValueError) as error:  # the latter for moments after the year 9999
            raise Invalid(
                f"The query is not right: {_named(error)}.", hint="See /schema for the parameters."
            ) from error
        return {
            name: value
            for name in self._query.__struct_fields__
            if (value := getattr(values, name)) is not msgspec.UNSET
        }


def pairs(query: bytes) -> Sequence[tuple[str, str]]:
    """Read a query string. Those that machines send are short and few, so they are read once."""
    return _read_short(query) if len(query) <= _SHORT else _read(query)


def _read(query: bytes) -> Sequence[tuple[str, str]]:
    if not query:
        return ()
    if b"%00" in query:
        raise Invalid("The query string holds a NUL character.", hint="Leave it out.")
    try:
        return tuple(parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=100))
    except ValueError as error:
        raise Invalid("The query string cannot be read.", hint="Percent-encode it as UTF-8.") from error


_read_short = lru_cache(maxsize=1024)(_read)


def _named(error: Exception) -> str:
    return str(error).replace("Object ", "It ").replace("field", "parameter").replace("`$.", "`")


def _is_list(hint: Any) -> bool:
    options = typing.get_args(hint) if typing.get_origin(hint) is not list else (hint,)
    return any(typing.get_origin(option) is list for option in options)
