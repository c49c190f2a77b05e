"""How is a bucket asked for its files, and what does it answer? Addresses and answers alone: nothing here connects.

S3        of Amazon and of whoever speaks as it does; Google's storage does so too
Azure     a container of blobs

Each name in an address is encoded once, by the rules of the signatures: letters, digits and ``-_.~`` stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import quote, unquote, urlencode, urlsplit
from xml.etree import ElementTree as ET

from holotype.domain import origins
from holotype.domain.origins import BucketOrigin
from holotype.egress.sources.places import ImportSource
from holotype.errors import InvalidSetting

GOOGLE = "https://storage.googleapis.com"
REGION = "us-east-1"
_MOST_ELEMENTS = 100_000
"""Of a page of a listing: a thousand files, of which Azure says some forty things each."""


@dataclass(frozen=True, slots=True)
class Item:
    """A file as a bucket lists it; ``mark`` is its ETag, without the quotes that some put around it."""

    key: str
    size: str
    mark: str


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a listing; with ``after`` the next one is asked for, where there is one."""

    items: list[Item]
    after: str


@dataclass(frozen=True, slots=True)
class S3:
    """The addresses of a bucket, which is ``base`` itself."""

    base: str

    def file(self, key: str) -> str:
        """Return the address of a file."""
        return f"{self.base}/{quote(key)}"

    def listing(self, prefix: str, most: int, after: str = "") -> str:
        """Return the address of a part of the listing of all names that begin in one way."""
        return _asked(self.base, {"list-type": "2", "max-keys": most, "prefix": prefix, "continuation-token": after})

    def page(self, body: bytes) -> Page:
        """Return what an answer lists; ``ValueError`` for one that is no listing."""
        root = read_xml(body)
        if _name(root) != "ListBucketResult":
            raise ValueError
        found = [Item(text(one, "Key"), text(one, "Size"), _mark(one, "ETag")) for one in root.iterfind("{*}Contents")]
        return Page(found, text(root, "NextContinuationToken") if text(root, "IsTruncated") == "true" else "")


@dataclass(frozen=True, slots=True)
class Azure:
    """The addresses of a container, which is ``base`` itself, of an account."""

    base: str
    account: str

    def file(self, key: str) -> str:
        """Return the address of a file."""
        return f"{self.base}/{quote(key)}"

    def listing(self, prefix: str, most: int, after: str = "") -> str:
        """Return the address of a part of the listing of all names that begin in one way."""
        fixed = {"comp": "list", "restype": "container", "maxresults": most}
        return _asked(self.base, {**fixed, "prefix": prefix, "marker": after})

    def page(self, body: bytes) -> Page:
        """Return what an answer lists; ``ValueError`` for one that is no listing."""
        root = read_xml(body)
        if _name(root) != "EnumerationResults":
            raise ValueError
        found = []
        for blob in root.iterfind("{*}Blobs/{*}Blob"):
            about = blob.find("{*}Properties")
            name = blob.find("{*}Name")
            if about is None or name is None:
                raise ValueError
            key = unquote(name.text or "") if name.get("Encoded") == "true" else name.text or ""
            if text(about, "ResourceType") != "directory":
                found.append(Item(key, text(about, "Content-Length"), _mark(about, "Etag")))
        return Page(found, text(root, "NextMarker"))


Service: TypeAlias = S3 | Azure


class _Bounded(ET.TreeBuilder):
    """Makes a tree of so many elements: each takes some thirty times the memory of the bytes that ask for it."""

    def __init__(self) -> None:
        super().__init__()
        self._left = _MOST_ELEMENTS

    def start(self, tag: Any, attrs: dict[Any, Any]) -> ET.Element:
        self._left -= 1
        if self._left < 0:
            raise ValueError
        return super().start(tag, attrs)


def root_of(source: ImportSource) -> BucketOrigin:
    """Return what the address of a source means; the file of sources was checked when it was read."""
    root = origins.read(source.url)
    if not isinstance(root, BucketOrigin):
        raise InvalidSetting(f"The import source {source.name} is no bucket.")
    return root


def of(source: ImportSource, root: BucketOrigin, region: str = REGION) -> Service:
    """Return how the bucket of an import source is asked; ``root`` is the source's own address, read."""
    endpoint = source.options.get("endpoint")
    if endpoint is not None and (root.kind == "gs" or not _is_endpoint(endpoint)):
        raise InvalidSetting(
            f"The import source {source.name} has the endpoint {endpoint!r}, which is none of {root.kind}://."
        )
    if root.kind == "gs":
        return S3(f"{GOOGLE}/{root.bucket}")
    if root.kind == "az":
        return _azure(source, root, endpoint)
    host = (endpoint or f"https://s3.{region}.amazonaws.com").rstrip("/")
    if source.options.get("virtual_hosted") != "true":
        return S3(f"{host}/{root.bucket}")
    scheme, _, rest = host.partition("://")
    named = rest if rest.startswith(f"{root.bucket}.") else f"{root.bucket}.{rest}"
    return S3(f"{scheme}://{named}")


def read_xml(body: bytes) -> ET.Element:
    """Return the root of a document; ``ValueError`` for what is none, or defines more than it says."""
    plain = body.decode("utf-8")
    if "<!DOCTYPE" in plain:
        raise ValueError
    parser = ET.XMLParser(target=_Bounded())  # noqa: S314 - without a document type there is nothing that could expand
    try:
        parser.feed(plain)
        found: ET.Element = parser.close()
    except ET.ParseError as error:
        raise ValueError from error
    return found


def text(within: ET.Element, name: str) -> str:
    """Return the text of an element below another one, or none."""
    return within.findtext(f"{{*}}{name}") or ""


def _azure(source: ImportSource, root: BucketOrigin, endpoint: str | None) -> Azure:
    container, _, host = root.bucket.partition("@")
    account = source.options.get("account") or host.partition(".")[0]
    if not account:
        raise InvalidSetting(f"The import source {source.name} names no account.", hint="Give account = 'NAME'.")
    usual = f"https://{host.replace('.dfs.', '.blob.', 1)}" if host else f"https://{account}.blob.core.windows.net"
    return Azure(f"{(endpoint or usual).rstrip('/')}/{container}", account)


def _is_endpoint(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not set("?#@%\\ ") & set(text)
    except ValueError:
        return False


def _asked(base: str, values: Mapping[str, object]) -> str:
    given = [(name, value) for name, value in sorted(values.items()) if value != ""]
    return f"{base}?{urlencode(given, quote_via=quote, safe='')}"


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _mark(within: ET.Element, name: str) -> str:
    return text(within, name).strip('"')
