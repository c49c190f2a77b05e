"""Which thing does an address name? Paths carry a reference in parts, lists carry a cursor and a limit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import Any, TypeVar

from holotype.domain import digest, names
from holotype.domain.manifest import Document
from holotype.domain.references import Reference
from holotype.errors import Invalid, NotFound
from holotype.gateways.base import Reply, Request, encode, header
from holotype.wire.base import Response
from holotype.wire.shapes import Page

T = TypeVar("T")
S = TypeVar("S")

MODEL = "/api/v1/models/{namespace:str}/{model:str}"
VERSION = MODEL + "/versions/{label:str}"
PAGE, LARGEST_PAGE = 50, 500
_DIGITS = 19


def model_at(namespace: str, model: str) -> Reference:
    """Return the model that two parts of a path name."""
    return Reference(names.component(namespace, "namespace"), names.component(model, "model"))


def version_at(namespace: str, model: str, label: str) -> Reference:
    """Return the version that three parts of a path name; the label may be a digest."""
    found = model_at(namespace, model)
    if label.startswith("sha256:"):
        return Reference(found.namespace, found.model, None, digest.parse(label))
    return Reference(found.namespace, found.model, names.label(label))


def checked(limit: int) -> int:
    """Return the size of a page, or raise ``Invalid`` outside 1 to 500."""
    if not 1 <= limit <= LARGEST_PAGE:
        raise Invalid(f"A page has 1 to {LARGEST_PAGE} items, not {limit}.", hint="Follow `next` for more.")
    return limit


def number(text: str, noun: str) -> int:
    """Return the number by which a path names a thing, or raise ``NotFound`` for what is no number."""
    if not (text.isascii() and text.isdigit() and len(text) < _DIGITS):
        raise NotFound(f"There is no {noun} {text[:40]!r}.", hint="Give its number.")
    return int(text)


def before(cursor: str | None) -> int | None:
    """Return the number under which a page begins, or nothing for the first page."""
    if not cursor:
        return None
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < _DIGITS):
        raise Invalid("This is not a cursor of this list.", hint="Take `next` of the page before.")
    return int(cursor)


def page(found: Sequence[T], limit: int, shape: Callable[[T], S], key: Callable[[T], str]) -> Page[S]:
    """Return a page of what was found by asking for ``limit + 1``; the last item's key is the cursor of the next."""
    shown = found[:limit]
    return Page([shape(item) for item in shown], key(shown[-1]) if len(found) > limit else None)


def tagged(request: Request, shape: Response) -> Reply[Any]:
    """Return a shape with an ETag, or 304 where the caller has it already."""
    content = encode(shape)
    return _known(request, Reply(content), blake2b(content, digest_size=12).hexdigest())


def exactly(request: Request, document: Document) -> Reply[Any]:
    """Return a document, byte for byte, under its digest as ETag, or 304 where the caller has it already."""
    return _known(request, Reply(document.content, media_type=document.media_type), document.digest)


def _known(request: Request, reply: Reply[Any], tag: str) -> Reply[Any]:
    quoted = f'"{tag}"'
    headers = {"ETag": quoted, "Cache-Control": "no-cache"}
    if quoted in (header(request, b"if-none-match") or ""):
        return Reply(None, 304, headers)
    return Reply(reply.content, 200, headers, reply.media_type)
