"""What do all calls of the client share? One transport, the routes of models and versions, and lists in pages."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from types import TracebackType
from typing import Self, TypeVar
from urllib.parse import quote

import msgspec

from holotype.client import credentials
from holotype.client.pages import Pages
from holotype.client.transport import Content, Transport
from holotype.domain import times
from holotype.domain.references import Reference
from holotype.wire.shapes import Page

T = TypeVar("T")
ROOT = "/api/v1"


class Base:
    """A connection to one registry."""

    def __init__(self, url: str | None = None, token: str | None = None) -> None:
        """Take what is given, else the environment, else the credentials that a server left for this OS user."""
        self._http = Transport(*credentials.find(url, token))

    @property
    def url(self) -> str:
        """The URL of the registry that is asked."""
        return self._http.url

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._http.close()

    def __enter__(self) -> Self:
        """Use the client in a ``with`` block."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close the client."""
        self.close()

    def _get(self, path: str, shape: type[T], **params: object) -> T:
        return self._http.call("GET", path, shape, params=params)

    def _bytes(self, path: str) -> bytes:
        """Return a small document that is no JSON shape of ours, byte for byte."""
        return self._http.request("GET", path, Content(b""), {}, safe=True).check().body

    def _post(self, path: str, shape: type[T], body: msgspec.Struct | None = None) -> T:
        return self._http.call("POST", path, shape, body=body, key=new_key())

    def _pages(
        self,
        path: str,
        shape: type[T],
        params: Mapping[str, object] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Pages[T]:
        """Return the items of a list, at most ``limit`` of them."""

        def fetch(size: int, at: str | None) -> Page[T]:
            return self._http.call("GET", path, Page[shape], params={**(params or {}), "limit": size, "cursor": at})  # type: ignore[valid-type]

        return Pages(fetch, limit, cursor)


def new_key() -> str:
    """Return a fresh idempotency key: the request that bears it takes effect once, however often it is sent."""
    return secrets.token_hex(16)


def model_path(reference: Reference) -> str:
    """Return the route of a model."""
    return f"{ROOT}/models/{reference.namespace}/{reference.model}"


def version_path(reference: Reference) -> str:
    """Return the route of a version; a digest says more than a label."""
    return f"{model_path(reference)}/versions/{quote(reference.digest or reference.label or '', safe=':')}"


def moment(at: datetime | str | None) -> str | None:
    """Return a moment as RFC 3339 in UTC; one without a zone counts as UTC, and text is left for the server to read."""
    return times.text(times.from_micros(times.to_micros(at))) if isinstance(at, datetime) else at
