"""How is a part of a bucket read? With its own credentials, below its own prefix, through the one client.

Every request is a GET that is signed here and sent by ``holotype.egress.client``: to the address that was checked, and
no redirect leads elsewhere. The environment of the server has a say only where ``ambient`` asks for it, and then says
who we are, never whom we ask.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import NoReturn

from holotype.domain.origins import Origin
from holotype.egress.client import Client
from holotype.egress.sources import identity, services, walking
from holotype.egress.sources.ambient import Asker, clean
from holotype.egress.sources.places import ImportSource, Place
from holotype.egress.sources.services import Item, Page
from holotype.egress.sources.walking import Listed, Opened, Told
from holotype.errors import Invalid, Unavailable

_BATCH, _MOST_PAGES = 1_000, 1_000
_SECONDS, _FIRST_BYTE = 60.0, 300.0
_LARGEST = 16 * 2**20
"""Of a listing: a thousand names of a kilobyte each, of which every byte is written as six."""
_REFUSED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


class Bucket:
    """Reads one part of a bucket; see ``holotype.egress.sources.walking.Reader`` for what each function does."""

    def __init__(self, source: ImportSource, client: Client) -> None:
        """Use the bucket of ``source``, once ``client`` may call it."""
        self._source, self._client = source, client
        root, asker = services.root_of(source), Asker(client, clean(os.environ))
        self._prefix = root.path
        self._service, self._sign = identity.of(source, root, asker)
        client.check_host(self._service.base)

    def check(self) -> None:
        """List the first name."""
        self._page(f"{self._prefix}/" if self._prefix else "", 1)

    def located(self, place: Place) -> str | Origin:
        """A path says itself where it is."""
        return place.path

    def files(self, path: str) -> list[Listed]:
        """List all that lies below a path; what has the path itself for its name is a file."""
        name, root = self._source.name, self._key(path)
        prefix = f"{root}/" if root else ""
        found = [one for item in self._items(prefix) if (one := self._listed(prefix, item)) is not None]
        if not found and path:
            found = [
                self._file(path.rpartition("/")[2], item) for item in self._page(root, 1).items if item.key == root
            ]
            if not found:
                raise walking.absent(name, f"no files at {path[:200]!r}")
        return walking.checked(name, found)

    @contextmanager
    def open(self, file: Listed, start: int) -> Iterator[Opened]:
        """Ask for the rest of a file, in the state in which it was listed."""
        if start >= (file.size or 0):
            yield Opened(start, iter(()), file.mark)
            return
        asked = {"range": f"bytes={start}-"} | ({"if-match": f'"{file.mark}"'} if file.mark else {})
        url, headers = self._sign(self._service.file(file.key), asked)
        with self._client.stream(url, headers=headers, stall=_FIRST_BYTE) as answer:
            if answer.status == HTTPStatus.OK:
                start = 0
            elif answer.status != HTTPStatus.PARTIAL_CONTENT:
                self._raise(answer.status, f"no file {file.path[:200]!r}")
            self._check_state(file, start, answer.headers)
            yield Opened(start, answer.chunks(), file.mark)

    def told(self, place: Place, run_id: str | None, model_id: str | None) -> Told:  # noqa: ARG002 - buckets know no run
        """A bucket knows of no run."""
        return Told(model_id=model_id)

    def _key(self, path: str) -> str:
        return "/".join(part for part in (self._prefix, path) if part)

    def _items(self, prefix: str) -> Iterator[Item]:
        after, count, check_time = "", 0, walking.patience(self._source.name)
        for _ in range(_MOST_PAGES):
            check_time()
            page = self._page(prefix, _BATCH, after)
            yield from page.items
            count += len(page.items)
            after = page.after
            if not after or count > walking.MOST_FILES:
                return
        raise Invalid(f"The listing of the import source {self._source.name} does not come to an end.")

    def _page(self, prefix: str, most: int, after: str = "") -> Page:
        url, headers = self._sign(self._service.listing(prefix, most, after), {})
        answer = self._client.request("GET", url, headers=headers, seconds=_SECONDS, limit=_LARGEST)
        if answer.status != HTTPStatus.OK:
            self._raise(answer.status, "no such bucket")
        try:
            return self._service.page(answer.body)
        except (ValueError, RecursionError):
            raise Invalid(f"What the import source {self._source.name} answers is no listing of a bucket.") from None

    def _listed(self, prefix: str, item: Item) -> Listed | None:
        """Return an item as a file; the empty ones that stand for folders are none."""
        if not item.key.startswith(prefix):
            raise Invalid(f"The import source {self._source.name} lists what was not asked for: {item.key[:120]!r}.")
        below = item.key[len(prefix) :]
        return None if not below or (below.endswith("/") and item.size == "0") else self._file(below, item)

    def _file(self, below: str, item: Item) -> Listed:
        return Listed(below, item.key, walking.size(self._source.name, below, item.size), item.mark)

    def _check_state(self, file: Listed, start: int, headers: Mapping[str, str]) -> None:
        """Raise where another state of a file comes, or another part of it: not every server heeds the conditions."""
        mark = headers.get("etag", "").removeprefix("W/").strip('"')
        if start and headers.get("content-range", "").lower() != f"bytes {start}-{(file.size or 0) - 1}/{file.size}":
            self._changed()
        if (not start and headers.get("content-length") not in (None, str(file.size))) or (
            file.mark and mark and mark != file.mark
        ):
            self._changed()

    def _raise(self, status: int, what: str) -> NoReturn:
        name = self._source.name
        if status in _REFUSED:
            raise walking.refused(name, status)
        if status == HTTPStatus.NOT_FOUND:
            raise walking.absent(name, what)
        if status in (HTTPStatus.PRECONDITION_FAILED, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE):
            self._changed()
        hint = "It is asked again later."
        if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
            hint = "It sends us elsewhere, which is not followed: is its region or endpoint right?"
        raise Unavailable(f"The import source {name} answered with status {status}.", hint=hint)

    def _changed(self) -> NoReturn:
        name = self._source.name
        raise Unavailable(f"A file of the import source {name} changed meanwhile.", hint="It is copied anew.")
